import { afterAll, beforeAll, expect, test } from "vitest";
import { applyBulk, listBulkRows, previewBulk } from "@/lib/features/merchants/bulk-edit";
import { BulkForm, BulkQuery } from "@/lib/features/merchants/schema";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { createDatabase, type TestDatabase } from "../../support/database";
import { openShop, type Stocked, type TestShop, tally } from "../../support/shop";
import { memberOf, newMerchant } from "./shops";

let database: TestDatabase;
let shop: TestShop;
let stocked: Stocked[];
let owner: Extract<Viewer, { kind: "merchant" }>;

beforeAll(async () => {
  database = await createDatabase();
  shop = await openShop(database);
  stocked = [
    await shop.stock({ cards: 0, priceMinor: 1000n }),
    await shop.stock({ cards: 0, priceMinor: 2000n, tiers: [{ quantityMin: 10, unitPriceMinor: 1500n }] }),
    await shop.stock({ cards: 0, priceMinor: 3000n }),
  ];
  owner = await memberOf(shop.deps, stocked[0]!.merchantId);
});
afterAll(async () => {
  await shop.close();
  await database.drop();
});

const idsOf = (rows: readonly Stocked[]) => rows.map(({ variantId }) => variantId);
const preview = (rows: readonly Stocked[], wish: Record<string, string>) =>
  previewBulk(shop.deps, owner, BulkQuery.parse({ v: idsOf(rows), ...wish }));
const formOf = (rows: Awaited<ReturnType<typeof preview>>, wish: Record<string, string>) =>
  BulkForm.parse({
    item: rows.map(({ id, version, changedAt }) => `${id} ${version} ${changedAt}`),
    price: "",
    status: "",
    category: "",
    ...wish,
  });
const pricesOf = async () => {
  const rows = await shop.deps.db.variant.findMany({ where: { id: { in: idsOf(stocked) } } });
  return idsOf(stocked).map((id) => rows.find((row) => row.id === id)?.priceMinor);
};

test("does to all what the preview showed, wholesale prices along, each change on record", async () => {
  const before = await pricesOf();
  const rows = await preview(stocked, { price: "+10%" });
  expect(await pricesOf()).toEqual(before);
  const applied = await applyBulk(shop.deps, owner, formOf(rows, { price: "+10%" }));
  expect(applied).toEqual({ ok: true, value: { count: 3 } });
  expect(await pricesOf()).toEqual([1100n, 2200n, 3300n]);
  const [tier] = await shop.deps.db.priceTier.findMany({ where: { variantId: stocked[1]!.variantId } });
  expect(tier?.unitPriceMinor).toBe(1650n);
  const trail = await shop.deps.db.auditEvent.findMany({ where: { subjectId: { in: idsOf(stocked) } } });
  expect(trail.map(({ action }) => action)).toEqual(["variant.changed", "variant.changed", "variant.changed"]);
});

test("of two tabs with the same preview one changes everything, the other nothing", async () => {
  const rows = await preview(stocked, { price: "+1.00" });
  const form = formOf(rows, { price: "+1.00" });
  const before = await pricesOf();
  const results = await Promise.all([1, 2, 3].map(() => applyBulk(shop.deps, owner, form)));
  expect(tally(results.map((result) => (result.ok ? "ok" : result.error)))).toEqual({ ok: 1, conflict: 2 });
  expect(await pricesOf()).toEqual(before.map((price) => (price ?? 0n) + 100n));
});

test("changes nothing at all when a single one cannot be changed", async () => {
  const before = await pricesOf();
  const rows = await preview(stocked, { price: "15.00" });
  expect(rows.map(({ after }) => after.ok)).toEqual([true, false, true]);
  const refused = await applyBulk(shop.deps, owner, formOf(rows, { price: "15.00" }));
  expect(refused).toEqual({ ok: false, error: "tier_price" });
  expect(await pricesOf()).toEqual(before);
});

test("moves products to a category that exists, and hides variants, together", async () => {
  const categoryId = newId();
  await shop.deps.db.category.create({
    data: { id: categoryId, slug: `c-${categoryId}`, titleZh: "新", titleEn: "New" },
  });
  const wish = { status: "draft", category: categoryId };
  const rows = await preview(stocked.slice(0, 2), wish);
  expect((await applyBulk(shop.deps, owner, formOf(rows, wish))).ok).toBe(true);
  const moved = await shop.deps.db.product.count({ where: { categoryId } });
  const hidden = await shop.deps.db.variant.count({ where: { id: { in: idsOf(stocked) }, status: "draft" } });
  expect([moved, hidden]).toEqual([2, 2]);
  const again = await preview(stocked.slice(0, 1), wish);
  const lost = await applyBulk(shop.deps, owner, formOf(again, { ...wish, category: newId() }));
  expect(lost).toEqual({ ok: false, error: "category_unknown" });
});

test("another merchant's variants are neither listed, nor previewed, nor changed", async () => {
  const stranger = await newMerchant(shop.deps);
  const query = BulkQuery.parse({ v: idsOf(stocked), price: "1.00" });
  expect(await listBulkRows(shop.deps, stranger, "")).toEqual([]);
  expect(await previewBulk(shop.deps, stranger, query)).toEqual([]);
  const before = await pricesOf();
  const form = formOf(await preview(stocked, {}), { price: "1.00" });
  expect(await applyBulk(shop.deps, stranger, form)).toEqual({ ok: false, error: "not_found" });
  expect(await pricesOf()).toEqual(before);
});
