import type { Db, Tx } from "@/lib/platform/db";
import { placeKey, type StockPlace } from "./start-hints";

/**
 * Where a line may be filled from, in order: the pool in which it was first looked for, then its variant's own, then those that the
 * variant falls back to. Whoever has paid is served from any of them, whatever channel a pool is kept for.
 */
export async function placesOfLine(db: Db | Tx, { variantId, poolId }: StockPlace): Promise<StockPlace[]> {
  const rows = await db.$queryRaw<{ poolId: string }[]>`
    SELECT pool_id AS "poolId" FROM (
      SELECT u.pool_id, min(u.n) AS n
        FROM variant v CROSS JOIN LATERAL unnest(${poolId}::uuid || (v.pool_id || v.fallback_pool_ids)) WITH ORDINALITY AS u (pool_id, n)
       WHERE v.id = ${variantId}::uuid GROUP BY u.pool_id) p ORDER BY n`;
  return rows.map((row) => ({ variantId, poolId: row.poolId }));
}

/** The same of several lines, each place once. */
export async function placesOfLines(db: Db | Tx, lines: readonly StockPlace[]): Promise<StockPlace[]> {
  const places = new Map<string, StockPlace>();
  for (const line of lines) for (const place of await placesOfLine(db, line)) places.set(placeKey(place), place);
  return [...places.values()];
}

/**
 * How many cards each pool has of a variant, counted without locks up to `limit` and in one snapshot: a card that goes from one pool to
 * another meanwhile is in one of them.
 */
export async function countByPool(
  db: Db | Tx,
  { variantId, poolIds }: { variantId: string; poolIds: readonly string[] },
  limit: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.$queryRaw<{ poolId: string; n: number }[]>`
    SELECT p.pool_id AS "poolId", s.n FROM unnest(${[...poolIds]}::uuid[]) AS p (pool_id)
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS n FROM (
         SELECT 1 FROM card c WHERE c.variant_id = ${variantId}::uuid AND c.pool_id = p.pool_id AND c.status = 'available' AND c.pick >= 0
            AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp()) LIMIT ${limit}::int) found) s`;
  return new Map(rows.map(({ poolId, n }) => [poolId, n]));
}
