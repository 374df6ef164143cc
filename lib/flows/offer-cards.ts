import type { StockPlace } from "@/lib/features/inventory/start-hints";
import { announceStock, deliverCards, releaseExpiredCards, takeCards } from "@/lib/features/inventory/store";
import { appendEntry } from "@/lib/features/ledger/append";
import { changeOrder, type LockedOrder, lockOrder, postEvent, readLines } from "@/lib/features/orders/store";
import { takeChosen } from "@/lib/features/previews/store";
import { openFinding, resolveFinding } from "@/lib/features/reconciliation/findings";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { sqlStateOf, type Tx } from "@/lib/platform/db";
import { isPassing } from "@/lib/platform/outage";
import { fillReplacement } from "./fill-replacement";
import { putHeldAside } from "./put-held-aside";

/** Postgres gave up waiting for a lock. */
const LOCK_NOT_AVAILABLE = "55P03";

/** Cards that somebody is owed: an order that was paid, since then; or one that waits for a replacement, since it was granted. */
interface Debt {
  /** Of the order, or of the replacement. */
  readonly id: string;
  readonly orderId: string;
  readonly isReplacement: boolean;
  readonly since: Date;
}

/**
 * The oldest debts first that may be paid from this place, a page at a time: it is their own pool, or one that their variant is sold from. Nothing is handed out for money
 * that the buyer asks his bank for. Who chose his card stands in line only while that very card is there: no other will do.
 */
function readDebts(tx: Tx, { variantId, poolId }: StockPlace, after: Debt | undefined): Promise<Debt[]> {
  return tx.$queryRaw<Debt[]>`
    WITH v AS MATERIALIZED (SELECT id, pool_id || fallback_pool_ids AS pools FROM variant WHERE id = ${variantId}::uuid)
    SELECT * FROM (
      SELECT o.id, o.id AS "orderId", false AS "isReplacement", o.paid_at AS since FROM v, orders o
       WHERE o.owed_at IS NOT NULL AND o.disputed_at IS NULL
         AND (o.stock_policy <> 'pick' OR EXISTS (SELECT 1 FROM order_pick k JOIN card c ON c.id = k.card_id AND c.status = 'available' WHERE k.order_id = o.id))
         AND EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.variant_id = v.id AND ${poolId}::uuid = ANY (l.pool_id || v.pools))
      UNION ALL
      SELECT r.id, r.order_id, true, r.requested_at FROM v, replacement r JOIN orders o ON o.id = r.order_id
       WHERE r.status = 'waiting' AND r.variant_id = v.id AND ${poolId}::uuid = ANY (r.pool_id || v.pools)
         AND o.disputed_at IS NULL AND o.status <> 'refunding') d
     WHERE ${after?.id ?? null}::uuid IS NULL OR (d.since, d.id) > (${after?.since ?? null}::timestamptz, ${after?.id ?? null}::uuid)
     ORDER BY d.since, d.id LIMIT ${limits.owedOrdersPerPage}::int`;
}

/** Whether anybody waits for cards of this place who is owed them, and may have them. */
export async function isAnyOwed(tx: Tx, place: StockPlace): Promise<boolean> {
  return (await readDebts(tx, place, undefined)).length > 0;
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
  for (const kind of ["owed_order", "overdue_order", "unfillable_order"] as const)
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
  const line = lines.find(({ variantId }) => variantId === place.variantId);
  assert(line, "the order has a line of this variant");
  const lacking = line.quantity - (await countBound(tx, order, line.variantId));
  if (lacking === 0) return true;
  const isChosen = order.stockPolicy === "pick";
  const cardIds = isChosen
    ? await takeChosen(tx, orderId)
    : await takeCards(tx, { place, orderId, quantity: lacking, status: "reserved" });
  // A chosen card that is gone says nothing of the place: the next one may still be served.
  if (cardIds.length === 0) return isChosen;
  await appendEntry(tx, { kind: "bind", merchantId: order.merchantId, orderId, cardIds });
  const bound = await changeOrder(tx, order, { cardIds: [...order.cardIds, ...cardIds] }, { reason: "cards_bound" });
  if (bound.cardIds.length === bound.quantity) await deliverReserved(tx, bound, locked.settledPaymentId);
  return cardIds.length === lacking;
}

type Served = "filled" | "ran_out" | "locked" | "broken";

/** Gives what one debt still lacks; returns false when the place ran out. */
async function settleDebt(tx: Tx, debt: Debt, place: StockPlace): Promise<boolean> {
  if (!debt.isReplacement) return bindCards(tx, debt.orderId, place);
  return (await fillReplacement(tx, debt)) !== "ran_out";
}

/** One debt under a savepoint: what cannot be locked in time, or does not add up, takes nothing and stops nobody. */
async function serve(tx: Tx, debt: Debt, place: StockPlace): Promise<Served> {
  await tx.$executeRaw`SAVEPOINT owed`;
  try {
    const isFilled = await settleDebt(tx, debt, place);
    await tx.$executeRaw`RELEASE SAVEPOINT owed`;
    return isFilled ? "filled" : "ran_out";
  } catch (error) {
    const isLocked = sqlStateOf(error) === LOCK_NOT_AVAILABLE;
    if (!isLocked && isPassing(error)) throw error;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT owed`;
    if (isLocked) return "locked";
    const reason = error instanceof Error ? error.message.slice(0, 200) : "unknown";
    const { id: subject, orderId } = debt;
    await openFinding(tx, { kind: "unfillable_order", subject, orderId, detail: { reason } });
    return "broken";
  }
}

/** Until the transaction ends. */
async function setLockWait(tx: Tx, milliseconds: number): Promise<void> {
  await tx.$queryRaw`SELECT set_config('lock_timeout', ${`${milliseconds}ms`}, true)`;
}

async function serveAll(tx: Tx, place: StockPlace): Promise<void> {
  let waits = 0;
  let last: Debt | undefined;
  for (let page = 0; page < limits.owedPagesMax; page++) {
    const debts = await readDebts(tx, place, last);
    if (page === 0 && debts.length > 0) await setLockWait(tx, limits.owedLockWaitMs);
    for (const debt of debts) {
      const served = await serve(tx, debt, place);
      if (served === "ran_out") return;
      if (served === "locked" && ++waits === limits.owedLockWaitsMax) await setLockWait(tx, 1);
    }
    if (debts.length < limits.owedOrdersPerPage) return;
    last = debts.at(-1);
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
  await putHeldAside(tx, place.variantId);
  await serveAll(tx, place);
  await setLockWait(tx, limits.lockTimeoutMs);
  await announceStock(tx, place.variantId);
}
