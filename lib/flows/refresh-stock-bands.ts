import { type StockFigure, tellFigures } from "@/lib/features/catalog/stock-figures";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/** Each count stops at the variant's own low bound, so a million cards cost no more than ten. Returns the bands that changed. */
async function refresh(tx: Tx, variantId: string | null): Promise<StockFigure[]> {
  const changed = await tx.$queryRaw<StockFigure[]>`
    INSERT INTO variant_stock (variant_id, band, is_pickable, refreshed_at)
    SELECT v.id, CASE WHEN v.kind = 'manual' OR s.n < v.quantity_min AND p.room >= v.quantity_min THEN 'in_stock'
                      WHEN s.n < v.quantity_min THEN 'sold_out' WHEN s.n < greatest(v.low_stock_below, v.quantity_min) THEN 'low' ELSE 'in_stock' END, x.is_pickable, now()
      FROM (SELECT * FROM variant WHERE status <> 'archived' AND (${variantId}::uuid IS NULL OR id = ${variantId}::uuid)
                 ORDER BY id LIMIT ${limits.variantCacheEntriesMax}::int) v
      CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM (
          SELECT 1 FROM card c WHERE c.variant_id = v.id AND c.pool_id = ANY (v.pool_id || v.fallback_pool_ids) AND c.status = 'available' AND c.pick >= 0
             AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())
           LIMIT greatest(v.low_stock_below, v.quantity_min)) c) s
      -- Cards that buyers choose themselves are not in the band: whoever does not choose cannot have them.
      CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT 1 FROM card c WHERE c.variant_id = v.id AND c.pool_id = ANY (v.pool_id || v.fallback_pool_ids) AND c.status = 'available' AND c.pick < 0
                          AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())) AS is_pickable) x
      -- What a presale may still promise; of a variant without one, nothing is looked for.
      CROSS JOIN LATERAL (
        SELECT CASE WHEN v.presale_at > clock_timestamp() THEN v.presale_cap - coalesce(sum(h.quantity), 0) END AS room
          FROM order_promise h JOIN orders o ON o.id = h.order_id
         WHERE v.presale_at > clock_timestamp() AND h.variant_id = v.id AND h.kind = 'presale' AND h.created_at >= v.presale_from
           AND o.status NOT IN ('expired', 'cancelled', 'refunded')) p
    ON CONFLICT (variant_id) DO UPDATE SET band = EXCLUDED.band, is_pickable = EXCLUDED.is_pickable, refreshed_at = EXCLUDED.refreshed_at
     WHERE (variant_stock.band, variant_stock.is_pickable) IS DISTINCT FROM (EXCLUDED.band, EXCLUDED.is_pickable)
    RETURNING variant_id AS "variantId", band, (extract(epoch FROM refreshed_at) * 1000)::float8 AS "sinceMs"`;
  if (changed.length > 0) await tx.$executeRaw`UPDATE page_version SET version = version + 1 WHERE name = 'stock_band'`;
  return changed;
}

/**
 * Makes the stock bands of all variants true again and, only when one changed, tells every process that its cached pages
 * are stale. One process at a time; the others return at once. Redis hears of it after the commit, as a hint. Returns how many bands changed.
 */
export async function refreshStockBands(deps: Deps): Promise<number> {
  const result = await inTransaction(deps.db, async (tx) => {
    const [lock] = await tx.$queryRaw<
      [{ isMine: boolean }]
    >`SELECT pg_try_advisory_xact_lock(7270736900001) AS "isMine"`;
    return ok(lock.isMine ? await refresh(tx, null) : []);
  });
  const changed = result.ok ? result.value : [];
  await tellFigures(deps, changed);
  return changed.length;
}

/** The same for one variant and without taking turns: what a merchant has just put on sale is not called sold out until the next round. */
export async function refreshStockBand(deps: Deps, variantId: string): Promise<void> {
  const changed = await inTransaction(deps.db, async (tx) => ok(await refresh(tx, variantId)));
  if (changed.ok) await tellFigures(deps, changed.value);
}
