import { cancelOrder } from "@/lib/flows/cancel-order";
import { expireOrders } from "@/lib/flows/expire-orders";
import { openPayment } from "@/lib/flows/open-payment";
import { endOfQueries, queryPayments } from "@/lib/flows/query-payments";
import { settlePayment } from "@/lib/flows/settle-payment";
import { startPayment } from "@/lib/flows/start-payment";
import { limits } from "@/lib/kernel/limits";
import { expectInvariants } from "@/tests/support/invariants";
import { connectPaper, PaperGateway } from "@/tests/support/paper-gateway";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("asking, closing, and asking once more before an order's cards go back", () => {
  const paper = new PaperGateway("paper");
  const second = new PaperGateway("second");
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    await connectPaper(shop, shop.deps, [paper, second]);
  });
  test.beforeEach(async () => {
    await shop.rows("UPDATE payment_attempt SET next_query_at = NULL");
    for (const gateway of [paper, second]) {
      gateway.before = async () => undefined;
      gateway.calls.length = 0;
    }
  });
  test.afterAll(async ({ database }) => {
    await shop.close();
    await expectInvariants(database);
  });

  async function opened() {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "paper" });
    await openPayment(shop.deps, { orderId: order.id, attemptId: order.payment.id });
    const [row] = await shop.rows<{ no: string }>(
      "SELECT out_trade_no AS no FROM payment_attempt WHERE order_id = $1",
      [order.id],
    );
    paper.calls.length = 0;
    return { order, variantId, outTradeNo: row?.no as string };
  }
  const due = (order: { id: string }) =>
    shop.rows("UPDATE payment_attempt SET next_query_at = now() WHERE order_id = $1", [order.id]);
  const verbs = () => paper.calls.map((call) => call.split(" ")[0]);
  const stateOf = async ({ id }: { id: string }) => {
    const [row] = await shop.rows<{ state: string }>(
      "SELECT status || ' ' || exception AS state FROM orders WHERE id = $1",
      [id],
    );
    return row?.state;
  };

  test("a payment that was opened is asked about within seconds, and before the deadline nothing is closed", async () => {
    const { order } = await opened();
    const [row] = await shop.rows<{ s: number }>(
      "SELECT extract(epoch FROM next_query_at - now())::float8 AS s FROM payment_attempt WHERE order_id = $1",
      [order.id],
    );
    expect(row?.s).toBeLessThan(limits.openedQuerySeconds + 1);
    await due(order);
    await queryPayments(shop.deps);
    expect(verbs()).toEqual(["query"]);
  });

  test("past the deadline: asked, closed, asked again, and closed only once", async () => {
    const { order } = await opened();
    await shop.lapse(order.id, 1);
    await due(order);
    await queryPayments(shop.deps);
    expect(verbs()).toEqual(["query", "close", "query"]);
    await due(order);
    await queryPayments(shop.deps);
    expect(verbs()).toEqual(["query", "close", "query", "query"]);
    await shop.lapse(order.id, limits.releaseGraceSeconds + 1);
    await expireOrders(shop.deps);
    expect(await stateOf(order)).toBe("expired none");
  });

  test("paid between the question and the close: the last question finds it, and the cards are the buyer's", async () => {
    const { order, outTradeNo } = await opened();
    await shop.lapse(order.id, 1);
    await due(order);
    paper.before = async (call) => {
      if (call.startsWith("close")) paper.pay(outTradeNo);
      return undefined;
    };
    await queryPayments(shop.deps);
    expect(verbs()).toEqual(["query", "close", "query"]);
    expect(await stateOf(order)).toBe("delivered paid_late");
  });

  test("a gateway that hangs neither releases early nor keeps the cards beyond the deadline and its grace", async () => {
    const { order, variantId, outTradeNo } = await opened();
    let letGo: () => void = () => {};
    paper.before = () =>
      new Promise((wake) => {
        letGo = () => wake("silent");
      });
    await shop.lapse(order.id, 5);
    await due(order);
    const asking = queryPayments(shop.deps);
    await expireOrders(shop.deps);
    expect(await stateOf(order)).toBe("pending none");
    await shop.lapse(order.id, limits.releaseGraceSeconds + 1);
    await expireOrders(shop.deps);
    expect(await stateOf(order)).toBe("expired none");
    expect((await shop.place(variantId, { accountId: "second" })).status).toBe("pending");
    letGo();
    await asking;
    await endOfQueries(shop.deps);
    // Late money is still money.
    paper.before = async () => undefined;
    await settlePayment(shop.deps, paper.pay(outTradeNo), { accountId: "paper", source: "notice" });
    expect(await stateOf(order)).toBe("paid owed");
  });

  test("a cancelled order is closed at its gateway within one run", async () => {
    const { order } = await opened();
    await cancelOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
    await queryPayments(shop.deps);
    expect(verbs()).toEqual(["query", "close", "query"]);
  });

  test("paid by one way, the other that was opened is closed, so that it is not paid as well", async () => {
    const { order, outTradeNo } = await opened();
    const other = await startPayment(shop.deps, { orderId: order.id, accountId: "second" });
    if (!other.ok) throw new Error(other.error);
    await openPayment(shop.deps, { orderId: order.id, attemptId: other.value.id });
    await settlePayment(shop.deps, paper.pay(outTradeNo), { accountId: "paper", source: "notice" });
    await due(order);
    await queryPayments(shop.deps);
    expect(second.calls.map((call) => call.split(" ")[0])).toEqual(["open", "query", "close", "query"]);
    expect(paper.calls).toEqual([]);
    expect(await stateOf(order)).toBe("delivered none");
  });
});
