import { limits } from "@/lib/kernel/limits";
import { merchantScope, ownedBy, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { PoolListQuery } from "./schema";

interface Reads {
  readonly db: Db;
}

export interface PoolRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly channel: string | null;
  readonly note: string;
  /** In how many variants' order of pools it stands. */
  readonly variants: number;
}

/** The viewer's pools, by name. */
export function listPools({ db }: Reads, viewer: Viewer): Promise<PoolRow[]> {
  const scope = merchantScope(viewer);
  return db.$queryRaw`
    SELECT p.id, p.slug, p.name, p.channel, p.note,
           (SELECT count(*)::int FROM variant v
             WHERE v.merchant_id = p.merchant_id AND v.status <> 'archived' AND p.id = ANY (v.pool_id || v.fallback_pool_ids)) AS variants
      FROM stock_pool p WHERE (${scope}::uuid IS NULL OR p.merchant_id = ${scope}::uuid)
     ORDER BY p.name, p.id LIMIT ${limits.poolsPerMerchantMax}::int`;
}

/** A merchant's pools to choose one from. */
export const poolsOf = ({ db }: Reads, { merchantId }: { merchantId: string }) =>
  db.stockPool.findMany({
    where: { merchantId },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: limits.poolsPerMerchantMax,
    select: { id: true, slug: true, name: true },
  });

/** What one pool has of a variant. */
export interface PoolStock {
  readonly poolId: string;
  readonly poolSlug: string;
  readonly poolName: string;
  /** Its place in the variant's order, from 1; null: it is not sold from. */
  readonly place: number | null;
  /** On sale, counted up to a bound. */
  readonly available: number;
  /** What it should hold in all states: imported into it, and transferred. */
  readonly kept: number;
  /** What the last count found against what it should have held then. */
  readonly counted: number | null;
  readonly drift: number | null;
  readonly countedAt: Date | null;
}

export interface VariantPools {
  readonly variantId: string;
  readonly productId: string;
  readonly version: number;
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly stocks: readonly PoolStock[];
}

type Row = Omit<VariantPools, "stocks"> & PoolStock;

/** The variants of a page, each with what lies in which of its pools: those it is sold from, and any in which it has cards. */
export async function listVariantPools({ db }: Reads, viewer: Viewer, { q, page }: PoolListQuery) {
  const size = limits.listRowsPerPage;
  const scope = merchantScope(viewer);
  const like = `%${q.replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await db.$queryRaw<Row[]>`
    WITH shown AS MATERIALIZED (
      SELECT v.*, p.title_zh || ' · ' || v.title_zh AS name_zh, p.title_en || ' · ' || v.title_en AS name_en,
             row_number() OVER (ORDER BY p.position, p.id, v.position, v.id) AS n
        FROM variant v JOIN product p ON p.id = v.product_id
       WHERE v.status <> 'archived' AND (${scope}::uuid IS NULL OR v.merchant_id = ${scope}::uuid)
         AND (${q} = '' OR v.sku ILIKE ${like} OR p.title_zh ILIKE ${like} OR p.title_en ILIKE ${like})
       ORDER BY p.position, p.id, v.position, v.id LIMIT ${size + 1}::int OFFSET ${(page - 1) * size}::int),
    kept AS MATERIALIZED (
      SELECT variant_id, pool_id, sum(cards)::int AS cards FROM (
        SELECT variant_id, pool_id, accepted_count AS cards FROM batch WHERE variant_id IN (SELECT id FROM shown)
        UNION ALL SELECT variant_id, to_pool_id, card_count FROM pool_transfer WHERE variant_id IN (SELECT id FROM shown)
        UNION ALL SELECT variant_id, from_pool_id, -card_count FROM pool_transfer WHERE variant_id IN (SELECT id FROM shown)) m
       GROUP BY variant_id, pool_id)
    SELECT s.id AS "variantId", s.product_id AS "productId", s.version, s.sku, s.name_zh AS "titleZh", s.name_en AS "titleEn",
           pool.id AS "poolId", pool.slug AS "poolSlug", pool.name AS "poolName", array_position(s.pool_id || s.fallback_pool_ids, pool.id) AS place,
           c.n AS available, coalesce(k.cards, 0) AS kept, pc.counted::int AS counted, (pc.counted - pc.kept)::int AS drift, pc.counted_at AS "countedAt"
      FROM shown s
      JOIN stock_pool pool ON pool.merchant_id = s.merchant_id
      LEFT JOIN kept k ON (k.variant_id, k.pool_id) = (s.id, pool.id)
      LEFT JOIN pool_count pc ON (pc.variant_id, pc.pool_id) = (s.id, pool.id)
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS n FROM (
          SELECT 1 FROM card c WHERE c.variant_id = s.id AND c.pool_id = pool.id AND c.status = 'available'
           LIMIT ${limits.stockCountMax}::int) found) c
     WHERE pool.id = ANY (s.pool_id || s.fallback_pool_ids) OR k.cards <> 0 OR c.n > 0 OR pc.counted <> 0
     ORDER BY s.n, array_position(s.pool_id || s.fallback_pool_ids, pool.id) NULLS LAST, pool.name, pool.id`;
  const variants = groupByVariant(rows);
  return { rows: variants.slice(0, size), page, hasMore: variants.length > size };
}

function groupByVariant(rows: readonly Row[]): VariantPools[] {
  const variants = new Map<string, VariantPools & { readonly stocks: PoolStock[] }>();
  for (const { variantId, productId, version, sku, titleZh, titleEn, ...stock } of rows) {
    const variant = variants.get(variantId) ?? { variantId, productId, version, sku, titleZh, titleEn, stocks: [] };
    variant.stocks.push(stock);
    variants.set(variantId, variant);
  }
  return [...variants.values()];
}

/** What went from pool to pool, the newest first. */
export const listTransfers = ({ db }: Reads, viewer: Viewer) =>
  db.poolTransfer.findMany({
    where: ownedBy(viewer),
    orderBy: { id: "desc" },
    take: limits.movesListed,
    select: {
      id: true,
      at: true,
      cardCount: true,
      fromPool: { select: { slug: true, name: true } },
      toPool: { select: { slug: true, name: true } },
      variant: { select: { sku: true } },
      batch: { select: { id: true, number: true } },
      move: { select: { reason: true } },
    },
  });
export type TransferRow = Awaited<ReturnType<typeof listTransfers>>[number];
