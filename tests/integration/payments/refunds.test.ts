import { findRefundState, listRefundablePayments } from "@/lib/features/payments/refund-state";
import { refundByPolicy } from "@/lib/flows/refund-by-policy";
import { requestRefund } from "@/lib/flows/request-refund";
import { revealOrder } from "@/lib/flows/reveal-order";
import { saveRefundPolicy } from "@/lib/flows/save-refund-policy";
import { newId } from "@/lib/kernel/id";
import { expectInvariants } from "@/tests/support/invariants";
import { proven } from "@/tests/support/proven";
import { ADMIN, refundDesk } from "@/tests/support/refund-desk";
import { describe, expect, test } from "@/tests/support/test";

describe("giving money back", () => {
  const desk = refundDesk();

  test("in full, to the source: nothing is handed out from the request on, and a delivered card is withdrawn, never resold", async () => {
    const { order, stocked } = await desk.paid();
    expect(await desk.stateOf(order)).toBe("delivered none");
    const refund = await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    expect(refund).toMatchObject({ ok: true, value: { status: "requested", amountMinor: 1000n } });
    expect(await desk.stateOf(order)).toBe("refunding none");
    const revealed = await revealOrder(desk.shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
    expect(revealed.ok).toBe(false);
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");
    expect(await desk.cardsOf(order)).toEqual(["withdrawn"]);
    expect(desk.paper.givenBack(await desk.outTradeNoOf(order))).toBe(1000n);
    await desk.shop.place(stocked.variantId, { accountId: "paper" });
    await expect(desk.shop.place(stocked.variantId, { accountId: "paper" })).rejects.toThrow("insufficient_stock");
    const entries = await desk.shop.rows("SELECT kind FROM stock_entry WHERE order_id = $1 ORDER BY id", [order.id]);
    expect(entries.map(({ kind }) => kind)).toEqual(["reserve", "deliver", "withdraw"]);
  });

  test("in part, twice: the order stands until nothing is left, and never a fen more than was paid", async () => {
    const { order } = await desk.paid();
    expect((await requestRefund(desk.shop.deps, ADMIN, await desk.command(order, { amountMinor: 400n }))).ok).toBe(
      true,
    );
    const early = await requestRefund(desk.shop.deps, ADMIN, await desk.command(order, { amountMinor: 100n }));
    expect(early).toEqual({ ok: false, error: "refund_under_way" });
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("delivered none");
    expect(await desk.cardsOf(order)).toEqual(["delivered"]);
    const tooMuch = await requestRefund(desk.shop.deps, ADMIN, await desk.command(order, { amountMinor: 601n }));
    expect(tooMuch).toEqual({ ok: false, error: "amount_out_of_range" });
    const nothing = await requestRefund(desk.shop.deps, ADMIN, await desk.command(order, { amountMinor: 0n }));
    expect(nothing).toEqual({ ok: false, error: "amount_out_of_range" });
    expect((await requestRefund(desk.shop.deps, ADMIN, await desk.command(order))).ok).toBe(true);
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");
    expect(desk.paper.givenBack(await desk.outTradeNoOf(order))).toBe(1000n);
    expect(await requestRefund(desk.shop.deps, ADMIN, await desk.command(order))).toEqual({
      ok: false,
      error: "nothing_left",
    });
  });

  test("the same key with other words is refused; merchants, buyers and foreign orders give nothing back", async () => {
    const { order } = await desk.paid();
    const { order: foreign } = await desk.paid();
    const cmd = await desk.command(order, { amountMinor: 300n });
    await requestRefund(desk.shop.deps, ADMIN, cmd);
    const changed = await requestRefund(desk.shop.deps, ADMIN, { ...cmd, amountMinor: 200n });
    expect(changed).toEqual({ ok: false, error: "request_conflict" });
    const merchant = proven({ kind: "merchant", userId: newId(), merchantId: newId() });
    for (const actor of [merchant, { kind: "buyer" } as const])
      expect(await requestRefund(desk.shop.deps, actor, await desk.command(foreign))).toEqual({
        ok: false,
        error: "not_allowed",
      });
    const mixed = await requestRefund(desk.shop.deps, ADMIN, { ...(await desk.command(foreign)), orderId: order.id });
    expect(mixed).toEqual({ ok: false, error: "not_found" });
    await desk.drive();
  });

  test("a merchant sees what was given back of their own orders, and nothing of another's", async () => {
    const { order, stocked } = await desk.paid();
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order, { amountMinor: 250n }));
    await desk.drive();
    const merchant = { kind: "merchant", userId: newId(), merchantId: stocked.merchantId } as const;
    expect(await listRefundablePayments(desk.shop.deps, merchant, order.id)).toMatchObject([
      {
        amountMinor: 1000n,
        returnedMinor: 250n,
        refunds: [{ status: "succeeded", amountMinor: 250n, method: "source" }],
      },
    ]);
    const stranger = { ...merchant, merchantId: newId() };
    expect(await listRefundablePayments(desk.shop.deps, stranger, order.id)).toEqual([]);
    expect(await findRefundState(desk.shop.deps)).toMatchObject({ underWay: 0, stuck: 0, failed: 0 });
  });

  test("a refund without an answer is told of after a while, and asked about all the same", async () => {
    const { order } = await desk.paid();
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    desk.paper.before = async () => "silent";
    await desk.drive();
    expect(await desk.findingsOf(order)).toEqual([]);
    await desk.shop.rows("ALTER TABLE refund DISABLE TRIGGER refund_edges");
    await desk.shop.rows("UPDATE refund SET created_at = created_at - interval '1 hour' WHERE order_id = $1", [
      order.id,
    ]);
    await desk.shop.rows("ALTER TABLE refund ENABLE TRIGGER refund_edges");
    await desk.drive();
    expect(await desk.findingsOf(order)).toEqual([{ kind: "refund_stuck", status: "open" }]);
    expect(await findRefundState(desk.shop.deps)).toMatchObject({ underWay: 1, stuck: 1 });
    desk.paper.before = async () => undefined;
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");
    expect(await desk.findingsOf(order)).toEqual([{ kind: "refund_stuck", status: "resolved" }]);
  });

  test("such a gateway gives back once; the rest of the payment is given back by hand", async () => {
    const { order } = await desk.paid(desk.forgetful);
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order, { amountMinor: 400n }));
    await desk.drive();
    const second = await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    expect(second).toEqual({ ok: false, error: "by_hand_only" });
    const byHand = await requestRefund(
      desk.shop.deps,
      ADMIN,
      await desk.command(order, { method: "by_hand", outsideReference: "B-1" }),
    );
    expect(byHand).toMatchObject({ ok: true, value: { status: "succeeded", amountMinor: 600n } });
    expect(await desk.stateOf(order)).toBe("refunded none");
    expect(await desk.cardsOf(order)).toEqual(["withdrawn"]);
  });

  test("processing is asked about until it is through; failed leaves the order refunding with a finding, and can be tried anew", async () => {
    const { order } = await desk.paid();
    desk.paper.isRefundSlow = true;
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    await desk.drive();
    await desk.drive();
    expect(await desk.refundsOf(order)).toMatchObject([{ status: "processing" }]);
    expect(await desk.stateOf(order)).toBe("refunding none");
    desk.paper.isRefundSlow = false;
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");

    const { order: poor } = await desk.paid();
    desk.paper.refundFailure = "NOT_ENOUGH";
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(poor));
    await desk.drive();
    expect(await desk.refundsOf(poor)).toMatchObject([{ status: "failed", failure: "NOT_ENOUGH" }]);
    expect(await desk.stateOf(poor)).toBe("refunding none");
    expect(await desk.findingsOf(poor)).toEqual([{ kind: "refund_failed", status: "open" }]);
    desk.paper.refundFailure = null;
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(poor));
    await desk.drive();
    expect(await desk.stateOf(poor)).toBe("refunded none");
    expect(await desk.findingsOf(poor)).toEqual([{ kind: "refund_failed", status: "resolved" }]);
  });

  test("a second payment goes back and the order keeps its cards; its finding closes", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: "second" });
    expect(await desk.stateOf(order)).toBe("delivered double_paid");
    const double = (await desk.paymentsOf(order)).find(({ verdict }) => verdict === "double");
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order, { paymentId: double?.id as string }));
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("delivered double_paid");
    expect(await desk.cardsOf(order)).toEqual(["delivered"]);
    expect(await desk.findingsOf(order)).toEqual([{ kind: "double_payment", status: "resolved" }]);
  });

  test("an underpaid order that still waits is closed with its refund, and its cards are free", async () => {
    const { variantId } = await desk.shop.stock({ cards: 1 });
    const order = await desk.shop.place(variantId, { accountId: "paper" });
    await desk.pay(order, desk.paper, { amountMinor: 400n });
    expect(await desk.stateOf(order)).toBe("pending underpaid");
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    expect(await desk.stateOf(order)).toBe("refunding underpaid");
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded underpaid");
    expect(await desk.findingsOf(order)).toEqual([{ kind: "amount_mismatch", status: "resolved" }]);
    expect((await desk.shop.place(variantId, { accountId: "paper" })).status).toBe("pending");
  });

  test("an owed order gives up its place with its refund, and the next cards go to the next buyer", async () => {
    const { stocked, order } = await desk.owed();
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    expect(await desk.stateOf(order)).toBe("refunding paid_late");
    await desk.shop.restock(stocked, 1);
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded paid_late");
    expect(await desk.cardsOf(order)).toEqual([]);
    expect(await desk.findingsOf(order)).toEqual([{ kind: "owed_order", status: "resolved" }]);
  });

  test("money that comes when all that an order got has gone back is kept apart, whatever it is, and breaks no promise", async ({
    database,
  }) => {
    const stocked = await desk.shop.stock({ cards: 1, stockPolicy: "deduct_on_order" });
    const order = await desk.shop.place(stocked.variantId, { accountId: "paper" });
    await desk.pay(order, desk.paper, { amountMinor: 1001n, trade: newId() });
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded overpaid");
    await desk.pay(order, desk.paper, { trade: newId() });
    await desk.pay(order, desk.paper, { amountMinor: 999n, trade: newId() });
    expect(await desk.stateOf(order)).toBe("refunded overpaid");
    expect(await desk.findingsOf(order)).toContainEqual({ kind: "double_payment", status: "open" });
    await expectInvariants(database);
  });

  test("by the shop's policy, and only by it: a second payment and a late one without stock go back by themselves, once", async () => {
    const { order: late } = await desk.owed();
    const { order: twice } = await desk.paid();
    await desk.pay(twice, desk.paper, { trade: "twice" });
    expect(await refundByPolicy(desk.shop.deps)).toBe(0);
    expect(await desk.stateOf(late)).toBe("paid owed");
    const [merchant] = await desk.shop.rows<{ id: string }>("SELECT id FROM merchant");
    const policy = { merchantId: merchant?.id as string, double: "refund", noStock: "refund", cap: null } as const;
    const own = { kind: "merchant", userId: newId(), merchantId: policy.merchantId } as const;
    expect(await saveRefundPolicy(desk.shop.deps, own, policy)).toEqual({ ok: false, error: "not_allowed" });
    expect((await saveRefundPolicy(desk.shop.deps, ADMIN, policy)).ok).toBe(true);
    const counts = await Promise.all([refundByPolicy(desk.shop.deps), refundByPolicy(desk.other)]);
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(2);
    await desk.drive();
    expect(await desk.stateOf(late)).toBe("refunded paid_late");
    expect(await desk.stateOf(twice)).toBe("delivered double_paid");
    expect(await desk.refundsOf(twice)).toHaveLength(1);
    expect(await refundByPolicy(desk.shop.deps)).toBe(0);
    await saveRefundPolicy(desk.shop.deps, ADMIN, { ...policy, double: "ask", noStock: "owe" });
  });
});
