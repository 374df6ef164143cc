import type { StockPlace } from "@/lib/features/inventory/start-hints";
import { announceStock, deliverCards, releaseExpiredCards, takeCards } from "@/lib/features/inventory/store";
import { appendEntry } from "@/lib/features/ledger/append";
import { changeOrder, type LockedOrder, lockOrder, postEvent, readLines } from "@/lib/features/orders/store";
import { resolveFinding } from "@/lib/features/reconciliation/findings";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";

/** The oldest payments first. Orders that another transaction has locked are left to it, and to the next run. */
async function lockOwedOrders(tx: Tx, { variantId, poolId }: StockPlace): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT o.id FROM orders o
     WHERE o.owed_at IS NOT NULL
       AND EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.variant_id = ${variantId}::uuid AND l.pool_id = ${poolId}::uuid)
     ORDER BY o.paid_at, o.id LIMIT ${limits.owedOrdersPerRun}::int FOR NO KEY UPDATE OF o SKIP LOCKED`;
  return rows.map((row) => row.id);
}

/** How many cards of the line's variant the order already holds. */
export async function countBound(tx: Tx, order: LockedOrder, variantId: string): Promise<number> {
  const [row] = await tx.$queryRaw<[{ n: number }]>`
    SELECT count(*)::int AS n FROM card WHERE id = ANY (${[...order.cardIds]}::uuid[]) AND variant_id = ${variantId}::uuid`;
  return row.n;
}

/** A buyer is never handed a card that has expired: a paid order gives such cards up, and lacks them. */
export async function dropExpiredCards(tx: Tx, order: LockedOrder): Promise<LockedOrder> {
  if (order.cardIds.length === 0) return order;
  const expired = await releaseExpiredCards(tx, { orderId: order.id, cardIds: order.cardIds });
  if (expired.length === 0) return order;
  const { id: orderId, merchantId } = order;
  await appendEntry(tx, { kind: "release", merchantId, orderId, reference: "card_expired", cardIds: expired });
  const cardIds = order.cardIds.filter((id) => !expired.includes(id));
  return changeOrder(tx, order, { cardIds }, { reason: "cards_expired" });
}

/** Delivers a paid order whose cards are all reserved for it; the caller has locked it. */
export async function deliverReserved(tx: Tx, order: LockedOrder, paymentId: string): Promise<LockedOrder> {
  const delivered = await deliverCards(tx, { orderId: order.id, cardIds: order.cardIds });
  assert(delivered === order.quantity, "every card of the order was reserved for it");
  await appendEntry(tx, {
    kind: "deliver",
    merchantId: order.merchantId,
    orderId: order.id,
    reference: paymentId,
    cardIds: order.cardIds,
  });
  const after = await changeOrder(tx, order, { status: "delivered", owedAt: null }, { reason: "cards_delivered" });
  await postEvent(tx, "order.delivered", order.id);
  await resolveFinding(tx, { kind: "owed_order", subject: order.id, resolution: "delivered" });
  return after;
}

/** Binds to one owed order what it still lacks of one place; returns false when the place ran out. */
async function bindCards(tx: Tx, orderId: string, place: StockPlace): Promise<boolean> {
  const locked = await lockOrder(tx, orderId);
  assert(locked?.owedAt && locked.settledPaymentId, "an owed order is paid");
  const order = await dropExpiredCards(tx, locked);
  const lines = await readLines(tx, orderId);
  const line = lines.find(({ variantId, poolId }) => variantId === place.variantId && poolId === place.poolId);
  assert(line, "the order has a line of this variant");
  const lacking = line.quantity - (await countBound(tx, order, line.variantId));
  if (lacking === 0) return true;
  const cardIds = await takeCards(tx, { place, orderId, quantity: lacking, status: "reserved" });
  if (cardIds.length === 0) return false;
  await appendEntry(tx, { kind: "bind", merchantId: order.merchantId, orderId, cardIds });
  const bound = await changeOrder(tx, order, { cardIds: [...order.cardIds, ...cardIds] }, { reason: "cards_bound" });
  if (bound.cardIds.length === bound.quantity) await deliverReserved(tx, bound, locked.settledPaymentId);
  return cardIds.length === lacking;
}

/**
 * Serves owed orders of a place in order of payment, and only then leaves the rest to new buyers: a new buyer never
 * overtakes a paid one. An order that needs more than there is keeps what it gets until the rest comes. Everything that
 * makes cards available calls this in its own transaction, after `lockStock`.
 */
export async function serveOwedOrders(tx: Tx, place: StockPlace): Promise<void> {
  for (const orderId of await lockOwedOrders(tx, place)) {
    if (!(await bindCards(tx, orderId, place))) break;
  }
  await announceStock(tx, place.variantId);
}
