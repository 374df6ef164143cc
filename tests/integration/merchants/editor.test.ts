import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findProduct } from "@/lib/features/merchants/products";
import { haltProduct, resumeProduct, saveProduct } from "@/lib/features/merchants/save-product";
import { saveVariant } from "@/lib/features/merchants/save-variant";
import { placeOrder } from "@/lib/flows/place-order";
import type { Viewer } from "@/lib/kernel/viewer";
import { createDatabase, type TestDatabase } from "../../support/database";
import { openShop, type TestShop } from "../../support/shop";
import { newAdmin, newMerchant, productForm, variantForm } from "./shops";

let database: TestDatabase;
let shop: TestShop;
let merchant: Extract<Viewer, { kind: "merchant" }>;
let categoryId: string;

beforeAll(async () => {
  database = await createDatabase();
  shop = await openShop(database);
  merchant = await newMerchant(shop.deps);
  categoryId = (await shop.deps.db.category.findFirstOrThrow()).id;
});
afterAll(async () => {
  await shop.close();
  await database.drop();
});

async function product() {
  const saved = await saveProduct(shop.deps, merchant, productForm({ categoryId }));
  if (!saved.ok) throw new Error(saved.error);
  const found = await findProduct(shop.deps, merchant, saved.value.productId);
  if (!found) throw new Error("the product is not there");
  return found;
}

async function variantOf(productId: string) {
  const saved = await saveVariant(shop.deps, merchant, variantForm({ productId }));
  if (!saved.ok) throw new Error(saved.error);
  return shop.deps.db.variant.findUniqueOrThrow({ where: { id: saved.value.variantId } });
}

const trailOf = (subjectId: string) =>
  shop.deps.db.auditEvent.findMany({ where: { subjectId }, orderBy: { id: "asc" } });

describe("editing a product", () => {
  test("keeps what was written and records who changed which fields", async () => {
    const before = await product();
    const form = productForm({
      productId: before.id,
      updatedAt: before.updatedAt.toISOString(),
      slug: before.slug,
      categoryId,
      titleZh: "新名字",
      descriptionEn: "Two\r\nlines",
    });
    expect((await saveProduct(shop.deps, merchant, form)).ok).toBe(true);
    const after = await findProduct(shop.deps, merchant, before.id);
    expect(after).toMatchObject({ titleZh: "新名字", descriptionEn: "Two\nlines" });
    const trail = await trailOf(before.id);
    expect(trail.map(({ action }) => action)).toEqual(["product.created", "product.changed"]);
    expect(trail[1]).toMatchObject({
      actorId: merchant.userId,
      merchantId: merchant.merchantId,
      detail: { fields: "titleZh descriptionEn", status: "published" },
    });
  });

  test("of two who opened the same form, the second is told and changes nothing", async () => {
    const opened = await product();
    const form = (titleZh: string) =>
      productForm({
        productId: opened.id,
        updatedAt: opened.updatedAt.toISOString(),
        slug: opened.slug,
        categoryId,
        titleZh,
      });
    const both = await Promise.all([
      saveProduct(shop.deps, merchant, form("甲")),
      saveProduct(shop.deps, merchant, form("乙")),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toEqual({ ok: false, error: "conflict" });
    expect(await trailOf(opened.id)).toHaveLength(2);
  });

  test("refuses an address that is taken, and leaves no trace of the attempt", async () => {
    const first = await product();
    const count = await shop.deps.db.auditEvent.count();
    const taken = await saveProduct(shop.deps, merchant, productForm({ categoryId, slug: first.slug }));
    expect(taken).toEqual({ ok: false, error: "slug_taken" });
    expect(await shop.deps.db.auditEvent.count()).toBe(count);
  });
});

describe("editing a variant", () => {
  test("a price change raises the version, so an order priced before it is priced anew", async () => {
    const { id: productId } = await product();
    const before = await variantOf(productId);
    const tiers = { tierQuantity: ["10", "", "50"], tierPrice: ["9.90", "", "8.80"] };
    const fields = { variantId: before.id, productId, version: String(before.version), sku: before.sku };
    const saved = await saveVariant(shop.deps, merchant, variantForm({ ...fields, ...tiers, price: "11.00" }));
    expect(saved.ok).toBe(true);
    const after = await findProduct(shop.deps, merchant, productId);
    expect(after?.variants[0]).toMatchObject({
      priceMinor: 1100n,
      tiers: [
        { quantityMin: 10, unitPriceMinor: 990n },
        { quantityMin: 50, unitPriceMinor: 880n },
      ],
    });
    expect(after!.variants[0]!.version).toBeGreaterThan(before.version);
    expect(await saveVariant(shop.deps, merchant, variantForm({ ...fields, price: "1.00" }))).toEqual({
      ok: false,
      error: "conflict",
    });
    expect((await trailOf(before.id)).at(-1)?.detail).toMatchObject({
      fields: "priceMinor tiers",
      priceMinor: "1100",
      tiers: "10:990 50:880",
    });
  });

  test.each([
    [{ tierQuantity: ["10", "5"], tierPrice: ["9", "8"] }, "tier_order"],
    [{ tierQuantity: ["1"], tierPrice: ["9"] }, "tier_order"],
    [{ tierQuantity: ["101"], tierPrice: ["9"] }, "tier_range"],
    [{ tierQuantity: ["10"], tierPrice: ["12.50"] }, "tier_price"],
  ])("refuses wholesale prices that make no sense: %j", async (tiers, error) => {
    const { id: productId } = await product();
    expect(await saveVariant(shop.deps, merchant, variantForm({ productId, ...tiers }))).toEqual({ ok: false, error });
  });

  test("refuses a SKU that is taken anywhere on the platform", async () => {
    const { id: productId } = await product();
    const { sku } = await variantOf(productId);
    expect(await saveVariant(shop.deps, merchant, variantForm({ productId, sku }))).toEqual({
      ok: false,
      error: "sku_taken",
    });
  });
});

describe("halting", () => {
  test("stops orders at once, with the reason on record, and resuming sells again", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const admin = await newAdmin(shop.deps);
    const buy = () => placeOrder(shop.deps, shop.order(stocked.variantId));
    expect((await buy()).ok).toBe(true);
    await haltProduct(shop.deps, admin, { productId: stocked.productId, reason: "invariant I1" });
    await haltProduct(shop.deps, admin, { productId: stocked.productId, reason: "again" });
    const refused = await buy();
    expect(refused).toEqual({ ok: false, error: "not_for_sale" });
    expect(await trailOf(stocked.productId)).toMatchObject([
      { action: "product.halted", detail: { reason: "invariant I1" } },
    ]);
    await resumeProduct(shop.deps, admin, stocked.productId);
    // A price list is up to a second old; what it lets pass is judged again inside the statement, what it stops is not.
    await expect.poll(async () => (await buy()).ok, { timeout: 5_000 }).toBe(true);
  });
});
