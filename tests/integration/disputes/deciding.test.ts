import { findBuyersDispute, findStaffDispute, listDisputesOf } from "@/lib/features/disputes/queries";
import { readRefundedPayments } from "@/lib/features/payments/refunds";
import { decideWalletAdjustment } from "@/lib/flows/adjust-wallet";
import { answerDispute } from "@/lib/flows/answer-dispute";
import { decideDispute, decideDisputeByMoney, type MoneyJudgement } from "@/lib/flows/decide-dispute";
import { followDisputes } from "@/lib/flows/follow-disputes";
import { judgeDispute } from "@/lib/flows/judge-dispute";
import { reopenDispute } from "@/lib/flows/reopen-dispute";
import { replaceCard } from "@/lib/flows/replace-card";
import { writeEvidencePack } from "@/lib/flows/write-evidence-pack";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { choosing, offer } from "@/tests/support/previews";
import { proven } from "@/tests/support/proven";
import { describe, expect, test } from "@/tests/support/test";
import { ADMIN, disputeDesk, done, ownerOf, refused, SECOND, say } from "./dispute-desk";

const CHECK = "23514";

describe("what is decided of a report", () => {
  const { desk, deps, rows, open, reported, see, judgement, refundOf, words, mailsOf, addAdmin, refusal } =
    disputeDesk();

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
