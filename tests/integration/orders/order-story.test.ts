import { findOrderStory } from "@/lib/features/orders/story";
import { tellOrder } from "@/lib/features/orders/tell-order";
import { findOrderView } from "@/lib/features/orders/view";
import { judgeDispute } from "@/lib/flows/judge-dispute";
import { requestRefund } from "@/lib/flows/request-refund";
import { ADMIN, refundDesk } from "@/tests/support/refund-desk";
import { describe, expect, test } from "@/tests/support/test";

describe("what a buyer reads of an order's money", () => {
  const desk = refundDesk();

  async function read({ id }: { id: string }) {
    const [view, story] = await Promise.all([findOrderView(desk.shop.deps, id), findOrderStory(desk.shop.deps, id)]);
    if (!view) throw new Error("no order");
    return { ...tellOrder(view, story.money), kinds: story.rows.map(({ kind }) => kind), rows: story.rows };
  }
  const give = async (order: { id: string }, payment: number, amountMinor: bigint | null = null) => {
    const payments = await desk.paymentsOf(order);
    const command = await desk.command(order, { paymentId: payments[payment]?.id as string, amountMinor });
    const asked = await requestRefund(desk.shop.deps, ADMIN, command);
    if (!asked.ok) throw new Error(asked.error);
  };

  test("the plain case is three lines, with the way by the shop's name for it and no number of the gateway's", async () => {
    const { order } = await desk.paid();
    const told = await read(order);
    expect(told).toMatchObject({ headline: "delivered", asides: [], kinds: ["placed", "paid", "delivered"] });
    expect(told.rows[1]).toMatchObject({
      amountMinor: 1000n,
      currency: "CNY",
      titleZh: "纸",
      titleEn: "Paper",
      isLate: false,
    });
    const [payment] = await desk.shop.rows<{ no: string }>(
      "SELECT gateway_trade_number AS no FROM payment WHERE order_id = $1",
      [order.id],
    );
    const text = JSON.stringify(told.rows, (_, value) => (typeof value === "bigint" ? `${value}` : value));
    expect(text).not.toContain(payment?.no);
    expect(text).not.toContain(order.token.reveal());
  });

  test("an order that nobody paid in time runs out at its deadline, before and after somebody noticed, and late money is told as late", async () => {
    const { variantId } = await desk.shop.stock({ cards: 1 });
    const order = await desk.shop.place(variantId, { accountId: "paper" });
    expect(await read(order)).toMatchObject({ headline: "pending", kinds: ["placed"] });
    await desk.shop.lapse(order.id, 5);
    const unpaid = await read(order);
    expect(unpaid).toMatchObject({ headline: "expired", kinds: ["placed", "expired"] });
    expect(unpaid.rows[1]?.at).toEqual((await findOrderView(desk.shop.deps, order.id))?.deadlineAt);
    await desk.pay(order);
    const late = await read(order);
    expect(late).toMatchObject({ headline: "delivered", asides: ["paid_late"] });
    expect(late.rows.find(({ kind }) => kind === "paid")).toMatchObject({ verdict: "settled", isLate: true });
  });

  test("money without stock waits in line, and says so", async () => {
    const { variantId } = await desk.shop.stock({ cards: 1, stockPolicy: "claim_on_payment" });
    const [first, second] = [
      await desk.shop.place(variantId, { accountId: "paper" }),
      await desk.shop.place(variantId, { accountId: "paper" }),
    ];
    await desk.pay(first);
    await desk.pay(second);
    expect(await read(second)).toMatchObject({ headline: "owed", asides: [], kinds: ["placed", "paid", "owed"] });
  });

  test("a second payment is told as one too many, then as going back, then as back, and the cards stay", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: "T2" });
    expect(await read(order)).toMatchObject({ headline: "delivered", asides: ["double_paid"] });
    desk.paper.isRefundSlow = true;
    await give(order, 1);
    await desk.drive();
    expect(await read(order)).toMatchObject({ headline: "delivered", asides: ["extra_refunding"] });
    desk.paper.isRefundSlow = false;
    await desk.drive();
    const told = await read(order);
    expect(told).toMatchObject({ headline: "delivered", asides: ["extra_refunded"] });
    expect(told.kinds).toEqual(["placed", "paid", "delivered", "paid", "refund_asked", "refund_done"]);
  });

  test("a part given back is a part, and the rest given back is a refund", async () => {
    const { order } = await desk.paid();
    await give(order, 0, 300n);
    await desk.drive();
    expect(await read(order)).toMatchObject({ headline: "delivered", asides: ["partly_refunded"] });
    await give(order, 0);
    await desk.drive();
    expect(await read(order)).toMatchObject({ headline: "refunded", asides: [] });
  });

  test("a refund that the gateway will not make is not told as one that is on its way", async () => {
    const { order } = await desk.paid();
    desk.paper.refundFailure = "no";
    await give(order, 0);
    await desk.drive();
    const told = await read(order);
    expect(told).toMatchObject({ headline: "refund_failed" });
    expect(told.kinds.at(-1)).toBe("refund_failed");
  });

  test("too little is too little, whatever came before", async () => {
    const { variantId } = await desk.shop.stock({ cards: 1 });
    const order = await desk.shop.place(variantId, { accountId: "paper" });
    await desk.pay(order, desk.paper, { amountMinor: 1n });
    expect(await read(order)).toMatchObject({ headline: "underpaid", kinds: ["placed", "paid"] });
  });

  test("a dispute is told when it is opened, and its end when the bank has decided", async () => {
    const { order } = await desk.paid();
    const [attempt] = await desk.shop.rows<{ no: string; trade: string }>(
      "SELECT a.out_trade_no AS no, p.gateway_trade_number AS trade FROM payment_attempt a JOIN payment p ON p.attempt_id = a.id WHERE a.order_id = $1",
      [order.id],
    );
    const dispute = (state: "opened" | "lost") =>
      judgeDispute(
        desk.shop.deps,
        {
          accountRef: "paper",
          outTradeNo: attempt?.no ?? null,
          gatewayTradeNo: attempt?.trade ?? null,
          disputeNo: "D1",
          amount: null,
          state,
          evidence: [["state", state]],
        },
        { accountId: "paper", source: "notice" },
      );
    await dispute("opened");
    expect(await read(order)).toMatchObject({ headline: "delivered", asides: ["disputed"] });
    await dispute("lost");
    const told = await read(order);
    expect(told).toMatchObject({ headline: "refunded_by_bank", asides: [] });
    expect(told.kinds).toEqual(expect.arrayContaining(["dispute_opened", "refund_done"]));
  });
});
