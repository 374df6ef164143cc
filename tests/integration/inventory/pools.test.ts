import { countPools } from "@/lib/features/pools/count-pools";
import { listVariantPools } from "@/lib/features/pools/queries";
import { savePool, saveVariantPools } from "@/lib/features/pools/save-pools";
import { PoolForm, PoolListQuery, VariantPoolsForm } from "@/lib/features/pools/schema";
import { listCards } from "@/lib/features/vault/list-cards";
import { VaultQuery } from "@/lib/features/vault/schema";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { placeOrder } from "@/lib/flows/place-order";
import { replaceCard } from "@/lib/flows/replace-card";
import { transferCards, transferStock } from "@/lib/flows/transfer-cards";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import { openDeps, openShop, type Stocked, type StockOptions, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

describe("a variant that is sold from several pools", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  const ownerOf = ({ merchantId }: Stocked): Merchant => ({ kind: "merchant", userId: newId(), merchantId });

  async function newPool(stocked: Stocked, channel = ""): Promise<string> {
    const form = PoolForm.parse({ poolId: "", name: `池 ${newId().slice(-6)}`, channel, note: "" });
    const saved = await savePool(shop.deps, ownerOf(stocked), form);
    if (!saved.ok) throw new Error(saved.error);
    return saved.value.poolId;
  }

  async function sellFrom(stocked: Stocked, pool: readonly string[]): Promise<void> {
    const { variantId } = stocked;
    const { version } = await shop.deps.db.variant.findUniqueOrThrow({ where: { id: variantId } });
    const form = VariantPoolsForm.parse({ variantId, version: String(version), pool: [...pool] });
    expect(await saveVariantPools(shop.deps, ownerOf(stocked), form)).toEqual({ ok: true, value: null });
  }

  /** A variant with cards in its own pool and in another one that it falls back to. */
  async function twoPools(own: number, other: number, options: Partial<StockOptions> = {}) {
    const stocked = await shop.stock({ cards: own, ...options });
    const second = { ...stocked, poolId: await newPool(stocked) };
    await sellFrom(stocked, [stocked.poolId, second.poolId]);
    if (other > 0) await shop.restock(second, other);
    return { stocked, second };
  }

  const outcome = async (placed: ReturnType<typeof placeOrder>) => {
    const result = await placed;
    return result.ok ? "placed" : result.error;
  };
  const poolsOf = async (orderId: string) =>
    tally(
      (await shop.rows<{ pool: string }>("SELECT pool_id::text AS pool FROM card WHERE order_id = $1", [orderId])).map(
        ({ pool }) => pool,
      ),
    );
  const leftOf = async ({ variantId, poolId }: Stocked) => {
    const [row] = await shop.rows<{ n: number }>(
      "SELECT count(*)::int AS n FROM card WHERE variant_id = $1 AND pool_id = $2 AND status = 'available'",
      [variantId, poolId],
    );
    return row?.n;
  };
  const idsIn = async ({ variantId, poolId }: Stocked, status = "available") =>
    (
      await shop.rows<{ id: string }>(
        "SELECT id FROM card WHERE variant_id = $1 AND pool_id = $2 AND status = $3 ORDER BY pick",
        [variantId, poolId, status],
      )
    ).map(({ id }) => id);
  const statusOf = async (orderId: string) =>
    (await shop.deps.db.order.findUniqueOrThrow({ where: { id: orderId } })).status;

  test("sells every card of both once, however many race for them in two processes", async ({ database }) => {
    const { stocked, second } = await twoPools(11, 9, { quantityMax: 5 });
    const other = openDeps(database);
    const quantities = [1, 2, 3, 1, 4, 2, 1, 1];
    const results = await Promise.all(
      Array.from({ length: 48 }, (_, n) => {
        const quantity = quantities[n % quantities.length] as number;
        return placeOrder(n % 2 ? shop.deps : other, shop.order(stocked.variantId, { quantity }));
      }),
    );
    const [held] = await shop.rows<{ cards: number; distinct: number; whole: boolean }>(
      `SELECT count(*)::int AS cards, count(DISTINCT card_id)::int AS distinct,
              (SELECT bool_and(cardinality(card_ids) = quantity) FROM orders WHERE id = ANY ($1)) AS whole
         FROM (SELECT unnest(card_ids) AS card_id FROM orders WHERE id = ANY ($1)) c`,
      [results.flatMap((result) => (result.ok ? [result.value.id] : []))],
    );
    expect(held?.cards).toBe(held?.distinct);
    expect(held?.whole).toBe(true);
    // Whoever was refused asked for more than was left; a buyer of one is served for as long as anything is.
    for (let n = ((await leftOf(stocked)) as number) + ((await leftOf(second)) as number); n > 0; n--)
      expect(await outcome(placeOrder(shop.deps, shop.order(stocked.variantId)))).toBe("placed");
    expect(await outcome(placeOrder(other, shop.order(stocked.variantId)))).toBe("insufficient_stock");
    await closeDeps(other);
  });

  test("fills an order whole from the first pool that has enough, and from several exactly what is left, or not at all", async () => {
    const { stocked, second } = await twoPools(3, 6);
    const { variantId } = stocked;
    const whole = await shop.place(variantId, { quantity: 4 });
    expect(await poolsOf(whole.id)).toEqual({ [second.poolId]: 4 });
    const shared = await shop.place(variantId, { quantity: 4 });
    expect(await poolsOf(shared.id)).toEqual({ [stocked.poolId]: 3, [second.poolId]: 1 });
    const lines = await shop.deps.db.orderLine.findMany({ where: { orderId: shared.id } });
    expect(lines.map(({ line, quantity }) => [line, quantity])).toEqual([[1, 4]]);
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId, { quantity: 2 })))).toBe("insufficient_stock");
    expect([await leftOf(stocked), await leftOf(second)]).toEqual([0, 1]);
    await shop.pay(shared);
    expect(await statusOf(shared.id)).toBe("delivered");
    // What was not paid goes back to where it came from.
    await cancelOrder(shop.deps, { orderId: whole.id, actor: { kind: "buyer" } });
    expect([await leftOf(stocked), await leftOf(second)]).toEqual([0, 5]);
  });

  test("is not sold from a pool that it does not name, nor from one that is kept for another channel", async () => {
    const stocked = await shop.stock({ cards: 0 });
    const kept = { ...stocked, poolId: await newPool(stocked, "api") };
    const strange = { ...stocked, poolId: await newPool(stocked) };
    await sellFrom(stocked, [stocked.poolId, kept.poolId]);
    await shop.restock(kept, 1);
    await shop.restock(strange, 5);
    const { variantId } = stocked;
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId)))).toBe("insufficient_stock");
    const overApi = await shop.place(variantId, { channel: "api" });
    expect(await poolsOf(overApi.id)).toEqual({ [kept.poolId]: 1 });
    expect(await outcome(placeOrder(shop.deps, shop.order(variantId, { channel: "api" })))).toBe("insufficient_stock");
  });

  test("counts a buyer's limit over all parts of an order", async () => {
    const { stocked } = await twoPools(2, 2);
    const { variantId } = stocked;
    await shop.rows("UPDATE variant SET buyer_max = 3 WHERE id = $1", [variantId]);
    const email = "limited@example.com";
    const order = (quantity: number) => outcome(placeOrder(shop.deps, shop.order(variantId, { email, quantity })));
    expect(await order(4)).toBe("buyer_limit");
    expect(await order(3)).toBe("placed");
    expect(await order(1)).toBe("buyer_limit");
  });

  test("pays what it owes, and replaces, from whichever of its pools has cards", async () => {
    const { stocked, second } = await twoPools(1, 0, { stockPolicy: "claim_on_payment" });
    const { variantId } = stocked;
    const [first, late] = [await shop.place(variantId), await shop.place(variantId)];
    await shop.pay(first);
    await shop.pay(late);
    expect(await statusOf(late.id)).toBe("paid");
    await shop.restock(second, 1);
    expect(await statusOf(late.id)).toBe("delivered");
    await shop.restock(second, 1);
    const words = { orderId: first.id, position: 1, reason: "invalid", note: "", seen: 0, isGoodwill: true } as const;
    const admin = { kind: "admin", userId: newId() } as const;
    expect(await replaceCard(shop.deps, admin, { replacementId: newId(), ...words })).toEqual({
      ok: true,
      value: { status: "done" },
    });
    await shop.restock(stocked, 1);
    await shop.restock(second, 1);
    const both = await shop.place(variantId, { quantity: 2 });
    await shop.pay(both);
    expect(await poolsOf(both.id)).toEqual({ [stocked.poolId]: 1, [second.poolId]: 1 });
  });

  test("cards go from pool to pool with both sides in the ledger, once, and never out of a buyer's hands", async () => {
    const { stocked, second } = await twoPools(5, 0);
    const owner = ownerOf(stocked);
    const order = await shop.place(stocked.variantId);
    const wish = {
      moveId: newId(),
      variantId: stocked.variantId,
      fromPoolId: stocked.poolId,
      toPoolId: second.poolId,
      quantity: 3,
      reason: "overseas sale",
    };
    const twice = await Promise.all([wish, wish].map((same) => transferStock(shop.deps, owner, same)));
    expect(twice).toEqual([wish, wish].map(() => ({ ok: true, value: { moved: 3, left: 0 } })));
    expect([await leftOf(stocked), await leftOf(second)]).toEqual([1, 3]);
    const sides = await shop.rows<{ side: string }>(
      "SELECT kind || ' ' || cardinality(card_ids) || ' ' || substr(reference, 38) AS side FROM stock_entry WHERE left(reference, 36) = $1 ORDER BY id",
      [wish.moveId],
    );
    expect(sides.map(({ side }) => side)).toEqual([
      `transfer_out 3 ${stocked.poolId}`,
      `transfer_in 3 ${second.poolId}`,
    ]);
    expect(await transferStock(shop.deps, owner, { ...wish, quantity: 2 })).toEqual({
      ok: false,
      error: "idempotency_conflict",
    });
    const held = await idsIn(stocked, "reserved");
    const named = { moveId: newId(), toPoolId: second.poolId, reason: "x", cardIds: held };
    expect(await transferCards(shop.deps, owner, named)).toEqual({ ok: true, value: { moved: 0, left: 1 } });
    expect(await poolsOf(order.id)).toEqual({ [stocked.poolId]: 1 });
    const { rows } = await listCards(shop.deps, owner, VaultQuery.parse({ pool: second.poolId }));
    expect(rows.map(({ id }) => id).sort()).toEqual((await idsIn(second)).sort());
    const back = { ...wish, moveId: newId(), fromPoolId: second.poolId, toPoolId: stocked.poolId, quantity: 9 };
    expect(await transferStock(shop.deps, owner, back)).toEqual({ ok: true, value: { moved: 3, left: 6 } });
  });

  test("another merchant's pools, variants and cards are not there", async () => {
    const { stocked, second } = await twoPools(2, 0);
    const foreign = newId();
    await shop.deps.db.merchant.create({ data: { id: foreign, slug: `m-${foreign}`, name: "Other" } });
    const stranger: Merchant = { kind: "merchant", userId: newId(), merchantId: foreign };
    const own = await savePool(shop.deps, stranger, PoolForm.parse({ poolId: "", name: "x", channel: "", note: "" }));
    const theirs = own.ok ? own.value.poolId : "";
    const { variantId, poolId: fromPoolId } = stocked;
    const wish = { moveId: newId(), variantId, fromPoolId, toPoolId: second.poolId, quantity: 1, reason: "x" };
    const notFound = { ok: false, error: "not_found" };
    expect(await transferStock(shop.deps, stranger, wish)).toEqual(notFound);
    const cardIds = await idsIn(stocked);
    const named = { moveId: newId(), toPoolId: theirs, reason: "x", cardIds };
    expect(await transferCards(shop.deps, stranger, named)).toEqual(notFound);
    // Not even the owner may lay cards into somebody else's pool, or sell from it.
    expect(await transferCards(shop.deps, ownerOf(stocked), named)).toEqual({ ok: false, error: "no_such_pool" });
    const { version } = await shop.deps.db.variant.findUniqueOrThrow({ where: { id: variantId } });
    const form = (pool: string[]) => VariantPoolsForm.parse({ variantId, version: String(version), pool });
    expect(await saveVariantPools(shop.deps, stranger, form([theirs]))).toEqual(notFound);
    expect(await saveVariantPools(shop.deps, ownerOf(stocked), form([fromPoolId, theirs]))).toEqual({
      ok: false,
      error: "no_such_pool",
    });
    const rename = PoolForm.parse({ poolId: second.poolId, name: "taken", channel: "", note: "" });
    expect(await savePool(shop.deps, stranger, rename)).toEqual(notFound);
    await expect(
      shop.rows("UPDATE variant SET fallback_pool_ids = ARRAY[$1::uuid] WHERE id = $2", [theirs, variantId]),
    ).rejects.toThrow(/not its merchant's/);
    const { rows } = await listVariantPools(shop.deps, stranger, PoolListQuery.parse({}));
    expect(rows).toEqual([]);
  });

  test("a card that was laid elsewhere behind the ledger's back shows as drift", async () => {
    const { stocked, second } = await twoPools(2, 1);
    const owner = ownerOf(stocked);
    const driftsOf = async () => {
      await countPools(shop.deps, owner);
      const { rows } = await listVariantPools(shop.deps, owner, PoolListQuery.parse({ q: `SKU-${stocked.variantId}` }));
      return rows[0]?.stocks.map(({ place, kept, counted, drift }) => [place, kept, counted, drift]);
    };
    const asItIs = [
      [1, 2, 2, 0],
      [2, 1, 1, 0],
    ];
    expect(await driftsOf()).toEqual(asItIs);
    const [card] = await idsIn(stocked);
    const lay = (poolId: string) => shop.rows("UPDATE card SET pool_id = $1 WHERE id = $2", [poolId, card]);
    await lay(second.poolId);
    expect(await driftsOf()).toEqual([
      [1, 2, 1, -1],
      [2, 1, 2, 1],
    ]);
    await lay(stocked.poolId);
    expect(await driftsOf()).toEqual(asItIs);
  });
});
