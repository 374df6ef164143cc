// Over 300 lines: one shop for all the guarantees of disputes, because opening another costs more than any of them.
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
import { readRefundedPayments } from "@/lib/features/payments/refunds";
import { decideWalletAdjustment } from "@/lib/flows/adjust-wallet";
import { answerDispute } from "@/lib/flows/answer-dispute";
import { decideDispute, decideDisputeByMoney, type Judgement, type MoneyJudgement } from "@/lib/flows/decide-dispute";
import { followDisputes } from "@/lib/flows/follow-disputes";
import { judgeDispute } from "@/lib/flows/judge-dispute";
import { moveBatch } from "@/lib/flows/move-cards";
import { type OpenDispute, openDispute } from "@/lib/flows/open-dispute";
import { previewRefund } from "@/lib/flows/preview-refund";
import { reopenDispute, withdrawDispute } from "@/lib/flows/reopen-dispute";
import { replaceCard } from "@/lib/flows/replace-card";
import { revealOrder } from "@/lib/flows/reveal-order";
import { sendMail } from "@/lib/flows/send-mail";
import { writeEvidencePack } from "@/lib/flows/write-evidence-pack";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import { openPostbox, textOf } from "@/tests/support/postbox";
import { choosing, offer } from "@/tests/support/previews";
import { proven } from "@/tests/support/proven";
import { openRefundDesk, type RefundDesk } from "@/tests/support/refund-desk";
import { openDeps } from "@/tests/support/shop";
import { makeTemporaryFolder, removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";

const ADMIN = proven({ kind: "admin" as const, userId: newId() });
const SECOND = proven({ kind: "admin" as const, userId: newId() });
const CHECK = "23514";
const refused = (error: string) => ({ ok: false, error });
const done = { ok: true, value: "done" };

describe("a buyer's dispute", () => {
  let desk: RefundDesk;
  const folder = makeTemporaryFolder("disputes");
  test.beforeAll(async ({ database }) => {
    desk = await openRefundDesk(database, { KAPU_DATA_DIR: folder });
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(async () => {
    await desk.close();
    removeFolder(folder);
  });

  const deps = () => desk.shop.deps;
  const ownerOf = ({ merchantId }: { merchantId: string }) => ({
    kind: "merchant" as const,
    userId: newId(),
    merchantId,
  });
  const stranger: Viewer = { kind: "merchant", userId: newId(), merchantId: newId() };
  const rows = <T extends object>(sql: string, values: readonly unknown[] = []) =>
    desk.shop.rows<T & object>(sql, values);
  const refusal = (sql: string, values: readonly unknown[]) =>
    desk.shop.rows(sql, values).then(
      () => "allowed",
      (error: { code?: string }) => error.code ?? "failed",
    );
  const reportOf = (orderId: string, changes: Partial<OpenDispute> = {}): OpenDispute => ({
    disputeId: newId(),
    orderId,
    position: 1,
    kind: "used",
    text: "the site says it was redeemed yesterday",
    addressHash: Buffer.alloc(32, 7),
    userAgent: "Phone/1",
    addressKey: newId(),
    ...changes,
  });
  const open = async (orderId: string, changes: Partial<OpenDispute> = {}) => {
    const report = reportOf(orderId, changes);
    expect(await openDispute(deps(), report)).toEqual({ ok: true, value: { disputeId: report.disputeId } });
    return report.disputeId;
  };
  const reported = async (cards = 3, quantity = 1) => {
    const { order, stocked } = await desk.paid(undefined, { cards, quantity });
    return { order, stocked, disputeId: await open(order.id) };
  };
  const say = (disputeId: string, text = "hello", callAdmin = false) => ({
    disputeId,
    requestId: newId(),
    text,
    callAdmin,
  });
  const see = async (disputeId: string) => {
    const dispute = await findStaffDispute(deps(), ADMIN, disputeId);
    if (!dispute) throw new Error("no such dispute");
    return dispute;
  };
  const words = async (disputeId: string) => ({
    disputeId,
    decisionId: newId(),
    seen: (await see(disputeId)).messageCount,
    reason: "we looked at it",
  });
  const judgement = async (disputeId: string, outcome: "replace" | "reject"): Promise<Judgement> => {
    const { replacementCount } = await see(disputeId);
    const same = await words(disputeId);
    return outcome === "replace" ? { ...same, outcome, seenReplacements: replacementCount } : { ...same, outcome };
  };
  const refundOf = async (disputeId: string, amountMinor: bigint | null = null): Promise<MoneyJudgement> => {
    const { orderId } = await see(disputeId);
    const [payment] = await desk.paymentsOf({ id: orderId });
    const paymentId = payment?.id as string;
    const wanted = { amountMinor, method: "source" as const };
    const preview = await previewRefund(deps(), ADMIN, { orderId, paymentId, wanted });
    if (!preview.ok) throw new Error(preview.error);
    const { refundId, amountMinor: amount, seen } = preview.value;
    const same = { ...(await words(disputeId)), decisionId: refundId };
    return { ...same, outcome: "refund", paymentId, amountMinor: amount, method: "source", standing: seen };
  };
  const mailsOf = async (disputeId: string) =>
    (
      await rows<{ kind: string }>("SELECT kind FROM mail WHERE dispute_id = $1 ORDER BY created_at, id", [disputeId])
    ).map(({ kind }) => kind);
  const addAdmin = async () => {
    const email = `${newId()}@example.com`;
    await deps().db.appUser.create({ data: { id: newId(), email, passwordHash: "x", role: "admin" } });
    return email;
  };
  const lapse = (disputeId: string) =>
    rows("UPDATE dispute SET due_at = clock_timestamp() - interval '1 second' WHERE id = $1", [disputeId]);

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

  test("a card is replaced through the flow that replaces any, once, however often and by however many it is pressed", async () => {
    const { order, stocked, disputeId } = await reported(4);
    const mine = await judgement(disputeId, "replace");
    const theirs = await judgement(disputeId, "replace");
    const heard = await Promise.all([
      decideDispute(deps(), ADMIN, mine),
      decideDispute(desk.other, ADMIN, mine),
      decideDispute(desk.other, ownerOf(stocked), theirs),
    ]);
    const oks = heard.filter(({ ok }) => ok).length;
    expect(oks).toBeGreaterThan(0);
    const [count] = await rows<{ n: string }>("SELECT count(*) AS n FROM replacement WHERE order_id = $1", [order.id]);
    expect(count?.n).toBe("1");
    expect(await see(disputeId)).toMatchObject({ status: "decided", outcome: "replace" });
    expect((await mailsOf(disputeId)).filter((kind) => kind === "dispute_decided")).toHaveLength(1);
    expect(await decideDispute(deps(), ADMIN, await judgement(disputeId, "reject"))).toEqual(refused("dispute_closed"));
    const act = { orderId: order.id, disputeId, requestId: newId(), text: "again" };
    expect(await reopenDispute(deps(), act)).toEqual(refused("reopening_over"));
    // The new card is another one, and may be bad, too.
    await open(order.id);
  });

  test("who decides has read everything: after another message, and for a card that was replaced elsewhere, nothing is done", async () => {
    const { order, disputeId } = await reported(4);
    const stale = await judgement(disputeId, "replace");
    await answerDispute(deps(), { kind: "buyer", orderId: order.id }, say(disputeId));
    expect(await decideDispute(deps(), ADMIN, stale)).toEqual(refused("conflict"));
    const elsewhere = { orderId: order.id, position: 1, reason: "used", note: "", seen: 0, isGoodwill: false } as const;
    await replaceCard(deps(), ADMIN, { replacementId: newId(), ...elsewhere });
    expect(await decideDispute(deps(), ADMIN, await judgement(disputeId, "replace"))).toEqual(
      refused("already_replaced"),
    );
    expect((await see(disputeId)).status).toBe("waiting_merchant");
  });

  test("what cannot be carried out decides nothing, gives nobody more time, and says so; an admin may go beyond the warranty", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 4 });
    await rows("UPDATE variant SET warranty_hours = 1, warranty_count = 0 WHERE id = $1", [stocked.variantId]);
    const disputeId = await open(order.id);
    const due = async () => (await see(disputeId)).dueAt?.getTime();
    const before = await due();
    const refusedOne = await judgement(disputeId, "replace");
    expect(await decideDispute(deps(), ownerOf(stocked), refusedOne)).toEqual(refused("warranty_used_up"));
    expect(await see(disputeId)).toMatchObject({ status: "waiting_merchant", outcome: null });
    expect(await due()).toBe(before);
    expect((await see(disputeId)).messages.at(-1)?.kind).toBe("not_done");
    expect(await decideDispute(deps(), ADMIN, await judgement(disputeId, "replace"))).toEqual(done);
  });

  test("a card that its buyer chose is replaced by an admin alone", async () => {
    const stocked = await desk.shop.stock({ cards: 4 });
    const [choice] = await offer(desk.shop, stocked, 1);
    const order = await desk.shop.place(stocked.variantId, { accountId: desk.paper.id, ...choosing(choice) });
    await desk.pay(order, desk.paper, { amountMinor: order.totalMinor });
    const disputeId = await open(order.id);
    const ours = await judgement(disputeId, "replace");
    expect(await decideDispute(deps(), ownerOf(stocked), ours)).toEqual(refused("chosen_card"));
    expect(await decideDispute(deps(), ADMIN, await judgement(disputeId, "replace"))).toEqual(done);
    const [given] = await rows<{ pick: string }>("SELECT pick FROM card WHERE order_id = $1 AND status = 'delivered'", [
      order.id,
    ]);
    expect(BigInt(given?.pick ?? -1)).toBeGreaterThan(0n);
  });

  test("a refund is what was previewed, under the decision's number, by an admin alone; the same press twice gives back once", async () => {
    const { order, stocked, disputeId } = await reported();
    const refund = await refundOf(disputeId);
    const merchant = proven(ownerOf(stocked)) as unknown as typeof ADMIN;
    expect(await decideDisputeByMoney(deps(), merchant, refund)).toEqual(refused("not_allowed"));
    const heard = await Promise.all([
      decideDisputeByMoney(deps(), ADMIN, refund),
      decideDisputeByMoney(desk.other, ADMIN, refund),
    ]);
    expect(heard).toEqual([done, done]);
    expect((await desk.refundsOf(order)).length).toBe(1);
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");
    expect(await see(disputeId)).toMatchObject({ status: "decided", outcome: "refund" });
  });

  test("of a refund and a replacement that two people decide at once, one happens", async () => {
    const { order, disputeId } = await reported(4);
    const [refund, replace] = [await refundOf(disputeId, 500n), await judgement(disputeId, "replace")];
    const heard = await Promise.all([
      decideDisputeByMoney(deps(), ADMIN, refund),
      decideDispute(desk.other, SECOND, replace),
    ]);
    expect(heard.filter(({ ok }) => ok)).toHaveLength(1);
    const [made] = await rows<{ n: number }>(
      "SELECT (SELECT count(*) FROM refund WHERE order_id = $1)::int + (SELECT count(*) FROM replacement WHERE order_id = $1)::int AS n",
      [order.id],
    );
    expect(made?.n).toBe(1);
  });

  test("an order that moved since its refund was previewed is not refunded, and the dispute stays open", async () => {
    const { order, disputeId } = await reported();
    const refund = await refundOf(disputeId, 300n);
    await rows("UPDATE orders SET exception = exception WHERE id = $1", [order.id]);
    const other = await refundOf(disputeId, 200n);
    expect(await decideDisputeByMoney(deps(), ADMIN, other)).toEqual(done);
    await desk.drive();
    expect(await decideDisputeByMoney(deps(), ADMIN, refund)).toEqual(refused("dispute_closed"));
  });

  test("a compensation goes to the balance; above the limit it waits for a second admin, whom nobody is for himself", async () => {
    const { disputeId, order } = await reported();
    const give = async (id: string, amount: string): Promise<MoneyJudgement> => ({
      ...(await words(id)),
      outcome: "compensate",
      amount,
    });
    expect(await decideDisputeByMoney(deps(), ADMIN, await give(disputeId, "5.00"))).toEqual(done);
    expect(await see(disputeId)).toMatchObject({ status: "decided", outcome: "compensate" });
    const act = { orderId: order.id, disputeId, requestId: newId(), text: "not enough" };
    expect(await reopenDispute(deps(), act)).toEqual({ ok: true, value: null });
    const large = await give(disputeId, "5000.00");
    expect(await decideDisputeByMoney(deps(), ADMIN, large)).toEqual({ ok: true, value: "waiting" });
    expect(await see(disputeId)).toMatchObject({ status: "deciding", waitsForSecond: true });
    expect(await followDisputes(deps())).toBe(0);
    const [adjustment] = await rows<{ id: string }>("SELECT id FROM wallet_adjustment WHERE request_key = $1", [
      large.decisionId,
    ]);
    const word = { adjustmentId: adjustment?.id as string, isConfirmed: true };
    expect(await decideWalletAdjustment(deps(), ADMIN, word)).toEqual(refused("own_proposal"));
    expect((await decideWalletAdjustment(deps(), SECOND, word)).ok).toBe(true);
    expect(await followDisputes(deps())).toBe(1);
    expect(await see(disputeId)).toMatchObject({ status: "decided", outcome: "compensate" });
  });

  test("a decision whose process was killed is ended by what it had done: kept where it was carried out, dropped where it was not", async () => {
    const killed = async (isDone: boolean) => {
      const { order, stocked, disputeId } = await reported(4);
      const replace = await judgement(disputeId, "replace");
      await rows(
        `INSERT INTO dispute_decision (id, dispute_id, order_id, outcome, state, reason, decided_by_kind, decided_by, from_status, content_hash, at)
         VALUES ($1, $2, $3, 'replace', 'pending', 'killed', 'admin', $4, 'waiting_merchant', decode(repeat('00', 32), 'hex'), now() - interval '1 hour')`,
        [replace.decisionId, disputeId, order.id, ADMIN.userId],
      );
      await rows("UPDATE dispute SET status = 'deciding', decision_id = $1 WHERE id = $2", [
        replace.decisionId,
        disputeId,
      ]);
      const command = { orderId: order.id, position: 1, reason: "used", note: "", seen: 0, isGoodwill: false } as const;
      if (isDone) await replaceCard(deps(), ownerOf(stocked), { replacementId: replace.decisionId, ...command });
      return disputeId;
    };
    const [carried, lost] = [await killed(true), await killed(false)];
    expect(await followDisputes(deps())).toBe(2);
    expect(await see(carried)).toMatchObject({ status: "decided", outcome: "replace" });
    expect(await see(lost)).toMatchObject({ status: "waiting_merchant", outcome: null });
    expect(await decideDispute(deps(), ADMIN, await judgement(lost, "reject"))).toEqual(done);
  });

  test("a refusal can be taken further within some days and a few times, and the counters of both sides tell of it", async () => {
    const { order, stocked, disputeId } = await reported();
    const owner = ownerOf(stocked);
    const before = (await see(disputeId)).merchant.rejected;
    expect(await decideDispute(deps(), owner, await judgement(disputeId, "reject"))).toEqual(done);
    expect((await see(disputeId)).merchant.rejected).toBe(before + 1);
    expect((await see(disputeId)).buyer).toEqual({ reports: 1, upheld: 0, rejected: 1 });
    const act = () => ({ orderId: order.id, disputeId, requestId: newId(), text: "look again" });
    for (let n = 0; n < limits.disputeReopensMax; n++) {
      expect(await reopenDispute(deps(), { ...act(), text: "" })).toEqual(refused("required"));
      expect(await reopenDispute(deps(), act())).toEqual({ ok: true, value: null });
      expect(await decideDispute(deps(), ADMIN, await judgement(disputeId, "reject"))).toEqual(done);
    }
    expect(await reopenDispute(deps(), act())).toEqual(refused("reopening_over"));
    const { order: late, disputeId: old } = await reported();
    await decideDispute(deps(), ADMIN, await judgement(old, "reject"));
    await rows("UPDATE dispute SET closed_at = closed_at - make_interval(days => $1) WHERE id = $2", [
      limits.disputeReopenDays,
      old,
    ]);
    expect(await reopenDispute(deps(), { ...act(), orderId: late.id, disputeId: old })).toEqual(
      refused("reopening_over"),
    );
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

  test("the thread is append-only and a decided dispute cannot be rewritten, whoever writes", async () => {
    const { disputeId } = await reported();
    await decideDispute(deps(), ADMIN, await judgement(disputeId, "reject"));
    expect(await refusal("UPDATE dispute_message SET body = 'x' WHERE dispute_id = $1", [disputeId])).toBe(CHECK);
    expect(await refusal("DELETE FROM dispute_message WHERE dispute_id = $1", [disputeId])).toBe(CHECK);
    expect(await refusal("UPDATE dispute SET evidence = '{}' WHERE id = $1", [disputeId])).toBe(CHECK);
    expect(
      await refusal(
        "UPDATE dispute SET status = 'waiting_buyer', due_at = now(), closed_at = NULL, decision_id = NULL WHERE id = $1",
        [disputeId],
      ),
    ).toBe(CHECK);
    expect(await refusal("UPDATE dispute_decision SET outcome = 'replace' WHERE dispute_id = $1", [disputeId])).toBe(
      CHECK,
    );
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

  test("a chargeback is a case of its own with its evidence, which the bank alone decides, however it is told", async () => {
    await addAdmin();
    const { order, stocked } = await desk.paid();
    const outTradeNo = await desk.outTradeNoOf(order);
    const told = (state: "opened" | "won" | "lost") =>
      judgeDispute(
        deps(),
        { accountRef: "paper", outTradeNo, gatewayTradeNo: null, disputeNo: "CB-1", amount: null, state, evidence: [] },
        { accountId: "paper", source: "notice" },
      );
    await Promise.all([told("opened"), told("opened")]);
    const [found] = await rows<{ id: string }>("SELECT id FROM dispute WHERE order_id = $1", [order.id]);
    const disputeId = found?.id as string;
    expect(await see(disputeId)).toMatchObject({ kind: "chargeback", status: "escalated", chargebackNumber: "CB-1" });
    expect(new Set(await mailsOf(disputeId))).toEqual(new Set(["dispute_for_admin"]));
    expect((await see(disputeId)).evidence.payments).toHaveLength(1);
    expect(await findBuyersDispute(deps(), { orderId: order.id, disputeId })).toBeNull();
    expect(await listDisputesOf(deps(), ownerOf(stocked), order.id)).toMatchObject([
      { id: disputeId, kind: "chargeback" },
    ]);
    expect(await findStaffDispute(deps(), ownerOf(stocked), disputeId)).not.toBeNull();
    expect(await decideDispute(deps(), ADMIN, await judgement(disputeId, "reject"))).toEqual(refused("bank_decides"));
    for (const author of [ADMIN, ownerOf(stocked)])
      expect(await answerDispute(deps(), author, say(disputeId))).toEqual(refused("bank_decides"));
    expect(new Set(await mailsOf(disputeId))).toEqual(new Set(["dispute_for_admin"]));
    for (const locale of ["zh", "en"] as const) {
      const pack = await writeEvidencePack(deps(), ADMIN, { disputeId, locale });
      expect(pack.ok && pack.value.bytes.subarray(0, 5).toString()).toBe("%PDF-");
    }
    const { disputeId: buyers } = await reported();
    expect(await writeEvidencePack(deps(), ADMIN, { disputeId: buyers, locale: "en" })).toEqual(refused("not_found"));
    await told("won");
    expect(await see(disputeId)).toMatchObject({ status: "decided", outcome: "bank_won" });
    await told("lost");
    await told("opened");
    expect(await see(disputeId)).toMatchObject({ status: "decided", outcome: "bank_lost" });
    expect((await see(disputeId)).messages.map(({ detail }) => detail.state)).toEqual(["opened", "won", "lost"]);
    expect((await readRefundedPayments(deps().db as never, order.id))[0]?.givenMinor).toBe(1000n);
  });
});
