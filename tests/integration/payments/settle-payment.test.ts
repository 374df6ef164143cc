import { acceptNotification } from "@/lib/flows/accept-notification";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { expireOrders } from "@/lib/flows/expire-orders";
import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import { revealOrder } from "@/lib/flows/reveal-order";
import { closeDeps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import {
  ACCOUNT,
  type NoticeOptions,
  openDeps,
  openShop,
  signedNotice,
  type TestShop,
  tally,
} from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("settling payments", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  const stateOf = async (orderId: string) => {
    const [row] = await shop.rows<{ status: string; exception: string; paid: string; payments: number }>(
      "SELECT status, exception, paid_minor::text AS paid, payment_count AS payments FROM orders WHERE id = $1",
      [orderId],
    );
    return row;
  };
  const findingsOf = async (orderId: string) =>
    (
      await shop.rows<{ kind: string; status: string }>(
        "SELECT kind, status FROM finding WHERE order_id = $1 ORDER BY kind",
        [orderId],
      )
    ).map((row) => `${row.kind} ${row.status}`);
  const reveal = async (orderId: string) => {
    const result = await revealOrder(shop.deps, { orderId, actor: { kind: "buyer" } });
    return result.ok ? result.value.secrets.map((secret) => secret.text.reveal()) : result.error;
  };

  test("a paid order is delivered, and reveals the same card each time", async () => {
    const { variantId, secrets } = await shop.stock({ cards: 3 });
    const order = await shop.place(variantId, { quantity: 2 });
    expect(await reveal(order.id)).toBe("not_delivered");
    expect(await shop.pay(order)).toBe("success");
    expect(await stateOf(order.id)).toEqual({ status: "delivered", exception: "none", paid: "2000", payments: 1 });
    const revealed = await reveal(order.id);
    expect(revealed).toHaveLength(2);
    for (const text of revealed) expect(secrets).toContain(text);
    expect(await reveal(order.id)).toEqual(revealed);
    const records = await shop.rows("SELECT 1 FROM reveal_record WHERE order_id = $1", [order.id]);
    expect(records).toHaveLength(2);
  });

  test("200 orders, each notice sent 5 times at once to two processes: 200 deliveries, 200 payments, every answer success", async () => {
    const { variantId } = await shop.stock({ cards: 200 });
    const orders = await Promise.all(Array.from({ length: 200 }, () => shop.place(variantId)));
    const other = openDeps(shop.urls);
    const notices = orders.flatMap((order) => Array.from({ length: 5 }, () => signedNotice(order)));
    const replies = await Promise.all(
      notices.map((raw, n) =>
        acceptNotification(n % 2 ? shop.deps : other, { gateway: "epay", accountId: ACCOUNT, raw }),
      ),
    );
    await closeDeps(other);
    expect(tally(replies.map((reply) => reply.body))).toEqual({ success: 1000 });
    const [row] = await shop.rows(
      `SELECT count(*)::int AS orders, count(DISTINCT c.id)::int AS cards, (SELECT count(*)::int FROM payment p WHERE p.order_id = ANY ($1)) AS payments
         FROM orders o JOIN card c ON c.order_id = o.id WHERE o.id = ANY ($1) AND o.status = 'delivered' AND c.status = 'delivered' AND o.exception = 'none'`,
      [orders.map((order) => order.id)],
    );
    expect(row).toEqual({ orders: 200, cards: 200, payments: 200 });
  });

  test("two trade numbers of one order at once in two processes: delivered once, double_paid, one finding", async () => {
    const { variantId } = await shop.stock({ cards: 2 });
    const other = openDeps(shop.urls);
    for (let round = 0; round < 5; round++) {
      const stocked = round === 0 ? variantId : (await shop.stock({ cards: 2 })).variantId;
      const order = await shop.place(stocked);
      const send = (deps: typeof other, trade: string) =>
        acceptNotification(deps, { gateway: "epay", accountId: ACCOUNT, raw: signedNotice(order, { trade }) });
      const replies = await Promise.all([send(shop.deps, `A${order.number}`), send(other, `B${order.number}`)]);
      expect(replies.map((reply) => reply.body)).toEqual(["success", "success"]);
      expect(await stateOf(order.id)).toEqual({
        status: "delivered",
        exception: "double_paid",
        paid: "2000",
        payments: 2,
      });
      expect(await findingsOf(order.id)).toEqual(["double_payment open"]);
      expect(await reveal(order.id)).toHaveLength(1);
    }
    await closeDeps(other);
  });

  test("a verified wrong amount is recorded, answered success and not delivered; the right one afterwards delivers and leaves double_paid", async () => {
    const { variantId } = await shop.stock({ cards: 4 });
    const low = await shop.place(variantId);
    expect(await shop.pay(low, { money: "0.01", trade: "LOW1" })).toBe("success");
    expect(await stateOf(low.id)).toEqual({ status: "pending", exception: "underpaid", paid: "1", payments: 1 });
    expect(await findingsOf(low.id)).toEqual(["amount_mismatch open"]);
    expect(await shop.pay(low, { trade: "LOW2" })).toBe("success");
    expect(await stateOf(low.id)).toEqual({ status: "delivered", exception: "double_paid", paid: "1001", payments: 2 });
    const high = await shop.place(variantId);
    expect(await shop.pay(high, { money: "10.01", trade: "HIGH" })).toBe("success");
    expect(await stateOf(high.id)).toEqual({ status: "pending", exception: "overpaid", paid: "1001", payments: 1 });
  });

  test("attack 15: paid after the deadline but before the release: delivered from the reservation, paid_late", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    await shop.lapse(order.id, 5);
    expect(await expireOrders(shop.deps)).toBe(0);
    expect(await shop.pay(order)).toBe("success");
    expect(await stateOf(order.id)).toMatchObject({ status: "delivered", exception: "paid_late" });
  });

  test("attack 15: paid after the release with stock: claimed again, paid_late", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    await shop.lapse(order.id, 60);
    expect(await expireOrders(shop.deps)).toBe(1);
    expect(await expireOrders(shop.deps)).toBe(0);
    expect(await stateOf(order.id)).toMatchObject({ status: "expired", exception: "none" });
    expect(await shop.pay(order)).toBe("success");
    expect(await stateOf(order.id)).toMatchObject({ status: "delivered", exception: "paid_late" });
    expect(await reveal(order.id)).toHaveLength(1);
  });

  test("attack 15: late without stock is owed; new cards serve owed orders in order of payment before any new buyer", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const first = await shop.place(stocked.variantId);
    const second = await shop.place(stocked.variantId);
    for (const order of [first, second]) await shop.lapse(order.id, 60);
    await expireOrders(shop.deps);
    const thieves = [await shop.place(stocked.variantId), await shop.place(stocked.variantId)];
    for (const thief of thieves) await shop.pay(thief);
    expect(await shop.pay(second)).toBe("success");
    expect(await shop.pay(first)).toBe("success");
    expect(await stateOf(first.id)).toMatchObject({ status: "paid", exception: "owed" });
    expect(await findingsOf(first.id)).toEqual(["owed_order open"]);
    await shop.restock(stocked, 1);
    expect(await stateOf(second.id)).toMatchObject({ status: "delivered", exception: "paid_late" });
    expect(await stateOf(first.id)).toMatchObject({ status: "paid", exception: "owed" });
    const late = shop.place(stocked.variantId);
    await expect(late).rejects.toThrow("insufficient_stock");
    await shop.restock(stocked, 2);
    expect(await stateOf(first.id)).toMatchObject({ status: "delivered" });
    expect(await findingsOf(first.id)).toEqual(["owed_order resolved"]);
    expect((await shop.place(stocked.variantId)).status).toBe("pending");
  });

  test("an owed order of five keeps the three cards that came and is delivered whole with the next two", async () => {
    const stocked = await shop.stock({ cards: 5 });
    const order = await shop.place(stocked.variantId, { quantity: 5 });
    await shop.lapse(order.id, 60);
    await expireOrders(shop.deps);
    await shop.pay(await shop.place(stocked.variantId, { quantity: 5 }));
    await shop.pay(order);
    await shop.restock(stocked, 3);
    expect(await reveal(order.id)).toBe("not_delivered");
    await expect(shop.place(stocked.variantId)).rejects.toThrow("insufficient_stock");
    await shop.restock(stocked, 3);
    expect(await reveal(order.id)).toHaveLength(5);
    expect((await shop.place(stocked.variantId)).status).toBe("pending");
  });

  test("a card released by expiry goes to an owed order, not to a new buyer", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const owed = await shop.place(variantId);
    await shop.lapse(owed.id, 60);
    await expireOrders(shop.deps);
    const squatter = await shop.place(variantId);
    await shop.pay(owed);
    expect(await stateOf(owed.id)).toMatchObject({ status: "paid", exception: "owed" });
    await shop.lapse(squatter.id, 60);
    await expireOrders(shop.deps);
    expect(await stateOf(owed.id)).toMatchObject({ status: "delivered", exception: "paid_late" });
    expect(await fillOwedOrders(shop.deps)).toBe(0);
  });

  test("a cancelled order gives its card back, and late money still brings it back to life", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    expect((await cancelOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } })).ok).toBe(true);
    expect((await cancelOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } })).ok).toBe(false);
    await shop.pay(order);
    expect(await stateOf(order.id)).toMatchObject({ status: "delivered", exception: "paid_late" });
  });

  test("claim on payment takes nothing before the money, then exactly the quantity; the last card has one owner and the other is owed", async () => {
    const { variantId } = await shop.stock({ cards: 1, stockPolicy: "claim_on_payment" });
    const [left, right] = [await shop.place(variantId), await shop.place(variantId)];
    expect(
      await shop.rows("SELECT 1 FROM card WHERE variant_id = $1 AND status <> 'available'", [variantId]),
    ).toHaveLength(0);
    await Promise.all([shop.pay(left), shop.pay(right)]);
    const states = [await stateOf(left.id), await stateOf(right.id)].map(
      (state) => `${state?.status} ${state?.exception}`,
    );
    expect(states.sort()).toEqual(["delivered none", "paid owed"]);
    await expect(shop.place(variantId)).rejects.toThrow("insufficient_stock");
  });

  test("deduct on order keeps its cards past the deadline, and delivers them late", async () => {
    const { variantId } = await shop.stock({ cards: 1, stockPolicy: "deduct_on_order" });
    const order = await shop.place(variantId);
    await shop.lapse(order.id, 3600);
    expect(await expireOrders(shop.deps)).toBe(1);
    await expect(shop.place(variantId)).rejects.toThrow("insufficient_stock");
    await shop.pay(order);
    expect(await stateOf(order.id)).toMatchObject({ status: "delivered", exception: "paid_late" });
  });

  test("an unknown order is recorded with a finding and not answered success", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    expect(await shop.pay(order, { fields: { out_trade_no: "NOBODYKNOWS0000001" }, trade: "LOST1" })).not.toContain(
      "success",
    );
    expect(await shop.rows("SELECT 1 FROM finding WHERE kind = 'unknown_order'")).toHaveLength(1);
    expect(await stateOf(order.id)).toMatchObject({ status: "pending" });
  });

  test("one trade number cannot pay two orders", async () => {
    const { variantId } = await shop.stock({ cards: 2 });
    const [paid, hopeful] = [await shop.place(variantId), await shop.place(variantId)];
    expect(await shop.pay(paid, { trade: "ONCE" })).toBe("success");
    expect(await shop.pay(hopeful, { trade: "ONCE" })).not.toContain("success");
    expect(await stateOf(hopeful.id)).toMatchObject({ status: "pending", payments: 0 });
    expect(await findingsOf(hopeful.id)).toEqual(["trade_reused open"]);
  });

  test("forged, foreign and unpaid notices change nothing", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    const attacks: NoticeOptions[] = [
      { key: "anotherKey0123456789abcdefABCDEF" },
      { fields: { pid: "1001" } },
      { fields: { trade_status: "WAIT_BUYER_PAY" } },
    ];
    for (const attack of attacks) expect(await shop.pay(order, attack)).not.toContain("success");
    expect(await stateOf(order.id)).toEqual({ status: "pending", exception: "none", paid: "0", payments: 0 });
  });

  test("attack 16: notices of 50 orders race the sweeper that expires them: each is delivered, and no card twice", async () => {
    const { variantId } = await shop.stock({ cards: 60 });
    const orders = await Promise.all(Array.from({ length: 50 }, () => shop.place(variantId)));
    for (const order of orders) await shop.lapse(order.id, 60);
    // On a slow machine some wait too long for a connection; a gateway that was told nothing tells it again.
    const told = (order: (typeof orders)[number]) => shop.pay(order).catch(() => shop.pay(order));
    await Promise.all([expireOrders(shop.deps), ...orders.map(told), expireOrders(shop.deps)]);
    await fillOwedOrders(shop.deps);
    const [row] = await shop.rows(
      "SELECT count(DISTINCT o.id)::int AS orders, count(DISTINCT c.id)::int AS cards FROM orders o JOIN card c ON c.order_id = o.id WHERE o.id = ANY ($1) AND o.status = 'delivered'",
      [orders.map((order) => order.id)],
    );
    expect(row).toEqual({ orders: 50, cards: 50 });
  });
});
