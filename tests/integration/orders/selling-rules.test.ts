import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findProduct as findShown } from "@/lib/features/catalog/queries";
import { duplicateProduct } from "@/lib/features/merchants/duplicate-product";
import { keepTimetable } from "@/lib/features/merchants/keep-timetable";
import { findProduct } from "@/lib/features/merchants/products";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { placeOrder } from "@/lib/flows/place-order";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { createDatabase, type TestDatabase } from "../../support/database";
import { expectInvariants } from "../../support/invariants";
import { openDeps, openShop, type Stocked, type TestShop, tally } from "../../support/shop";
import { memberOf, newMerchant } from "../merchants/shops";

let database: TestDatabase;
let shop: TestShop;
let other: Deps;

beforeAll(async () => {
  database = await createDatabase();
  shop = await openShop(database);
  other = openDeps(database);
});
afterAll(async () => {
  await expectInvariants(database);
  await closeDeps(other);
  await shop.close();
  await database.drop();
});

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
const change = ({ variantId }: Stocked, data: object) =>
  shop.deps.db.variant.update({ where: { id: variantId }, data });
const outcomeOf = (result: Awaited<ReturnType<typeof placeOrder>>) => (result.ok ? "placed" : result.error);
const buy = async (stocked: Stocked, options: Parameters<TestShop["order"]>[1] = {}, deps = shop.deps) =>
  outcomeOf(await placeOrder(deps, shop.order(stocked.variantId, options)));

describe("a window of sale", () => {
  test.each(["reserve_on_order", "claim_on_payment", "deduct_on_order"])(
    "is held by the statement that places, by the database's clock: nobody orders before or after (%s)",
    async (stockPolicy) => {
      const stocked = await shop.stock({ cards: 9, stockPolicy });
      await change(stocked, { saleFrom: inSeconds(600), saleUntil: null });
      expect(await buy(stocked)).toBe("not_for_sale");
      await change(stocked, { saleFrom: inSeconds(-600), saleUntil: inSeconds(-1) });
      expect(await buy(stocked)).toBe("not_for_sale");
      await change(stocked, { saleFrom: inSeconds(-600), saleUntil: inSeconds(600) });
      expect(await buy(stocked)).toBe("placed");
    },
  );

  test("leaves a client that lost its answer its order, after the window closed", async () => {
    const stocked = await shop.stock({ cards: 9 });
    const wish = shop.order(stocked.variantId);
    const first = await placeOrder(shop.deps, wish);
    await change(stocked, { saleUntil: inSeconds(-1) });
    const again = await placeOrder(shop.deps, wish);
    if (!first.ok || !again.ok) throw new Error("not placed");
    expect([again.value.id, again.value.isReplay]).toEqual([first.value.id, true]);
  });

  test("is said on pages, and kept pages hear of it once and not with every look", async () => {
    const stocked = await shop.stock({ cards: 9 });
    const phase = async () => (await findShown(shop.deps, `p-${stocked.productId}`))?.variants[0]?.phase;
    const version = async () =>
      (await shop.deps.db.pageVersion.findUniqueOrThrow({ where: { name: "catalog" } })).version;
    await change(stocked, { saleFrom: inSeconds(600) });
    expect(await keepTimetable(shop.deps)).toBeGreaterThan(0);
    expect(await phase()).toBe("before");
    const settled = await version();
    expect(await keepTimetable(shop.deps)).toBe(0);
    expect(await version()).toBe(settled);
    await change(stocked, { saleFrom: inSeconds(-1) });
    await keepTimetable(shop.deps);
    expect(await phase()).toBe("open");
    await change(stocked, { saleFrom: null, saleUntil: inSeconds(-1) });
    await keepTimetable(shop.deps);
    expect(await phase()).toBe("over");
  });
});

describe("a limit per buyer", () => {
  const email = "greedy@example.com";

  test("holds when one buyer orders ten times at once in two processes", async () => {
    const stocked = await shop.stock({ cards: 50 });
    await change(stocked, { buyerMax: 3 });
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, n) => buy(stocked, { email }, n % 2 === 0 ? shop.deps : other)),
    );
    expect(tally(results)).toEqual({ placed: 3, buyer_limit: 7 });
    expect(await buy(stocked)).toBe("placed");
  });

  test("counts pieces and not orders, and one browser with many addresses as one buyer", async () => {
    const stocked = await shop.stock({ cards: 50 });
    await change(stocked, { buyerMax: 3 });
    const deviceId = "the-same-browser";
    expect(await buy(stocked, { deviceId, quantity: 2 })).toBe("placed");
    expect(await buy(stocked, { deviceId, quantity: 2 })).toBe("buyer_limit");
    expect(await buy(stocked, { deviceId, quantity: 1 })).toBe("placed");
    expect(await buy(stocked, { deviceId: "another-browser", quantity: 3 })).toBe("placed");
    expect(await buy(stocked, { quantity: 4 })).toBe("buyer_limit");
  });

  test("frees what was cancelled or expired, and keeps counting what was paid", async () => {
    const stocked = await shop.stock({ cards: 50 });
    await change(stocked, { buyerMax: 1 });
    const first = await shop.place(stocked.variantId, { email });
    expect(await buy(stocked, { email })).toBe("buyer_limit");
    expect((await cancelOrder(shop.deps, { orderId: first.id, actor: { kind: "buyer" } })).ok).toBe(true);
    const second = await shop.place(stocked.variantId, { email });
    await shop.lapse(second.id, 1);
    const third = await shop.place(stocked.variantId, { email });
    expect(await shop.pay(third)).toBe("success");
    expect(await buy(stocked, { email })).toBe("buyer_limit");
  });

  test("answers a repeated request with its order and counts it once", async () => {
    const stocked = await shop.stock({ cards: 50 });
    await change(stocked, { buyerMax: 2 });
    const wish = shop.order(stocked.variantId, { email });
    const results = await Promise.all([wish, wish, wish].map((same) => placeOrder(shop.deps, same)));
    expect(new Set(results.map((result) => result.ok && result.value.id)).size).toBe(1);
    expect(await buy(stocked, { email })).toBe("placed");
    expect(await buy(stocked, { email })).toBe("buyer_limit");
  });

  test("sells out as any other: 20 buyers race for 5 cards", async () => {
    const stocked = await shop.stock({ cards: 5 });
    await change(stocked, { buyerMax: 1 });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => buy(stocked, {}, n % 2 ? shop.deps : other)),
    );
    expect(tally(results)).toEqual({ placed: 5, insufficient_stock: 15 });
  });
});

describe("a draft with a date", () => {
  test("publishes itself once when two processes look at the same moment, on record", async () => {
    const { productId } = await shop.stock({ cards: 1 });
    const product = () => shop.deps.db.product.findUniqueOrThrow({ where: { id: productId } });
    const set = (data: object) => shop.deps.db.product.update({ where: { id: productId }, data });
    await set({ status: "draft", publishAt: inSeconds(600) });
    await keepTimetable(shop.deps);
    expect((await product()).status).toBe("draft");
    await set({ publishAt: inSeconds(-1) });
    await Promise.all([keepTimetable(shop.deps), keepTimetable(other)]);
    expect(await product()).toMatchObject({ status: "published", publishAt: null });
    const trail = await shop.deps.db.auditEvent.findMany({ where: { subjectId: productId } });
    expect(trail.map(({ action, actorKind }) => [action, actorKind])).toEqual([
      ["product.published_on_time", "system"],
    ]);
  });

  test("stays as somebody left it who archived it before its time", async () => {
    const { productId } = await shop.stock({ cards: 1 });
    await shop.deps.db.product.update({
      where: { id: productId },
      data: { status: "archived", publishAt: inSeconds(-1) },
    });
    await keepTimetable(shop.deps);
    expect(await shop.deps.db.product.findUniqueOrThrow({ where: { id: productId } })).toMatchObject({
      status: "archived",
    });
  });
});

describe("a duplicate", () => {
  test("is a draft with the same variants and wholesale prices and without cards; another merchant's is not found", async () => {
    const stocked = await shop.stock({ cards: 4, tiers: [{ quantityMin: 10, unitPriceMinor: 900n }] });
    await change(stocked, { usageNoteZh: "扫码", buyerMax: 2, saleFrom: inSeconds(600) });
    const owner = await memberOf(shop.deps, stocked.merchantId);
    expect(await duplicateProduct(shop.deps, await newMerchant(shop.deps), stocked.productId)).toEqual({
      ok: false,
      error: "not_found",
    });
    const copies = await Promise.all([1, 2].map(() => duplicateProduct(shop.deps, owner, stocked.productId)));
    for (const copy of copies) {
      if (!copy.ok) throw new Error(copy.error);
      const found = await findProduct(shop.deps, owner, copy.value.productId);
      expect(found).toMatchObject({ status: "draft", titleZh: "测试商品（副本）", titleEn: "Test product (copy)" });
      expect(found?.variants).toMatchObject([
        { available: 0, priceMinor: 1000n, usageNoteZh: "扫码", buyerMax: 2, saleFrom: null },
      ]);
      expect(found?.variants[0]?.tiers).toMatchObject([{ quantityMin: 10, unitPriceMinor: 900n }]);
    }
  });
});
