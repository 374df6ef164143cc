import { findSellableVariant } from "@/lib/features/catalog/sellable";
import { draftOrder } from "@/lib/flows/hot/draft-order";
import { placeThroughBatch } from "@/lib/flows/hot/place-batch";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop } from "@/tests/support/shop";
import { expect, test } from "@/tests/support/test";

test("a number that chance gave twice is drawn again, and is never taken for the same request", async ({
  database,
}) => {
  const shop = await openShop(database);
  try {
    const { variantId } = await shop.stock({ cards: 3 });
    const first = await shop.place(variantId);
    const drafted = await draftOrder(shop.deps, {
      cmd: shop.order(variantId),
      variants: [await findSellableVariant(shop.deps, variantId, { isFresh: true })],
      requestHash: Buffer.alloc(32),
      lookupHash: null,
    });
    if (!drafted.ok) throw new Error(drafted.error);
    const draft = { ...drafted.value, row: { ...drafted.value.row, number: first.number } };
    expect(await placeThroughBatch(shop.deps, draft)).toMatchObject({ verdict: "placed" });
    const numbers = await shop.rows<{ number: string }>("SELECT number FROM orders");
    expect(new Set(numbers.map(({ number }) => number)).size).toBe(2);
    await expectInvariants(database);
  } finally {
    await shop.close();
  }
});
