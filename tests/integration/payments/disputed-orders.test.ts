import type { VerifiedDispute } from "@/lib/features/payments/gateways/port";
import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import { judgeDispute } from "@/lib/flows/judge-dispute";
import { requestRefund } from "@/lib/flows/request-refund";
import { ADMIN, refundDesk } from "@/tests/support/refund-desk";
import { describe, expect, test } from "@/tests/support/test";

describe("an order whose money the buyer asks back from his bank", () => {
  const desk = refundDesk();

  let disputes = 0;
  async function dispute(order: { id: string }, state: VerifiedDispute["state"], disputeNo = `D${++disputes}`) {
    const outTradeNo = await desk.outTradeNoOf(order);
    const told = {
      accountRef: "paper",
      outTradeNo,
      gatewayTradeNo: null,
      disputeNo,
      amount: null,
      state,
      evidence: [],
    };
    expect(await judgeDispute(desk.shop.deps, told, { accountId: "paper", source: "notice" })).toBe("disputed");
    return disputeNo;
  }

  test("owed, it is handed nothing by a restock, a repeat of its notice or the net; the next buyer is served, and won it comes first", async () => {
    const { stocked, order } = await desk.owed();
    const disputeNo = await dispute(order, "opened");
    expect(await desk.stateOf(order)).toBe("paid disputed");
    await desk.shop.restock(stocked, 1);
    await desk.pay(order);
    await fillOwedOrders(desk.shop.deps);
    expect(await desk.stateOf(order)).toBe("paid disputed");
    expect(await desk.cardsOf(order)).toEqual([]);
    expect(await desk.findingsOf(order)).toEqual([
      { kind: "dispute", status: "open" },
      { kind: "owed_order", status: "open" },
    ]);
    const next = await desk.shop.place(stocked.variantId, { accountId: "paper" });
    await desk.pay(next);
    expect(await desk.stateOf(next)).toBe("delivered none");
    await dispute(order, "won", disputeNo);
    expect(await desk.stateOf(order)).toBe("paid owed");
    await desk.shop.restock(stocked, 1);
    expect(await desk.stateOf(order)).toBe("delivered paid_late");
  });

  test("paid in full while an earlier part of its money is disputed, it gives up what it held and waits until the dispute is won", async () => {
    const { variantId } = await desk.shop.stock({ cards: 1 });
    const order = await desk.shop.place(variantId, { accountId: "paper" });
    await desk.pay(order, desk.paper, { amountMinor: 400n, trade: "part" });
    const disputeNo = await dispute(order, "opened");
    await desk.pay(order, desk.paper, { trade: "whole" });
    expect(await desk.stateOf(order)).toBe("paid disputed");
    expect(await desk.cardsOf(order)).toEqual([]);
    expect(await fillOwedOrders(desk.shop.deps)).toBe(0);
    await dispute(order, "won", disputeNo);
    await fillOwedOrders(desk.shop.deps);
    expect(await desk.stateOf(order)).toBe("delivered double_paid");
  });

  test("the database itself hands nothing out under a dispute", async () => {
    const { order } = await desk.owed();
    await dispute(order, "opened");
    const forced = desk.shop.rows(
      `UPDATE orders SET status = 'delivered', delivered_at = now(), owed_at = NULL,
              card_ids = ARRAY(SELECT id FROM card WHERE status = 'delivered' LIMIT 1) WHERE id = $1`,
      [order.id],
    );
    await expect(forced).rejects.toMatchObject({ code: "23514", message: expect.stringContaining("orders") });
  });

  test("once the bank has decided, money of the order that it did not take can be given back", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: "double" });
    const double = (await desk.paymentsOf(order)).find(({ verdict }) => verdict === "double")?.id as string;
    const disputeNo = await dispute(order, "opened");
    const cmd = await desk.command(order, { paymentId: double });
    expect(await requestRefund(desk.shop.deps, ADMIN, cmd)).toEqual({ ok: false, error: "disputed" });
    await dispute(order, "lost", disputeNo);
    expect((await requestRefund(desk.shop.deps, ADMIN, cmd)).ok).toBe(true);
    await desk.drive();
    expect(await desk.refundsOf(order)).toHaveLength(2);
  });
});
