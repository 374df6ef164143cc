import { placesOfLines } from "@/lib/features/inventory/pools";
import type { StockPlace } from "@/lib/features/inventory/start-hints";
import { lockStock } from "@/lib/features/inventory/store";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { serveOwedOrders } from "./offer-cards";

/**
 * Tries every owed order, and every replacement that waits, against the stock that is there. Publishing and releasing serve them themselves; this is
 * the net for cards that another transaction held at that moment. Returns how many places it looked at.
 */
export async function fillOwedOrders(deps: Deps): Promise<number> {
  const places = await deps.db.$queryRaw<StockPlace[]>`
    WITH owed AS (
      SELECT l.variant_id, l.pool_id FROM orders o JOIN order_line l ON l.order_id = o.id
       WHERE o.owed_at IS NOT NULL AND o.disputed_at IS NULL AND o.stock_policy <> 'pick'
      UNION
      SELECT r.variant_id, r.pool_id FROM replacement r WHERE r.status = 'waiting')
    SELECT DISTINCT owed.variant_id AS "variantId", p.pool_id AS "poolId"
      FROM owed JOIN variant v ON v.id = owed.variant_id
     CROSS JOIN LATERAL unnest(owed.pool_id || (v.pool_id || v.fallback_pool_ids)) AS p (pool_id)
     WHERE EXISTS (SELECT 1 FROM card c WHERE c.variant_id = owed.variant_id AND c.pool_id = p.pool_id AND c.status = 'available' AND c.pick >= 0)
     UNION
    SELECT l.variant_id, l.pool_id FROM orders o JOIN order_line l ON l.order_id = o.id JOIN order_pick k ON k.order_id = o.id
      JOIN card c ON c.id = k.card_id AND c.status = 'available'
     WHERE o.owed_at IS NOT NULL AND o.disputed_at IS NULL AND o.stock_policy = 'pick'
     LIMIT ${limits.owedPlacesPerRun}::int`;
  for (const place of places) await fillPlace(deps, place);
  return places.length;
}

async function fillPlace(deps: Deps, place: StockPlace): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockStock(tx, [place.variantId]);
    await serveOwedOrders(tx, place);
    return ok(null);
  });
}

/** Tries one order, and all that were paid before it, against the stock that is there; nothing happens when it is not owed. */
export async function fillOwedOrder(deps: Deps, orderId: string): Promise<void> {
  const lines = await deps.db.$queryRaw<StockPlace[]>`
    SELECT l.variant_id AS "variantId", l.pool_id AS "poolId" FROM orders o JOIN order_line l ON l.order_id = o.id
     WHERE o.id = ${orderId}::uuid AND o.owed_at IS NOT NULL`;
  for (const place of await placesOfLines(deps.db, lines)) await fillPlace(deps, place);
}
