import { limits } from "@/lib/kernel/limits";
import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { type Db, inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { changePrice, type PriceChange } from "./price-change";
import { judgeTiers, type TierProblem } from "./rules";
import type { BulkForm, BulkQuery } from "./schema";

/** A variant as many are changed at once: with everything that tells whether somebody else has changed it meanwhile. */
export interface BulkRow {
  readonly id: string;
  readonly productId: string;
  readonly merchantId: string;
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly priceMinor: bigint;
  readonly currency: string;
  readonly status: string;
  readonly version: number;
  readonly categoryId: string;
  /** Of the product, in milliseconds. */
  readonly changedAt: bigint;
  readonly tiers: readonly { readonly quantityMin: number; readonly unitPriceMinor: string }[];
}

export type BulkProblem = "price_malformed" | TierProblem;
export type BulkRefusal = "not_found" | "conflict" | "no_variant_chosen" | "category_unknown" | BulkProblem;

/** A row with what the wish makes of it, or why it cannot. */
export interface BulkPreview extends BulkRow {
  readonly after: Result<After, BulkProblem>;
}

interface After {
  readonly priceMinor: bigint;
  readonly status: string;
  readonly categoryId: string;
  readonly tiers: readonly { readonly quantityMin: number; readonly unitPriceMinor: bigint }[];
}

interface Wish {
  readonly price: PriceChange;
  readonly status?: string | undefined;
  readonly category?: string | undefined;
}

/** What a wish makes of a row: a share changes the wholesale prices by the same share, and a plain price leaves them. */
export function judgeBulk(row: BulkRow, { price, status, category }: Wish): Result<After, BulkProblem> {
  const currency = row.currency as Currency;
  const after = changePrice(price, row.priceMinor, currency);
  if (!after.ok) return after;
  const tiers: { quantityMin: number; unitPriceMinor: bigint }[] = [];
  for (const { quantityMin, unitPriceMinor } of row.tiers) {
    const tier = price.kind === "scale" ? changePrice(price, BigInt(unitPriceMinor), currency) : null;
    if (tier && !tier.ok) return tier;
    tiers.push({ quantityMin, unitPriceMinor: tier?.value ?? BigInt(unitPriceMinor) });
  }
  if (price.kind !== "keep") {
    const judged = judgeTiers(tiers, { priceMinor: after.value, quantityMax: limits.orderQuantityMax });
    if (!judged.ok) return judged;
  }
  return ok({
    priceMinor: after.value,
    status: status ?? row.status,
    categoryId: category ?? row.categoryId,
    tiers,
  });
}

const readRows = (
  db: Db | Tx,
  viewer: Viewer,
  { ids, q = "" }: { ids: readonly string[] | null; q?: string },
): Promise<BulkRow[]> => {
  const scope = merchantScope(viewer);
  const like = `%${q.replace(/[\\%_]/g, "\\$&")}%`;
  return db.$queryRaw<BulkRow[]>`
    SELECT v.id, v.product_id AS "productId", v.merchant_id AS "merchantId", v.sku, p.title_zh || ' · ' || v.title_zh AS "titleZh",
           p.title_en || ' · ' || v.title_en AS "titleEn", v.price_minor AS "priceMinor", v.currency, v.status, v.version,
           p.category_id AS "categoryId", (extract(epoch FROM p.updated_at) * 1000)::bigint AS "changedAt",
           coalesce((SELECT jsonb_agg(jsonb_build_object('quantityMin', t.quantity_min, 'unitPriceMinor', t.unit_price_minor::text) ORDER BY t.quantity_min)
                       FROM price_tier t WHERE t.variant_id = v.id), '[]') AS tiers
      FROM variant v JOIN product p ON p.id = v.product_id
     WHERE (${scope}::uuid IS NULL OR v.merchant_id = ${scope}::uuid)
       AND (${ids === null}::boolean OR v.id = ANY (${[...(ids ?? [])]}::uuid[]))
       AND (${ids !== null}::boolean OR (v.status <> 'archived' AND p.status <> 'archived'))
       AND (${q} = '' OR p.title_zh ILIKE ${like} OR p.title_en ILIKE ${like} OR v.sku ILIKE ${like})
     ORDER BY p.position, p.id, v.position, v.id LIMIT ${limits.bulkVariantsMax}::int`;
};

/** The viewer's variants to choose from, in shelf order, up to a bound. */
export const listBulkRows = ({ db }: { readonly db: Db }, viewer: Viewer, q: string): Promise<BulkRow[]> =>
  readRows(db, viewer, { ids: null, q });

/** The chosen variants with what a wish would make of each. Nothing is changed. */
export async function previewBulk(
  { db }: { readonly db: Db },
  viewer: Viewer,
  { v: ids, price, status, category }: BulkQuery,
): Promise<readonly BulkPreview[]> {
  const rows = await readRows(db, viewer, { ids });
  return rows.map((row) => ({ ...row, after: judgeBulk(row, { price, status, category }) }));
}

/**
 * Does to all chosen variants what the preview showed, or to none: if one of them, or its product, is not as it was previewed,
 * it is a `conflict`. Each change is on record.
 */
export function applyBulk(
  deps: Deps,
  viewer: Viewer,
  { items, price, status, category }: BulkForm,
): Promise<Result<{ count: number }, BulkRefusal>> {
  return inTransaction<{ count: number }, BulkRefusal>(deps.db, async (tx) => {
    const ids = items.map(({ id }) => id).sort();
    if (ids.length === 0) return err("no_variant_chosen");
    // In one order and before anything is compared: what is compared is what is changed, and two tabs wait and do not deadlock.
    await tx.$queryRaw`SELECT id FROM product WHERE id IN (SELECT product_id FROM variant WHERE id = ANY (${ids}::uuid[])) ORDER BY id FOR NO KEY UPDATE`;
    await tx.$queryRaw`SELECT id FROM variant WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
    const rows = await readRows(tx, viewer, { ids });
    if (rows.length !== ids.length) return err("not_found");
    if (category && !(await tx.category.findUnique({ where: { id: category }, select: { id: true } })))
      return err("category_unknown");
    const seen = new Map(items.map((item) => [item.id, item]));
    for (const row of rows) {
      const item = seen.get(row.id);
      if (item?.version !== row.version || item.changedAt !== row.changedAt) return err("conflict");
    }
    for (const row of rows) {
      const after = judgeBulk(row, { price, status, category });
      if (!after.ok) return after;
      await changeOne(tx, viewer, row, after.value);
    }
    if (category) await moveProducts(tx, deps, rows, category);
    return ok({ count: rows.length });
  });
}

async function changeOne(tx: Tx, viewer: Viewer, row: BulkRow, after: After): Promise<void> {
  const isTiered = after.tiers.some((tier, at) => tier.unitPriceMinor.toString() !== row.tiers[at]?.unitPriceMinor);
  if (after.priceMinor !== row.priceMinor || after.status !== row.status)
    await tx.variant.update({
      where: { id: row.id },
      data: { priceMinor: after.priceMinor, status: after.status },
    });
  if (isTiered)
    for (const { quantityMin, unitPriceMinor } of after.tiers)
      await tx.priceTier.update({
        where: { variantId_quantityMin: { variantId: row.id, quantityMin } },
        data: { unitPriceMinor },
      });
  await recordAudit(tx, {
    actor: viewer,
    action: "variant.changed",
    subjectKind: "variant",
    subjectId: row.id,
    merchantId: row.merchantId,
    detail: {
      sku: row.sku,
      isBulk: true,
      priceBefore: row.priceMinor.toString(),
      priceMinor: after.priceMinor.toString(),
      currency: row.currency,
      status: after.status,
      categoryId: after.categoryId,
    },
  });
}

/** A category is the product's: all its variants move together. */
const moveProducts = (tx: Tx, { clock }: Pick<Deps, "clock">, rows: readonly BulkRow[], categoryId: string) =>
  tx.$executeRaw`
    UPDATE product SET category_id = ${categoryId}::uuid,
           updated_at = greatest(${new Date(clock.now())}::timestamptz(3), updated_at + interval '1 millisecond')
     WHERE id = ANY (${[...new Set(rows.map(({ productId }) => productId))]}::uuid[]) AND category_id <> ${categoryId}::uuid`;
