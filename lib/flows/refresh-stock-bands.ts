import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/**
 * Makes the stock bands of all variants true again and, only when one changed, tells every process that its cached pages
 * are stale. Each count stops at the variant's own low bound, so a million cards cost no more than ten. One process at a
 * time; the others return at once. Returns how many bands changed.
 */
export async function refreshStockBands(deps: Deps): Promise<number> {
  const result = await inTransaction(deps.db, async (tx) => {
    const [lock] = await tx.$queryRaw<
      [{ isMine: boolean }]
    >`SELECT pg_try_advisory_xact_lock(7270736900001) AS "isMine"`;
    if (!lock.isMine) return ok(0);
    const changed = await tx.$executeRaw`
      INSERT INTO variant_stock (variant_id, band, refreshed_at)
      SELECT v.id, CASE WHEN s.n < v.quantity_min THEN 'sold_out' WHEN s.n < greatest(v.low_stock_below, v.quantity_min) THEN 'low' ELSE 'in_stock' END, now()
        FROM (SELECT * FROM variant WHERE status <> 'archived' ORDER BY id LIMIT ${limits.variantCacheEntriesMax}::int) v
        CROSS JOIN LATERAL (
          SELECT count(*) AS n FROM (
            SELECT 1 FROM card c WHERE c.variant_id = v.id AND c.pool_id = v.pool_id AND c.status = 'available'
               AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())
             LIMIT greatest(v.low_stock_below, v.quantity_min)) c) s
      ON CONFLICT (variant_id) DO UPDATE SET band = EXCLUDED.band, refreshed_at = EXCLUDED.refreshed_at
       WHERE variant_stock.band <> EXCLUDED.band`;
    if (changed > 0) await tx.$executeRaw`UPDATE page_version SET version = version + 1 WHERE name = 'stock_band'`;
    return ok(changed);
  });
  return result.ok ? result.value : 0;
}
