import { expireOrders } from "@/lib/flows/expire-orders";
import { releaseDeducted } from "@/lib/flows/release-deducted";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { memberOf, newAdmin, newMerchant } from "../merchants/shops";

describe("releasing what an expired order of deduct-on-order keeps", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  const stockPolicy = "deduct_on_order";
  const stateOf = async (orderId: string) =>
    (
      await shop.rows<{ state: string }>(
        "SELECT concat_ws(' ', status, exception, cardinality(card_ids)) AS state FROM orders WHERE id = $1",
        [orderId],
      )
    )[0]?.state;

  test("the merchant puts the cards on sale again, on record; late money claims afresh", async () => {
    const stocked = await shop.stock({ cards: 2, stockPolicy });
    const order = await shop.place(stocked.variantId, { quantity: 2 });
    await shop.lapse(order.id, 60);
    await expireOrders(shop.deps);
    expect(await stateOf(order.id)).toBe("expired none 2");
    const merchant = await memberOf(shop.deps, stocked.merchantId);
    expect(await releaseDeducted(shop.deps, merchant, order.id)).toEqual({ ok: true, value: { released: 2 } });
    expect(await stateOf(order.id)).toBe("expired none 0");
    expect(
      await shop.rows("SELECT actor_id, action, detail FROM audit_event WHERE subject_id = $1", [order.id]),
    ).toEqual([{ actor_id: merchant.userId, action: "order.cards_released", detail: { cards: 2 } }]);
    await shop.pay(await shop.place(stocked.variantId));
    await shop.pay(order);
    expect(await stateOf(order.id)).toBe("paid owed 1");
    await shop.restock(stocked, 1);
    expect(await stateOf(order.id)).toBe("delivered paid_late 2");
  });

  test("released cards go to an owed order before anybody else", async () => {
    const stocked = await shop.stock({ cards: 1, stockPolicy });
    const owed = await shop.place(stocked.variantId);
    await shop.lapse(owed.id, 60);
    await expireOrders(shop.deps);
    const admin = await newAdmin(shop.deps);
    await releaseDeducted(shop.deps, admin, owed.id);
    const squatter = await shop.place(stocked.variantId);
    await shop.pay(owed);
    await shop.lapse(squatter.id, 60);
    await expireOrders(shop.deps);
    expect(await stateOf(owed.id)).toBe("paid owed 0");
    await releaseDeducted(shop.deps, admin, squatter.id);
    expect(await stateOf(owed.id)).toBe("delivered paid_late 1");
  });

  test("another merchant finds nothing; what is pending, paid, or of another policy keeps its cards", async () => {
    const stocked = await shop.stock({ cards: 2, stockPolicy });
    const order = await shop.place(stocked.variantId);
    const merchant = await memberOf(shop.deps, stocked.merchantId);
    expect(await releaseDeducted(shop.deps, await newMerchant(shop.deps), order.id)).toMatchObject({
      error: "not_found",
    });
    expect(await releaseDeducted(shop.deps, merchant, order.id)).toMatchObject({ error: "not_releasable" });
    await shop.pay(order);
    expect(await releaseDeducted(shop.deps, merchant, order.id)).toMatchObject({ error: "not_releasable" });
    expect(await stateOf(order.id)).toBe("delivered none 1");
  });

  test("a release and a late payment at once: the order is delivered, and each card has one owner", async () => {
    const stocked = await shop.stock({ cards: 10, stockPolicy });
    const orders = await Promise.all(Array.from({ length: 10 }, () => shop.place(stocked.variantId)));
    for (const order of orders) await shop.lapse(order.id, 60);
    await expireOrders(shop.deps);
    const admin = await newAdmin(shop.deps);
    const words = await Promise.all(
      orders.flatMap((order) => [
        releaseDeducted(shop.deps, admin, order.id).then((result) => (result.ok ? "released" : result.error)),
        shop.pay(order),
      ]),
    );
    expect(tally(words)).toMatchObject({ success: 10 });
    expect(tally((await Promise.all(orders.map((order) => stateOf(order.id)))) as string[])).toEqual({
      "delivered paid_late 1": 10,
    });
  });
});
