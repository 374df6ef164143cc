import { randomInt } from "node:crypto";
import { generateKeys } from "@/lib/flows/generate-keys";
import { importCards } from "@/lib/flows/import-cards";
import { refreshStockBands } from "@/lib/flows/refresh-stock-bands";
import { assert } from "@/lib/kernel/assert";
import { newId, randomText } from "@/lib/kernel/id";
import type { Db } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import {
  DEMO_CATEGORIES,
  DEMO_MERCHANT,
  DEMO_PRODUCTS,
  type DemoProduct,
  type DemoVariant,
  pictureOf,
} from "./demo-catalog";

const LINES_PER_CHUNK = 500;

/** What new rows belong to. */
interface Shelf {
  readonly merchantId: string;
  readonly poolId: string;
  readonly categoryIds: ReadonlyMap<string, string>;
}

async function seedShelf(db: Db): Promise<Shelf> {
  const merchant = await db.merchant.upsert({
    where: { slug: DEMO_MERCHANT.slug },
    create: { id: newId(), ...DEMO_MERCHANT },
    update: {},
  });
  const pool = await db.stockPool.upsert({
    where: { merchantId_slug: { merchantId: merchant.id, slug: "main" } },
    create: { id: newId(), merchantId: merchant.id, slug: "main", name: "主库存" },
    update: {},
  });
  const categoryIds = new Map<string, string>();
  for (const [position, { slug, zh, en }] of DEMO_CATEGORIES.entries()) {
    const category = await db.category.upsert({
      where: { slug },
      create: { id: newId(), slug, titleZh: zh, titleEn: en, position },
      update: {},
    });
    categoryIds.set(slug, category.id);
  }
  return { merchantId: merchant.id, poolId: pool.id, categoryIds };
}

const productRow = ({ slug, zh, en, category }: DemoProduct, position: number, { merchantId, categoryIds }: Shelf) => ({
  id: newId(),
  merchantId,
  categoryId: categoryIds.get(category) ?? "",
  slug,
  titleZh: zh.title,
  titleEn: en.title,
  summaryZh: zh.summary,
  summaryEn: en.summary,
  descriptionZh: zh.description,
  descriptionEn: en.description,
  usageNoteZh: zh.usageNote,
  usageNoteEn: en.usageNote,
  picture: pictureOf(slug),
  status: "published",
  position,
});

const variantRow = (variant: DemoVariant, position: number, productId: string, { merchantId, poolId }: Shelf) => ({
  id: newId(),
  productId,
  merchantId,
  poolId,
  sku: variant.sku,
  titleZh: variant.zh,
  titleEn: variant.en,
  priceMinor: variant.priceMinor,
  currency: "CNY",
  stockPolicy: variant.stockPolicy ?? "reserve_on_order",
  quantityMax: variant.quantityMax ?? 50,
  warrantyHours: 72,
  usageNoteZh: variant.usageNote?.zh ?? "",
  usageNoteEn: variant.usageNote?.en ?? "",
  position,
  priceTiers: {
    create: (variant.tiers ?? []).map(([quantityMin, unitPriceMinor]) => ({ quantityMin, unitPriceMinor })),
  },
});

/** Invented cards, one per line, as a merchant's file has them. */
async function* cardLines({ cards, pattern }: DemoVariant): AsyncIterable<Uint8Array> {
  for (let start = 0; start < cards; start += LINES_PER_CHUNK) {
    const lines = Array.from({ length: Math.min(LINES_PER_CHUNK, cards - start) }, () => `${invent(pattern)}\n`);
    yield Buffer.from(lines.join(""), "utf8");
  }
}

const invent = (pattern: string): string =>
  pattern.replace(/[#@]/g, (place) => (place === "#" ? randomText(1) : String(randomInt(10))));

async function seedCards(deps: Deps, { merchantId }: Shelf, variantId: string, variant: DemoVariant): Promise<void> {
  const { cards: count, keyUses: uses } = variant;
  if (count === 0 || (await deps.db.batch.count({ where: { variantId } })) > 0) return;
  if (uses !== undefined) {
    const keys = { batchId: newId(), variantId, count, uses, note: "demo" };
    assert((await generateKeys(deps, { kind: "system", merchantId }, keys)).ok, "the demo's own variant takes keys");
    return;
  }
  const imported = await importCards(deps, {
    variantId,
    merchantId: null,
    source: cardLines(variant),
    actor: { kind: "system" },
    note: "demo",
    publish: true,
  });
  assert(imported.ok, "the demo's own cards are a good file");
}

/**
 * The demo shop stands: a merchant, three categories, eight products and their cards. Safe to run again: what exists
 * is left as it is, and a variant gets cards only while it has never had a batch.
 */
export async function seedDemo(deps: Deps): Promise<{ merchantId: string }> {
  const shelf = await seedShelf(deps.db);
  for (const [position, product] of DEMO_PRODUCTS.entries()) {
    const { id: productId } = await deps.db.product.upsert({
      where: { slug: product.slug },
      create: productRow(product, position, shelf),
      update: {},
    });
    for (const [place, variant] of product.variants.entries()) {
      const { id: variantId } = await deps.db.variant.upsert({
        where: { sku: variant.sku },
        create: variantRow(variant, place, productId, shelf),
        update: {},
      });
      await seedCards(deps, shelf, variantId, variant);
    }
  }
  await refreshStockBands(deps);
  return { merchantId: shelf.merchantId };
}
