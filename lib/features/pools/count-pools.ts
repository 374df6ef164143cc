import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";

/**
 * Counts what lies in each pool, of every variant of the viewer's or of all, and puts it down beside what should lie there, both of one
 * moment: they differ only when something is wrong. Returns in how many places they do. It reads every card, so it belongs to a job or
 * to a person who asks.
 */
export async function countPools({ db }: { readonly db: Db }, viewer: Viewer | null): Promise<number> {
  const scope = viewer && merchantScope(viewer);
  const [row] = await db.$queryRaw<[{ drifted: number }]>`
    WITH kept AS (
      SELECT variant_id, pool_id, sum(cards) AS cards FROM (
        SELECT merchant_id, variant_id, pool_id, accepted_count::bigint AS cards FROM batch
        UNION ALL SELECT merchant_id, variant_id, to_pool_id, card_count FROM pool_transfer
        UNION ALL SELECT merchant_id, variant_id, from_pool_id, -card_count FROM pool_transfer) m
       WHERE ${scope}::uuid IS NULL OR merchant_id = ${scope}::uuid GROUP BY variant_id, pool_id),
    counted AS (
      SELECT variant_id, pool_id, count(*) AS cards FROM card
       WHERE ${scope}::uuid IS NULL OR merchant_id = ${scope}::uuid GROUP BY variant_id, pool_id),
    put AS (
      INSERT INTO pool_count (variant_id, pool_id, kept, counted)
      SELECT coalesce(k.variant_id, c.variant_id), coalesce(k.pool_id, c.pool_id), coalesce(k.cards, 0), coalesce(c.cards, 0)
        FROM kept k FULL JOIN counted c ON (c.variant_id, c.pool_id) = (k.variant_id, k.pool_id)
      ON CONFLICT (variant_id, pool_id) DO UPDATE
         SET kept = EXCLUDED.kept, counted = EXCLUDED.counted, counted_at = date_trunc('milliseconds', clock_timestamp())
      RETURNING kept <> counted AS has_drifted)
    SELECT count(*) FILTER (WHERE has_drifted)::int AS drifted FROM put`;
  return row.drifted;
}
