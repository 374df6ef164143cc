import type { StockPlace } from "@/lib/features/inventory/start-hints";
import { announceStock, deliverCards, releaseExpiredCards, takeCards } from "@/lib/features/inventory/store";
import { appendEntry } from "@/lib/features/ledger/append";
import { changeOrder, type LockedOrder, lockOrder, postEvent, readLines } from "@/lib/features/orders/store";
import { openFinding, resolveFinding } from "@/lib/features/reconciliation/findings";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { sqlStateOf, type Tx } from "@/lib/platform/db";
import { isPassing } from "@/lib/platform/outage";

/** Postgres gave up waiting for a lock. */
const LOCK_NOT_AVAILABLE = "55P03";

interface OwedOrder {
  readonly id: string;
  readonly paidAt: Date;
}

/** The oldest payments first, a page at a time. Nothing is handed out for money that the buyer asks his bank for. */
function readOwedOrders(tx: Tx, { variantId, poolId }: StockPlace, after: OwedOrder | undefined): Promise<OwedOrder[]> {
  return tx.$queryRaw<OwedOrder[]>`
    SELECT o.id, o.paid_at AS "paidAt" FROM orders o
     WHERE o.owed_at IS NOT NULL AND o.disputed_at IS NULL
       AND EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.variant_id = ${variantId}::uuid AND l.pool_id = ${poolId}::uuid)
       AND (${after?.id ?? null}::uuid IS NULL OR (o.paid_at, o.id) > (${after?.paidAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
     ORDER BY o.paid_at, o.id LIMIT ${limits.owedOrdersPerPage}::int`;
}

/** Whether anybody has paid for cards of this place and waits for them, and may have them. */
export async function isAnyOwed(tx: Tx, place: StockPlace): Promise<boolean> {
  return (await readOwedOrders(tx, place, undefined)).length > 0;
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
  assert(order.disputedAt === null, "nothing is handed out under a dispute");
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
  for (const kind of ["owed_order", "unfillable_order"] as const)
    await resolveFinding(tx, { kind, subject: order.id, resolution: "delivered" });
  return after;
}

/** Binds to one owed order what it still lacks of one place; returns false when the place ran out. */
async function bindCards(tx: Tx, orderId: string, place: StockPlace): Promise<boolean> {
  const locked = await lockOrder(tx, orderId);
  assert(locked, "orders are never deleted");
  // Served in the meantime, by cards of another of its lines; or disputed: the next one is served before it.
  if (locked.owedAt === null || locked.disputedAt !== null) return true;
  assert(locked.settledPaymentId, "an owed order is paid");
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

type Served = "filled" | "ran_out" | "locked" | "broken";

/** One owed order under a savepoint: what cannot be locked in time, or does not add up, takes nothing and stops nobody. */
async function serve(tx: Tx, orderId: string, place: StockPlace): Promise<Served> {
  await tx.$executeRaw`SAVEPOINT owed`;
  try {
    const isFilled = await bindCards(tx, orderId, place);
    await tx.$executeRaw`RELEASE SAVEPOINT owed`;
    return isFilled ? "filled" : "ran_out";
  } catch (error) {
    const isLocked = sqlStateOf(error) === LOCK_NOT_AVAILABLE;
    if (!isLocked && isPassing(error)) throw error;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT owed`;
    if (isLocked) return "locked";
    const reason = error instanceof Error ? error.message.slice(0, 200) : "unknown";
    await openFinding(tx, { kind: "unfillable_order", subject: orderId, orderId, detail: { reason } });
    return "broken";
  }
}

/** Until the transaction ends. */
async function setLockWait(tx: Tx, milliseconds: number): Promise<void> {
  await tx.$queryRaw`SELECT set_config('lock_timeout', ${`${milliseconds}ms`}, true)`;
}

async function serveAll(tx: Tx, place: StockPlace): Promise<void> {
  let waits = 0;
  let last: OwedOrder | undefined;
  for (let page = 0; page < limits.owedPagesMax; page++) {
    const orders = await readOwedOrders(tx, place, last);
    if (page === 0 && orders.length > 0) await setLockWait(tx, limits.owedLockWaitMs);
    for (const { id } of orders) {
      const served = await serve(tx, id, place);
      if (served === "ran_out") return;
      if (served === "locked" && ++waits === limits.owedLockWaitsMax) await setLockWait(tx, 1);
    }
    if (orders.length < limits.owedOrdersPerPage) return;
    last = orders.at(-1);
  }
}

/**
 * Serves owed orders of a place in order of payment, and only then leaves the rest to new buyers: a new buyer never
 * overtakes a paid one. An order that needs more than there is keeps what it gets until the rest comes. Everything that
 * makes cards available calls this in its own transaction, after `lockStock`.
 *
 * An order that another transaction has locked is waited for. That is safe because nobody who holds an owed order's lock
 * asks for the stock's lock; one that stays locked, or is broken, is passed by, and the net comes back to it.
 */
export async function serveOwedOrders(tx: Tx, place: StockPlace): Promise<void> {
  await serveAll(tx, place);
  await setLockWait(tx, limits.lockTimeoutMs);
  await announceStock(tx, place.variantId);
}
