import { acceptNotification } from "@/lib/flows/accept-notification";
import { expireOrders } from "@/lib/flows/expire-orders";
import { expectInvariants } from "@/tests/support/invariants";
import { ACCOUNT, openShop, signedNotice, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("cards that expire while an order holds them", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  /** The first of an order's cards expired an hour ago. */
  const spoil = async (orderId: string): Promise<string> => {
    const [row] = await shop.rows<{ id: string }>(
      "UPDATE card SET expires_at = now() - interval '1 hour' WHERE id = (SELECT card_ids[1] FROM orders WHERE id = $1) RETURNING id",
      [orderId],
    );
    return row?.id as string;
  };
  const stateOf = async (orderId: string) => {
    const [row] = await shop.rows<{ state: string; cards: string[] }>(
      "SELECT status || ' ' || exception AS state, card_ids AS cards FROM orders WHERE id = $1",
      [orderId],
    );
    return row as { state: string; cards: string[] };
  };

  test("an expired card is not delivered: another takes its place, and its batch is settled with it", async () => {
    const { variantId } = await shop.stock({ cards: 8 });
    const order = await shop.place(variantId, { quantity: 2 });
    const others = await Promise.all(Array.from({ length: 5 }, () => shop.place(variantId)));
    const expired = await spoil(order.id);
    const words = await Promise.all(
      [order, ...others].map((each) =>
        acceptNotification(shop.deps, { gateway: "epay", accountId: ACCOUNT, raw: signedNotice(each) }),
      ),
    );
    expect(tally(words.map((reply) => reply.body))).toEqual({ success: 6 });
    const { state, cards } = await stateOf(order.id);
    expect(state).toBe("delivered none");
    expect(cards).toHaveLength(2);
    expect(cards).not.toContain(expired);
    for (const other of others) expect((await stateOf(other.id)).state).toBe("delivered none");
    expect(await shop.rows("SELECT status, order_id FROM card WHERE id = $1", [expired])).toEqual([
      { status: "available", order_id: null },
    ]);
    await expect(shop.place(variantId)).rejects.toThrow("insufficient_stock");
  });

  test("without another card the order is owed and keeps the good one; the next card completes it", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const order = await shop.place(stocked.variantId, { quantity: 2 });
    const expired = await spoil(order.id);
    expect(await shop.pay(order)).toBe("success");
    expect(await stateOf(order.id)).toMatchObject({ state: "paid owed", cards: [expect.any(String)] });
    await shop.restock(stocked, 1);
    const { state, cards } = await stateOf(order.id);
    expect([state, cards.length, cards.includes(expired)]).toEqual(["delivered none", 2, false]);
  });

  test("a card that expires while its owed order waits for the rest is replaced as well", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const order = await shop.place(stocked.variantId, { quantity: 2 });
    await shop.lapse(order.id, 60);
    await expireOrders(shop.deps);
    await shop.pay(await shop.place(stocked.variantId));
    await shop.pay(order);
    expect((await stateOf(order.id)).cards).toHaveLength(1);
    const expired = await spoil(order.id);
    await shop.restock(stocked, 1);
    expect((await stateOf(order.id)).state).toBe("paid owed");
    await shop.restock(stocked, 1);
    const { state, cards } = await stateOf(order.id);
    expect([state, cards.length, cards.includes(expired)]).toEqual(["delivered paid_late", 2, false]);
  });
});
