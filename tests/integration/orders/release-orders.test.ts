import { expireOrders } from "@/lib/flows/expire-orders";
import { releaseOrders } from "@/lib/flows/release-orders";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

/** What a sweeper does that read the order as overdue, and comes to it after somebody else did. */
const releaseLate = (shop: TestShop, orderId: string) =>
  inTransaction(shop.deps.db, async (tx) =>
    ok(await releaseOrders(tx, [orderId], { to: "expired", reason: "deadline_passed", keepsDeducted: true })),
  );

describe("a release that comes too late", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  const stateOf = async (orderId: string) =>
    (
      await shop.rows<{ state: string }>(
        `SELECT concat_ws(' ', o.status, count(c.id), min(c.status)) AS state
           FROM orders o LEFT JOIN card c ON c.order_id = o.id WHERE o.id = $1 GROUP BY o.id`,
        [orderId],
      )
    )[0]?.state;

  test("leaves an order alone that was paid meanwhile", async () => {
    const { variantId } = await shop.stock({ cards: 2 });
    const order = await shop.place(variantId, { quantity: 2 });
    await shop.lapse(order.id, 60);
    await shop.pay(order);
    expect(await releaseLate(shop, order.id)).toMatchObject({ ok: true, value: { closed: 0 } });
    expect(await stateOf(order.id)).toBe("delivered 2 delivered");
  });

  test("leaves cards alone that another buyer holds by now", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const slow = await shop.place(variantId);
    await shop.lapse(slow.id, 60);
    await expireOrders(shop.deps);
    const next = await shop.place(variantId);
    expect(await releaseLate(shop, slow.id)).toMatchObject({ ok: true, value: { closed: 0 } });
    expect(await stateOf(slow.id)).toBe("expired 0");
    expect(await stateOf(next.id)).toBe("pending 1 reserved");
  });
});
