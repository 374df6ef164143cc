import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { listSuspectBatches } from "@/lib/features/disputes/counters";
import { keepEvidencePicture, readEvidencePicture } from "@/lib/features/disputes/pictures";
import {
  countWaiting,
  findBuyersDispute,
  findStaffDispute,
  listBuyersDisputes,
  listDisputes,
  listDisputesOf,
} from "@/lib/features/disputes/queries";
import { DisputeListQuery } from "@/lib/features/disputes/schema";
import { answerDispute } from "@/lib/flows/answer-dispute";
import { decideDispute } from "@/lib/flows/decide-dispute";
import { followDisputes } from "@/lib/flows/follow-disputes";
import { moveBatch } from "@/lib/flows/move-cards";
import { openDispute } from "@/lib/flows/open-dispute";
import { reopenDispute, withdrawDispute } from "@/lib/flows/reopen-dispute";
import { revealOrder } from "@/lib/flows/reveal-order";
import { sendMail } from "@/lib/flows/send-mail";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { closeDeps } from "@/lib/platform/deps";
import { openPostbox, textOf } from "@/tests/support/postbox";
import { openDeps } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { ADMIN, disputeDesk, ownerOf, refused, reportOf, say, stranger } from "./dispute-desk";

describe("a buyer's report, and who has to answer it", () => {
  const { desk, deps, rows, open, reported, see, judgement, mailsOf, addAdmin, lapse, folder } = disputeDesk();

  test("the same report five times at once is one; other words under its id, and a second report of the card, are refused", async () => {
    const { order } = await desk.paid(undefined, { cards: 3 });
    const report = reportOf(order.id);
    const heard = await Promise.all([1, 2, 3, 4, 5].map((n) => openDispute(n % 2 ? deps() : desk.other, report)));
    expect(heard).toEqual(heard.map(() => ({ ok: true, value: { disputeId: report.disputeId } })));
    expect(await openDispute(deps(), { ...report, text: "other words" })).toEqual(refused("idempotency_conflict"));
    expect(await openDispute(deps(), reportOf(order.id))).toEqual(refused("already_reported"));
    expect(await openDispute(deps(), reportOf(order.id, { position: 9 }))).toEqual(refused("no_such_card"));
    expect((await listBuyersDisputes(deps(), order.id)).length).toBe(1);
    expect(await mailsOf(report.disputeId)).toEqual(["dispute_received"]);
  });

  test("nothing is reported of an order that is not delivered; of one that is paid and waits, that nothing came", async () => {
    const { order: owed } = await desk.owed();
    expect(await openDispute(deps(), reportOf(owed.id))).toEqual(refused("not_reportable"));
    await open(owed.id, { position: null, kind: "not_received" });
    const { variantId } = await desk.shop.stock({ cards: 1 });
    const pending = await desk.shop.place(variantId, { accountId: "paper" });
    expect(await openDispute(deps(), reportOf(pending.id, { position: null }))).toEqual(refused("not_reportable"));
  });

  test("another order's dispute is not there for a buyer, nor another merchant's for a merchant: not seen, answered or decided", async () => {
    const { order, disputeId, stocked } = await reported();
    const { order: other } = await desk.paid();
    const mine = { orderId: order.id, disputeId };
    const theirs = { orderId: other.id, disputeId };
    expect(await findBuyersDispute(deps(), mine)).not.toBeNull();
    expect(await findBuyersDispute(deps(), theirs)).toBeNull();
    const act = { ...theirs, requestId: newId(), text: "mine" };
    expect(await answerDispute(deps(), { kind: "buyer", orderId: other.id }, say(disputeId))).toEqual(
      refused("not_found"),
    );
    expect(await withdrawDispute(deps(), act)).toEqual(refused("not_found"));
    expect(await reopenDispute(deps(), act)).toEqual(refused("not_found"));
    expect(await findStaffDispute(deps(), stranger, disputeId)).toBeNull();
    expect(await answerDispute(deps(), stranger, say(disputeId))).toEqual(refused("not_found"));
    expect(await decideDispute(deps(), stranger, await judgement(disputeId, "reject"))).toEqual(refused("not_found"));
    const list = await listDisputes(deps(), stranger, DisputeListQuery.parse({}));
    expect([list.rows, await countWaiting(deps(), stranger)]).toEqual([[], 0]);
    const { orderId } = await see(disputeId);
    expect(await listDisputesOf(deps(), stranger, orderId)).toEqual([]);
    expect(await listDisputesOf(deps(), ADMIN, orderId)).toMatchObject([{ id: disputeId }]);
    expect((await findStaffDispute(deps(), ownerOf(stocked), disputeId))?.messages.length).toBe(1);
  });

  test("a card that somebody writes into the thread is not kept, in whatever sentence it stands", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 3 });
    const shown = await revealOrder(deps(), { orderId: order.id, actor: { kind: "buyer" } });
    const secret = shown.ok ? (shown.value.secrets[0]?.text.reveal() as string) : "";
    expect(secret).toMatch(/^CARD-/);
    const disputeId = await open(order.id, { text: `卡密：${secret}，提示已使用\n${secret}` });
    const author = { kind: "buyer" as const, orderId: order.id };
    await answerDispute(deps(), author, say(disputeId, `it is "${secret}" and nothing else`));
    await answerDispute(deps(), ownerOf(stocked), say(disputeId, `you mean ${secret}?`));
    const kept = await rows<{ body: string }>("SELECT body FROM dispute_message WHERE dispute_id = $1", [disputeId]);
    expect(kept.length).toBe(3);
    for (const { body } of kept) expect(body).toContain("••••••");
    const [all] = await rows<{ row: string }>(
      "SELECT (SELECT jsonb_agg(d)::text FROM dispute d) || (SELECT jsonb_agg(m)::text FROM dispute_message m) AS row",
    );
    for (const text of stocked.secrets) expect(all?.row).not.toContain(text);
  });

  test("the evidence says who looked at the card first and with what, what is not on record, and never the card", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 3, quantity: 2 });
    const trace = { addressHash: Buffer.alloc(32, 7), userAgent: "Phone/1" };
    await revealOrder(deps(), { orderId: order.id, actor: { kind: "buyer" }, ...trace });
    await revealOrder(deps(), { orderId: order.id, actor: { kind: "buyer" } });
    const disputeId = await open(order.id);
    const { evidence, buyer, merchant } = await see(disputeId);
    expect(evidence.reveals.first).toMatchObject({ by: "buyer", network: "0707070707", device: "Phone/1" });
    expect(evidence.reveals.last).toMatchObject({ network: null, device: null });
    expect(evidence.reveals.count).toBe(2);
    expect(evidence.report.network).toBe(evidence.reveals.first?.network);
    expect(evidence.cards).toHaveLength(1);
    expect(evidence.payments[0]).toMatchObject({ account: "paper", amountMinor: "2000", verdict: "settled" });
    expect(evidence.batch).toMatchObject({ sold: 2, replaced: 0, refunded: 0 });
    expect([evidence.buyer.reports, buyer.reports, merchant.reports > 0]).toEqual([0, 1, true]);
    const text = JSON.stringify(evidence);
    for (const secret of stocked.secrets) expect(text).not.toContain(secret);
    const merchants = await findStaffDispute(deps(), ownerOf(stocked), disputeId);
    expect(merchants?.evidence.payments[0]?.tradeNumber).toContain("…");
  });

  test("the turn passes with each answer; a silent merchant's goes to the platform, a silent buyer's is closed and can be opened again", async () => {
    const { order, stocked, disputeId } = await reported();
    const owner = ownerOf(stocked);
    const buyer = { kind: "buyer" as const, orderId: order.id };
    expect(await countWaiting(deps(), owner)).toBeGreaterThan(0);
    const [first] = await rows<{ due: Date }>("SELECT due_at AS due FROM dispute WHERE id = $1", [disputeId]);
    await answerDispute(deps(), buyer, say(disputeId, "and one more thing"));
    const [second] = await rows<{ due: Date }>("SELECT due_at AS due FROM dispute WHERE id = $1", [disputeId]);
    expect(second?.due).toEqual(first?.due);
    await answerDispute(deps(), owner, say(disputeId, "which site?"));
    expect((await see(disputeId)).status).toBe("waiting_buyer");
    await lapse(disputeId);
    expect(await followDisputes(deps())).toBe(1);
    expect((await see(disputeId)).status).toBe("withdrawn");
    expect(await answerDispute(deps(), buyer, say(disputeId))).toEqual(refused("dispute_closed"));
    const act = { orderId: order.id, disputeId, requestId: newId(), text: "I was away" };
    expect(await reopenDispute(deps(), act)).toEqual({ ok: true, value: null });
    expect(await reopenDispute(deps(), act)).toEqual({ ok: true, value: null });
    expect((await see(disputeId)).status).toBe("escalated");
    const { disputeId: silent } = await reported();
    await lapse(silent);
    expect((await Promise.all([followDisputes(deps()), followDisputes(desk.other)])).reduce((a, b) => a + b)).toBe(1);
    expect((await see(silent)).status).toBe("escalated");
    expect(await mailsOf(silent)).toContain("dispute_escalated");
  });

  test("whatever becomes the platform's to decide is told to its admins: one letter waits, and tells of all", async ({
    database,
  }) => {
    const postbox = await openPostbox();
    const mailing = openDeps(database, { KAPU_SMTP_URL: postbox.url, KAPU_MAIL_FROM: "Kapu <shop@example.com>" });
    const email = await addAdmin();
    const told = () =>
      deps().db.mail.findMany({
        where: { kind: "dispute_for_admin", recipient: email },
        orderBy: { createdAt: "asc" },
        select: { id: true, disputeId: true, status: true },
      });
    const { disputeId, stocked } = await reported();
    expect(await told()).toEqual([]);
    await answerDispute(mailing, ownerOf(stocked), say(disputeId, "I cannot tell", true));
    expect(await told()).toMatchObject([{ disputeId, status: "queued" }]);
    const { disputeId: silent } = await reported();
    await lapse(silent);
    await followDisputes(mailing);
    const [letter, ...more] = await told();
    expect(more).toEqual([]);
    await sendMail(mailing, { mailId: letter?.id ?? "" });
    const waiting = await countWaiting(deps(), ADMIN);
    for (const words of [`有 ${waiting} 条售后等平台处理`, `${waiting} reports wait`, "/zh/admin/disputes"])
      expect(textOf(postbox.letters[0] ?? "")).toContain(words);
    // That one went out: what comes after it is told again.
    const { order, disputeId: closed } = await reported();
    await decideDispute(deps(), ADMIN, await judgement(closed, "reject"));
    await reopenDispute(mailing, { orderId: order.id, disputeId: closed, requestId: newId(), text: "look again" });
    expect(await told()).toMatchObject([{ status: "sent" }, { disputeId: closed, status: "queued" }]);
    await closeDeps(mailing);
    await postbox.close();
  });

  test("what was withdrawn can be reported anew, and is then not opened again beside the new report", async () => {
    const { order, disputeId } = await reported();
    const act = () => ({ orderId: order.id, disputeId, requestId: newId(), text: "again" });
    expect(await withdrawDispute(deps(), act())).toEqual({ ok: true, value: null });
    expect(await withdrawDispute(deps(), act())).toEqual({ ok: true, value: null });
    await open(order.id);
    expect(await reopenDispute(deps(), act())).toEqual(refused("already_reported"));
  });

  test("a buyer who reports without end, and a thread that is flooded, are slowed down", async () => {
    const email = `flood-${newId()}@example.com`;
    const stocked = await desk.shop.stock({ cards: 30 });
    const order = await desk.shop.place(stocked.variantId, { accountId: "paper", quantity: 25, email });
    await desk.pay(order, desk.paper, { amountMinor: order.totalMinor });
    const heard: string[] = [];
    for (let position = 1; position <= limits.disputesOpenPerOrder + 1; position++) {
      const opened = await openDispute(deps(), reportOf(order.id, { position }));
      heard.push(opened.ok ? "ok" : opened.error);
    }
    expect(heard.filter((one) => one === "ok")).toHaveLength(limits.disputesPerBuyerPerDay);
    expect(heard.at(-1)).toBe("rate_limited");
    const [first] = await listBuyersDisputes(deps(), order.id);
    const author = { kind: "buyer" as const, orderId: order.id };
    for (let n = 0; n < limits.disputeAnswersPerHour; n++)
      await answerDispute(deps(), author, say(first?.id as string));
    expect(await answerDispute(deps(), author, say(first?.id as string))).toEqual(refused("rate_limited"));
  });

  test("pictures are encoded anew and shown to whoever sees the case; a file that lies about its type is refused", async () => {
    const { order, stocked, disputeId } = await reported();
    const picture = (background: string) =>
      sharp({ create: { width: 40, height: 30, channels: 3, background } })
        .jpeg()
        .withMetadata()
        .toBuffer();
    expect(await keepEvidencePicture(deps(), disputeId, await picture("red"))).toEqual({ ok: true, value: null });
    expect(await keepEvidencePicture(deps(), disputeId, await picture("red"))).toEqual({ ok: true, value: null });
    const svg = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    expect(await keepEvidencePicture(deps(), disputeId, svg)).toEqual(refused("not_a_picture"));
    const liar = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from("%PDF-1.7 not a picture at all")]);
    expect(await keepEvidencePicture(deps(), disputeId, liar)).toEqual(refused("picture_damaged"));
    const { pictureIds } = await see(disputeId);
    expect(pictureIds).toHaveLength(1);
    const id = pictureIds[0] as string;
    const { order: other } = await desk.paid();
    expect(await readEvidencePicture(deps(), { orderId: other.id }, id)).toBeNull();
    expect(await readEvidencePicture(deps(), { viewer: stranger }, id)).toBeNull();
    const shown = await readEvidencePicture(deps(), { viewer: ownerOf(stocked) }, id);
    expect(shown?.subarray(8, 12).toString()).toBe("WEBP");
    expect(await readEvidencePicture(deps(), { orderId: order.id }, id)).toEqual(shown);
    for (const background of ["blue", "green", "black", "white", "gray"])
      await keepEvidencePicture(deps(), disputeId, await picture(background));
    expect(await keepEvidencePicture(deps(), disputeId, await picture("pink"))).toEqual(refused("too_many_pictures"));
    const files = readdirSync(folder, { recursive: true }).map((name) => path.join(folder, String(name)));
    const kept = files.filter((name) => name.includes("evidence") && statSync(name).isFile());
    expect(kept.length).toBeGreaterThanOrEqual(limits.disputePicturesMax);
    for (const name of kept) expect(readFileSync(name).subarray(8, 12).toString()).toBe("WEBP");
    await withdrawDispute(deps(), { orderId: order.id, disputeId, requestId: newId(), text: "" });
    expect(await keepEvidencePicture(deps(), disputeId, await picture("navy"))).toEqual(refused("dispute_closed"));
  });

  test("many buyers' reports on one batch propose to put its rest aside; one buyer's do not, and nothing is put aside by itself", async () => {
    const stocked = await desk.shop.stock({ cards: 20 });
    const owner = ownerOf(stocked);
    const mine = () => listSuspectBatches(deps(), owner, batch?.id);
    const [batch] = await rows<{ id: string }>("SELECT id FROM batch WHERE variant_id = $1", [stocked.variantId]);
    const buy = async (quantity: number) => {
      const order = await desk.shop.place(stocked.variantId, { accountId: "paper", quantity });
      await desk.pay(order, desk.paper, { amountMinor: order.totalMinor });
      return order;
    };
    const greedy = await buy(limits.disputeBatchReportsMin);
    for (let n = 1; n <= limits.disputeBatchReportsMin; n++) await open(greedy.id, { position: n });
    expect(await mine()).toEqual([]);
    for (let n = 1; n < limits.disputeBatchReportsMin; n++) await open((await buy(1)).id);
    const [suspect] = await mine();
    expect(suspect).toMatchObject({ batchId: batch?.id, reports: limits.disputeBatchReportsMin, available: 11 });
    expect(await listSuspectBatches(deps(), stranger, batch?.id)).toEqual([]);
    const states = await rows<{ status: string }>("SELECT DISTINCT status FROM card WHERE variant_id = $1", [
      stocked.variantId,
    ]);
    expect(states.map(({ status }) => status).sort()).toEqual(["available", "delivered"]);
    const move = { moveId: newId(), batchId: batch?.id as string, kind: "quarantine" as const, reason: "many reports" };
    expect(await moveBatch(deps(), owner, move)).toEqual({ ok: true, value: { moved: 11, left: 0 } });
    expect(await mine()).toEqual([]);
  });
});
