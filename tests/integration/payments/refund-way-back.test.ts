import { listRefundablePayments } from "@/lib/features/payments/refund-state";
import { cancelRefund } from "@/lib/flows/cancel-refund";
import { decideRefund } from "@/lib/flows/decide-refund";
import { giveUpRefund } from "@/lib/flows/give-up-refund";
import { judgeRefund } from "@/lib/flows/judge-refund";
import { requestRefund } from "@/lib/flows/request-refund";
import { askRefundNow, retryRefund } from "@/lib/flows/retry-refund";
import { revealOrder } from "@/lib/flows/reveal-order";
import { newId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { proven } from "@/tests/support/proven";
import { ADMIN, type RefundDesk, refundDesk } from "@/tests/support/refund-desk";
import { tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const MERCHANT = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
const reason = "the bank says no, for good";

describe("a refund that came to nothing", () => {
  const desk = refundDesk();

  async function ask(order: { id: string }, changes: Parameters<RefundDesk["command"]>[1] = {}) {
    const refund = await requestRefund(desk.shop.deps, ADMIN, await desk.command(order, changes));
    if (!refund.ok) throw new Error(refund.error);
    return refund.value;
  }
  async function failed(order: { id: string }) {
    desk.paper.refundFailure = "ACCOUNT_CLOSED";
    const refund = await ask(order);
    await desk.drive();
    desk.paper.refundFailure = null;
    return refund;
  }
  const announced = async ({ id }: { id: string }) =>
    (await desk.shop.rows<{ kind: string }>("SELECT kind FROM outbox WHERE order_id = $1 ORDER BY id", [id])).map(
      ({ kind }) => kind,
    );
  const lastEvent = async ({ id }: { id: string }) =>
    (
      await desk.shop.rows(
        "SELECT from_status, to_status, reason, actor_id FROM order_event WHERE order_id = $1 ORDER BY id DESC LIMIT 1",
        [id],
      )
    )[0];

  test("given up, a delivered order is delivered again, on record, and its buyer sees the same cards", async () => {
    const { order } = await desk.paid();
    await failed(order);
    expect(await desk.stateOf(order)).toBe("refunding none");
    expect((await revealOrder(desk.shop.deps, { orderId: order.id, actor: { kind: "buyer" } })).ok).toBe(false);
    const back = await giveUpRefund(desk.shop.deps, ADMIN, { orderId: order.id, reason });
    expect(back).toEqual({ ok: true, value: { status: "delivered" } });
    expect(await desk.stateOf(order)).toBe("delivered none");
    expect(await desk.cardsOf(order)).toEqual(["delivered"]);
    expect((await revealOrder(desk.shop.deps, { orderId: order.id, actor: { kind: "buyer" } })).ok).toBe(true);
    expect(await lastEvent(order)).toEqual({
      from_status: "refunding",
      to_status: "delivered",
      reason: "refund_given_up",
      actor_id: ADMIN.userId,
    });
    expect(await desk.findingsOf(order)).toEqual([{ kind: "refund_failed", status: "resolved" }]);
    const audits = await desk.shop.rows(
      "SELECT detail ->> 'reason' AS reason FROM audit_event WHERE subject_id = $1 AND action = 'order.refund_given_up'",
      [order.id],
    );
    expect(audits).toEqual([{ reason }]);
    expect(await announced(order)).toEqual([
      "order.placed",
      "order.delivered",
      "refund.requested",
      "refund.failed",
      "refund.cancelled",
    ]);
    await ask(order);
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");
  });

  test("given up, an owed order is owed again in its old place, and gets the cards that lie there", async () => {
    const { stocked, order } = await desk.owed();
    await failed(order);
    expect(await desk.stateOf(order)).toBe("refunding paid_late");
    expect((await giveUpRefund(desk.shop.deps, ADMIN, { orderId: order.id, reason })).ok).toBe(true);
    expect(await desk.stateOf(order)).toBe("paid owed");
    expect(await desk.findingsOf(order)).toEqual([
      { kind: "owed_order", status: "open" },
      { kind: "refund_failed", status: "resolved" },
    ]);
    await desk.shop.restock(stocked, 1);
    expect(await desk.stateOf(order)).toBe("delivered paid_late");

    const { stocked: other, order: lucky } = await desk.owed();
    await failed(lucky);
    await desk.shop.restock(other, 1);
    expect(await giveUpRefund(desk.shop.deps, ADMIN, { orderId: lucky.id, reason })).toMatchObject({ ok: true });
    expect(await desk.stateOf(lucky)).toBe("delivered paid_late");
  });

  test("given up, an underpaid order that its refund closed stays closed, with its finding open", async () => {
    const { variantId } = await desk.shop.stock({ cards: 1 });
    const order = await desk.shop.place(variantId, { accountId: "paper" });
    await desk.pay(order, desk.paper, { amountMinor: 400n });
    await failed(order);
    expect((await giveUpRefund(desk.shop.deps, ADMIN, { orderId: order.id, reason })).ok).toBe(true);
    expect(await desk.stateOf(order)).toBe("cancelled underpaid");
    expect(await desk.findingsOf(order)).toContainEqual({ kind: "amount_mismatch", status: "open" });
  });

  test("nothing is given up while the money may still go, nor by anybody but an admin, nor twice", async () => {
    const { order } = await desk.paid();
    await ask(order);
    const give = () => giveUpRefund(desk.shop.deps, ADMIN, { orderId: order.id, reason });
    expect(await give()).toEqual({ ok: false, error: "refund_under_way" });
    expect(await giveUpRefund(desk.shop.deps, MERCHANT, { orderId: order.id, reason })).toEqual({
      ok: false,
      error: "not_allowed",
    });
    desk.paper.isRefundSlow = true;
    await desk.drive();
    expect(await give()).toEqual({ ok: false, error: "refund_under_way" });
    desk.paper.isRefundSlow = false;
    await desk.drive();
    expect(await give()).toEqual({ ok: false, error: "not_refunding" });
    const { order: second } = await desk.paid();
    await failed(second);
    const answers = await Promise.all(
      [desk.shop.deps, desk.other].map((deps) => giveUpRefund(deps, ADMIN, { orderId: second.id, reason })),
    );
    expect(tally(answers.map((one) => (one.ok ? "back" : one.error)))).toEqual({ back: 1, not_refunding: 1 });
    expect((await announced(second)).filter((kind) => kind === "refund.cancelled")).toHaveLength(1);
  });

  test("taken back before its gateway heard of it, the order stands as it did; told once, it is never taken back", async () => {
    const { order } = await desk.paid();
    const refund = await ask(order);
    expect(await cancelRefund(desk.shop.deps, MERCHANT, { refundId: refund.id, reason })).toEqual({
      ok: false,
      error: "not_allowed",
    });
    const back = await cancelRefund(desk.shop.deps, ADMIN, { refundId: refund.id, reason });
    expect(back).toEqual({ ok: true, value: { status: "delivered" } });
    expect(await desk.stateOf(order)).toBe("delivered none");
    await desk.drive();
    expect(desk.paper.calls).toEqual([]);
    expect(await desk.refundsOf(order)).toMatchObject([{ status: "failed", failure: "cancelled_by_admin" }]);
    expect(await desk.findingsOf(order)).toEqual([]);
    expect(await announced(order)).toContain("refund.cancelled");

    desk.paper.before = async () => "silent";
    const told = await ask(order);
    await desk.drive();
    expect(await cancelRefund(desk.shop.deps, ADMIN, { refundId: told.id, reason })).toEqual({
      ok: false,
      error: "already_told",
    });
    desk.paper.before = async () => undefined;
    expect((await askRefundNow(desk.shop.deps, ADMIN, { refundId: told.id })).ok).toBe(true);
    expect(await askRefundNow(desk.shop.deps, MERCHANT, { refundId: told.id })).toEqual({
      ok: false,
      error: "not_allowed",
    });
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");
    expect(await cancelRefund(desk.shop.deps, ADMIN, { refundId: told.id, reason })).toEqual({
      ok: false,
      error: "not_open",
    });
  });

  test("taken back and told at the same moment: one of the two, never both", async () => {
    for (let round = 0; round < 8; round++) {
      const { order } = await desk.paid();
      const refund = await ask(order);
      const [cancelled] = await Promise.all([
        cancelRefund(desk.other, ADMIN, { refundId: refund.id, reason }),
        desk.drive(),
      ]);
      await desk.drive();
      const given = desk.paper.givenBack(await desk.outTradeNoOf(order));
      expect([await desk.stateOf(order), given]).toEqual(
        cancelled.ok ? ["delivered none", 0n] : ["refunded none", 1000n],
      );
    }
  });

  test("tried again by two admins who press twice each, a failed refund has one second", async () => {
    const { order } = await desk.paid();
    const first = await failed(order);
    const answers = await Promise.all(
      [desk.shop.deps, desk.other, desk.shop.deps, desk.other].map((deps) =>
        retryRefund(deps, proven({ kind: "admin", userId: newId() }), { refundId: first.id }),
      ),
    );
    const numbers = new Set(answers.map((one) => (one.ok ? one.value.refundNo : one.error)));
    expect(numbers.size).toBe(1);
    expect(numbers).not.toContain(first.refundNo);
    await desk.drive();
    expect(await desk.stateOf(order)).toBe("refunded none");
    expect(desk.paper.givenBack(await desk.outTradeNoOf(order))).toBe(1000n);
    const later = await retryRefund(desk.shop.deps, ADMIN, { refundId: first.id });
    expect(later).toMatchObject({ ok: true, value: { status: "succeeded" } });
    expect(await retryRefund(desk.shop.deps, proven(MERCHANT), { refundId: first.id })).toEqual({
      ok: false,
      error: "not_allowed",
    });
  });

  test("decided not to have gone and given up, the order stands; a gateway that then says it went is put before a person", async () => {
    const { order } = await desk.paid();
    desk.paper.before = async () => "silent";
    const refund = await ask(order);
    await desk.drive();
    desk.paper.before = async () => undefined;
    const word = { refundId: refund.id, wasGivenBack: false, reason: "looked at the desk" };
    expect((await decideRefund(desk.shop.deps, ADMIN, word)).ok).toBe(true);
    expect((await giveUpRefund(desk.shop.deps, ADMIN, { orderId: order.id, reason })).ok).toBe(true);
    expect(await desk.stateOf(order)).toBe("delivered none");
    const numbers = { outTradeNo: null, gatewayTradeNo: null, refundNo: refund.refundNo, gatewayRefundNo: "R1" };
    const told = {
      ...numbers,
      accountRef: "paper",
      amount: money(1000n, "CNY"),
      state: "succeeded",
      evidence: [],
    } as const;
    await judgeRefund(desk.shop.deps, told, { accountId: "paper", source: "notice" });
    expect(await desk.stateOf(order)).toBe("delivered none");
    expect(await desk.findingsOf(order)).toContainEqual({ kind: "refund_mismatch", status: "open" });
  });

  test("given back by hand, it says who recorded it and under which number it went; without a number it is refused", async () => {
    const { order } = await desk.paid();
    for (const outsideReference of [undefined, null, "  "]) {
      const cmd = await desk.command(order, {
        method: "by_hand",
        ...(outsideReference !== undefined && { outsideReference }),
      });
      expect(await requestRefund(desk.shop.deps, ADMIN, cmd)).toEqual({ ok: false, error: "reference_missing" });
    }
    const user = newId();
    await desk.shop.rows(
      "INSERT INTO app_user (id, email, password_hash, role) VALUES ($1, 'who@example.com', 'x', 'admin')",
      [user],
    );
    const cmd = await desk.command(order, { method: "by_hand", outsideReference: " ALIPAY-20261121 " });
    expect((await requestRefund(desk.shop.deps, proven({ kind: "admin", userId: user }), cmd)).ok).toBe(true);
    expect(await desk.stateOf(order)).toBe("refunded none");
    const [payment] = await listRefundablePayments(desk.shop.deps, ADMIN, order.id);
    expect(payment?.refunds).toMatchObject([
      { outsideReference: "ALIPAY-20261121", requestedBy: "who@example.com", status: "succeeded", method: "by_hand" },
    ]);
    expect(await announced(order)).toContain("refund.succeeded");
    await expect(
      desk.shop.rows("UPDATE refund SET outside_reference = 'other' WHERE order_id = $1", [order.id]),
    ).rejects.toMatchObject({ code: "23514" });
  });
});
