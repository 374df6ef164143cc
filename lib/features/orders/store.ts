import { Prisma } from "@/lib/generated/prisma/client";
import { assert } from "@/lib/kernel/assert";
import type { Db, Tx } from "@/lib/platform/db";
import { exceptionOf, type OrderException, type OrderFacts, type OrderStatus, type StockPolicy } from "./rules";

/** An order's row, locked: everything a decision about it may read. */
export interface LockedOrder {
  readonly id: string;
  readonly merchantId: string;
  readonly status: OrderStatus;
  readonly exception: OrderException;
  readonly stockPolicy: StockPolicy;
  readonly quantity: number;
  readonly totalMinor: bigint;
  readonly currency: string;
  readonly paidMinor: bigint;
  readonly paymentCount: number;
  readonly settledPaymentId: string | null;
  readonly isLate: boolean;
  readonly owedAt: Date | null;
  readonly disputedAt: Date | null;
  readonly cardIds: readonly string[];
  readonly isPastDeadline: boolean;
}

const STATE = Prisma.sql`
  id, merchant_id AS "merchantId", status, exception, stock_policy AS "stockPolicy", quantity, total_minor AS "totalMinor",
  currency, paid_minor AS "paidMinor", payment_count AS "paymentCount", settled_payment_id AS "settledPaymentId",
  is_late AS "isLate", owed_at AS "owedAt", disputed_at AS "disputedAt", card_ids AS "cardIds", deadline_at <= clock_timestamp() AS "isPastDeadline"`;

/** Locks one order until the transaction ends and reads it as it is then; null when there is none. */
export async function lockOrder(tx: Tx, orderId: string): Promise<LockedOrder | null> {
  const rows = await tx.$queryRaw<
    LockedOrder[]
  >`SELECT ${STATE} FROM orders WHERE id = ${orderId}::uuid FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}

/** The same without a lock, for whoever only looks; `readAt` by the database's clock. Nothing may be decided by it. */
export interface OrderState extends LockedOrder {
  readonly number: string;
  readonly email: string;
  readonly locale: "zh" | "en";
  readonly deliveredAt: Date | null;
  readonly readAt: Date;
}

/** One order as it is at this moment, or null. */
export async function findOrderState(db: Db, orderId: string): Promise<OrderState | null> {
  const rows = await db.$queryRaw<OrderState[]>`
    SELECT ${STATE}, number, email, locale, delivered_at AS "deliveredAt", clock_timestamp() AS "readAt" FROM orders WHERE id = ${orderId}::uuid`;
  return rows[0] ?? null;
}

export interface OrderLine {
  readonly line: number;
  readonly variantId: string;
  readonly poolId: string;
  readonly quantity: number;
}

/** The lines of an order, in their order; they never change. */
export const readLines = (db: Db | Tx, orderId: string): Promise<OrderLine[]> =>
  db.orderLine.findMany({
    where: { orderId },
    orderBy: { line: "asc" },
    select: { line: true, variantId: true, poolId: true, quantity: true },
  });

const factsOf = (order: LockedOrder): OrderFacts => ({
  status: order.status,
  totalMinor: order.totalMinor,
  paidMinor: order.paidMinor,
  paymentCount: order.paymentCount,
  isSettled: order.settledPaymentId !== null,
  isLate: order.isLate,
  isOwed: order.owedAt !== null,
  isDisputed: order.disputedAt !== null,
});

/** What a transaction changes of an order it has locked. */
export type OrderChange = Partial<
  Pick<
    LockedOrder,
    "status" | "paidMinor" | "paymentCount" | "settledPaymentId" | "isLate" | "owedAt" | "disputedAt" | "cardIds"
  >
>;

async function recordEvent(tx: Tx, before: LockedOrder, after: LockedOrder, reason: string, actorId: string | null) {
  if (before.status === after.status && before.exception === after.exception) return;
  await tx.$executeRaw`
    INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, actor_id, at)
    VALUES (${after.id}::uuid, ${before.status}, ${after.status}, ${before.exception}, ${after.exception}, ${reason},
            ${actorId}::uuid, date_trunc('milliseconds', clock_timestamp()))`;
}

/**
 * Writes a change of a locked order, computes its exception from the facts, stamps the times that go with the status, and
 * records the event. Returns the order as it is now. The database refuses an edge that the table of transitions lacks.
 */
export async function changeOrder(
  tx: Tx,
  order: LockedOrder,
  change: OrderChange,
  { reason, actorId = null }: { reason: string; actorId?: string | null },
): Promise<LockedOrder> {
  const next = { ...order, ...change };
  const after: LockedOrder = { ...next, exception: exceptionOf(factsOf(next)) };
  const cardIds = [...after.cardIds];
  await tx.$executeRaw`
    UPDATE orders SET status = ${after.status}, exception = ${after.exception}, paid_minor = ${after.paidMinor}::bigint,
           payment_count = ${after.paymentCount}::int, settled_payment_id = ${after.settledPaymentId}::uuid, is_late = ${after.isLate},
           owed_at = ${after.owedAt}::timestamptz, disputed_at = ${after.disputedAt}::timestamptz, card_ids = ${cardIds}::uuid[],
           paid_at = CASE WHEN ${after.settledPaymentId}::uuid IS NULL THEN paid_at ELSE coalesce(paid_at, date_trunc('milliseconds', clock_timestamp())) END,
           delivered_at = CASE WHEN ${after.status} = 'delivered' THEN coalesce(delivered_at, date_trunc('milliseconds', clock_timestamp())) ELSE delivered_at END,
           closed_at = CASE WHEN ${after.status} IN ('expired', 'cancelled') THEN coalesce(closed_at, date_trunc('milliseconds', clock_timestamp())) ELSE closed_at END
     WHERE id = ${order.id}::uuid`;
  await recordEvent(tx, order, after, reason, actorId);
  return after;
}

/** Where an order stood when its refund began: what its last way into `refunding` led from. */
export async function findStateBefore(tx: Tx, orderId: string): Promise<OrderStatus> {
  const [row] = await tx.$queryRaw<{ status: OrderStatus }[]>`
    SELECT from_status AS status FROM order_event
     WHERE order_id = ${orderId}::uuid AND to_status = 'refunding' AND from_status <> 'refunding' ORDER BY id DESC LIMIT 1`;
  assert(row, "every way into refunding is on record");
  return row.status;
}

/** Says in the outbox that something happened to an order; in the same transaction, so it is said if and only if it did. */
export async function postEvent(
  tx: Tx,
  kind: "order.delivered" | "order.owed" | "order.expired",
  orderId: string,
): Promise<void> {
  await tx.$executeRaw`INSERT INTO outbox (kind, order_id) VALUES (${kind}, ${orderId}::uuid)`;
}

/** The same of one of an order's refunds. */
export async function postRefundEvent(
  tx: Tx,
  kind: "refund.requested" | "refund.succeeded" | "refund.failed" | "refund.cancelled",
  refund: { readonly id: string; readonly orderId: string },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO outbox (kind, order_id, refund_id) VALUES (${kind}, ${refund.orderId}::uuid, ${refund.id}::uuid)`;
}
