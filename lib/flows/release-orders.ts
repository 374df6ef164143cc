import { placeKey, type StockPlace } from "@/lib/features/inventory/start-hints";
import { lockStock } from "@/lib/features/inventory/store";
import type { Tx } from "@/lib/platform/db";
import { serveOwedOrders } from "./offer-cards";

/** Where their cards may have come from, which is where they go back to. */
async function placesOf(tx: Tx, orderIds: readonly string[]): Promise<StockPlace[]> {
  const rows = await tx.$queryRaw<StockPlace[]>`
    SELECT DISTINCT l.variant_id AS "variantId", p.pool_id AS "poolId"
      FROM order_line l JOIN variant v ON v.id = l.variant_id
     CROSS JOIN LATERAL unnest(l.pool_id || (v.pool_id || v.fallback_pool_ids)) AS p (pool_id)
     WHERE l.order_id = ANY (${[...orderIds]}::uuid[])`;
  return rows.sort((left, right) => (placeKey(left) < placeKey(right) ? -1 : 1));
}

export interface Release {
  readonly to: "expired" | "cancelled";
  readonly reason: string;
  readonly actorId?: string | null;
  /** A reservation by *deduct on order* survives expiry; a person's cancellation ends it. */
  readonly keepsDeducted: boolean;
}

export interface Released {
  readonly closed: number;
  readonly variantIds: readonly string[];
}

/**
 * Closes pending orders that the caller has locked and gives their cards back: first to owed orders, then to everyone. Safe
 * twice: an order that is no longer pending is left alone, and a card is released by a guarded change that is counted.
 * Returns how many orders it closed and the variants whose stock grew; tell `noticeStockArrival` of these after the commit.
 */
export async function releaseOrders(tx: Tx, orderIds: readonly string[], release: Release): Promise<Released> {
  if (orderIds.length === 0) return { closed: 0, variantIds: [] };
  const places = await placesOf(tx, orderIds);
  await lockStock(
    tx,
    places.map((place) => place.variantId),
  );
  const actorId = release.actorId ?? null;
  const [row] = await tx.$queryRaw<[{ closed: number }]>`
    WITH t AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS at),
    before AS MATERIALIZED (
      SELECT id, merchant_id, exception, stock_policy = 'deduct_on_order' AND ${release.keepsDeducted} AS is_kept, card_ids
        FROM orders WHERE id = ANY (${[...orderIds]}::uuid[]) AND status = 'pending'),
    closed AS (
      UPDATE orders o SET status = ${release.to}, closed_at = t.at, card_ids = CASE WHEN b.is_kept THEN o.card_ids ELSE '{}' END
        FROM before b, t WHERE o.id = b.id AND o.status = 'pending' RETURNING o.id),
    freed AS MATERIALIZED (
      SELECT b.* FROM before b JOIN closed ON closed.id = b.id WHERE NOT b.is_kept AND b.card_ids <> '{}'),
    released AS (
      UPDATE card c SET status = 'available', order_id = NULL, reserved_until = NULL
        FROM (SELECT id AS order_id, unnest(card_ids) AS card_id FROM freed) f
       WHERE c.id = f.card_id AND c.order_id = f.order_id AND c.status = 'reserved' RETURNING c.id),
    entries AS (
      INSERT INTO stock_entry (kind, merchant_id, order_id, reference, card_ids, canonical)
      SELECT 'release', merchant_id, id, ${release.to}, card_ids, stock_canonical('release', merchant_id, id, NULL, ${release.to}, card_ids) FROM freed),
    events AS (
      INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, actor_id, at)
      SELECT b.id, 'pending', ${release.to}, b.exception, b.exception, ${release.reason}, ${actorId}::uuid, t.at
        FROM before b JOIN closed ON closed.id = b.id CROSS JOIN t),
    posted AS (INSERT INTO outbox (kind, order_id) SELECT 'order.expired', id FROM closed WHERE ${release.to} = 'expired')
    SELECT count(*)::int AS closed FROM closed
     WHERE (SELECT count(*) FROM released) = (SELECT coalesce(sum(cardinality(card_ids)), 0) FROM freed)
        OR refuse_statement('release freed another number of cards than the orders held')`;
  for (const place of places) await serveOwedOrders(tx, place);
  return { closed: row.closed, variantIds: places.map((place) => place.variantId) };
}
