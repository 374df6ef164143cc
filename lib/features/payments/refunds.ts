import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";

export type RefundStatus = "requested" | "processing" | "succeeded" | "failed";
/** source: by the gateway that took the money. by_hand: an admin gave it back elsewhere. dispute: the bank took it back. */
export type RefundMethod = "source" | "balance" | "by_hand" | "dispute";

export interface Refund {
  readonly id: string;
  readonly paymentId: string;
  readonly orderId: string;
  readonly refundNo: string;
  readonly amountMinor: bigint;
  readonly status: RefundStatus;
  readonly method: RefundMethod;
  readonly reason: string;
  readonly requestKey: string | null;
  readonly gatewayRefundNumber: string | null;
  /** What the money went back under, where it was given back elsewhere. */
  readonly outsideReference: string | null;
  readonly failure: string | null;
  /** How often the gateway was told to pay, or was about to be. */
  readonly callCount: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** Why a refund failed that an admin took back before its gateway had heard of it. */
export const CANCELLED = "cancelled_by_admin";

const COLUMNS = {
  id: true,
  paymentId: true,
  orderId: true,
  refundNo: true,
  amountMinor: true,
  status: true,
  method: true,
  reason: true,
  requestKey: true,
  gatewayRefundNumber: true,
  outsideReference: true,
  failure: true,
  callCount: true,
  createdAt: true,
  finishedAt: true,
} as const;

type Row = Omit<Refund, "status" | "method"> & { readonly status: string; readonly method: string };
const toRefund = (row: Row): Refund => ({
  ...row,
  status: row.status as RefundStatus,
  method: row.method as RefundMethod,
});

/** Whether nothing will come of a refund any more. */
export const isOver = ({ status }: Pick<Refund, "status">): boolean => status === "succeeded" || status === "failed";

/** Our number of a refund: 32 letters that every gateway takes, made of its id, so that it is the same however often it is made. */
export const refundNoOf = (id: string): string => id.replaceAll("-", "").toUpperCase();

/** One refund, or null. Read it after its order's lock: all that changes it holds that. */
export async function findRefund(db: Db | Tx, id: string): Promise<Refund | null> {
  const row = await db.refund.findUnique({ where: { id }, select: COLUMNS });
  return row && toRefund(row);
}

/** The refund that a gateway's account names: by our number, or by its own among those of one payment; or null. */
export async function findToldRefund(
  tx: Tx,
  told: { accountId: string; refundNo: string | null; gatewayRefundNo: string | null; paymentId: string | null },
): Promise<Refund | null> {
  const { accountId, refundNo, gatewayRefundNo, paymentId } = told;
  const byOurs =
    refundNo && (await tx.refund.findFirst({ where: { refundNo, payment: { accountId } }, select: COLUMNS }));
  if (byOurs) return toRefund(byOurs);
  if (!paymentId || !gatewayRefundNo) return null;
  const where = { paymentId, gatewayRefundNumber: gatewayRefundNo };
  const byTheirs = await tx.refund.findFirst({ where, select: COLUMNS });
  return byTheirs && toRefund(byTheirs);
}

/** The refund that this intention already made, or null. */
export async function findRefundByRequest(tx: Tx, paymentId: string, requestKey: string): Promise<Refund | null> {
  const row = await tx.refund.findFirst({ where: { paymentId, requestKey }, select: COLUMNS });
  return row && toRefund(row);
}

/** The refunds of an order that failed, the oldest first. Read it after the order's lock. */
export async function listFailedRefunds(tx: Tx, orderId: string): Promise<Refund[]> {
  const rows = await tx.refund.findMany({
    where: { orderId, status: "failed" },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: COLUMNS,
  });
  return rows.map(toRefund);
}

export interface RefundedPayment {
  readonly id: string;
  readonly accountId: string;
  readonly attemptId: string;
  readonly gatewayTradeNumber: string;
  readonly currency: string;
  readonly verdict: string;
  readonly amountMinor: bigint;
  readonly givenMinor: bigint;
  readonly returnedMinor: bigint;
  readonly isUnderWay: boolean;
  /** One to the source is through. */
  readonly isReturnedBySource: boolean;
}

/** Every payment of an order with what was given back of it. Read it after the order's lock. */
export const readRefundedPayments = (db: Db | Tx, orderId: string): Promise<RefundedPayment[]> =>
  db.$queryRaw`
    SELECT p.id, p.account_id AS "accountId", p.attempt_id AS "attemptId", p.gateway_trade_number AS "gatewayTradeNumber", p.currency,
           p.verdict, p.amount_minor AS "amountMinor",
           coalesce(sum(r.amount_minor) FILTER (WHERE r.status <> 'failed'), 0)::bigint AS "givenMinor",
           coalesce(sum(r.amount_minor) FILTER (WHERE r.status = 'succeeded'), 0)::bigint AS "returnedMinor",
           coalesce(bool_or(r.status IN ('requested', 'processing')), false) AS "isUnderWay",
           coalesce(bool_or(r.status = 'succeeded' AND r.method = 'source'), false) AS "isReturnedBySource"
      FROM payment p LEFT JOIN refund r ON r.payment_id = p.id
     WHERE p.order_id = ${orderId}::uuid GROUP BY p.id ORDER BY p.received_at, p.id`;

export interface RefundDraft {
  /** Its id, when its number was shown before it was asked for. */
  readonly id?: string | undefined;
  readonly paymentId: string;
  readonly orderId: string;
  readonly amountMinor: bigint;
  readonly method: RefundMethod;
  readonly reason: string;
  readonly requestKey: string;
  readonly outsideReference?: string | null;
  readonly requestedBy: { readonly kind: "admin" | "system"; readonly userId: string | null };
  readonly status: "requested" | "succeeded";
}

/** Puts a refund on record; the database refuses one that would give back more than was paid, or a second one under way. */
export async function insertRefund(tx: Tx, draft: RefundDraft): Promise<Refund> {
  const id = draft.id ?? newId();
  const isThrough = draft.status === "succeeded";
  await tx.$executeRaw`
    INSERT INTO refund (id, payment_id, order_id, refund_no, amount_minor, status, method, reason, request_key, requested_by, requested_by_kind,
                        outside_reference, next_ask_at, created_at, finished_at)
    SELECT ${id}::uuid, ${draft.paymentId}::uuid, ${draft.orderId}::uuid, ${refundNoOf(id)}, ${draft.amountMinor}::bigint, ${draft.status},
           ${draft.method}, ${draft.reason}, ${draft.requestKey}, ${draft.requestedBy.userId}::uuid, ${draft.requestedBy.kind},
           ${draft.outsideReference ?? null}, CASE WHEN ${isThrough} THEN NULL ELSE t.at END, t.at, CASE WHEN ${isThrough} THEN t.at END
      FROM (SELECT date_trunc('milliseconds', clock_timestamp()) AS at) t`;
  return (await findRefund(tx, id)) as Refund;
}

/** Writes what became of a refund that is not over; 0 rows would be a bug, as its order is locked. */
export async function writeRefund(
  tx: Tx,
  refund: Refund,
  {
    status,
    gatewayRefundNumber,
    failure = null,
  }: { status: RefundStatus; gatewayRefundNumber: string | null; failure?: string | null },
): Promise<Refund> {
  await tx.$executeRaw`
    UPDATE refund SET status = ${status}, gateway_refund_number = coalesce(${gatewayRefundNumber}, gateway_refund_number), failure = ${failure},
           next_ask_at = CASE WHEN ${isOver({ status })} THEN NULL ELSE next_ask_at END,
           finished_at = CASE WHEN ${isOver({ status })} THEN date_trunc('milliseconds', clock_timestamp()) END
     WHERE id = ${refund.id}::uuid AND status IN ('requested', 'processing')`;
  return (await findRefund(tx, refund.id)) as Refund;
}

/** Takes back a refund that its gateway has not heard of; false when it may have. Guarded by the row that `noteCall` changes. */
export async function cancelUntold(tx: Tx, id: string): Promise<boolean> {
  const cancelled = await tx.$executeRaw`
    UPDATE refund SET status = 'failed', failure = ${CANCELLED}, next_ask_at = NULL, finished_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ${id}::uuid AND status = 'requested' AND call_count = 0`;
  return cancelled === 1;
}

/** What a shop's policy has given back today, in one currency; a day is the shop's, in Shanghai. */
export async function sumPolicyRefundsToday(tx: Tx, merchantId: string, currency: string): Promise<bigint> {
  const [row] = await tx.$queryRaw<[{ minor: bigint }]>`
    SELECT coalesce(sum(r.amount_minor), 0)::bigint AS minor
      FROM refund r JOIN payment p ON p.id = r.payment_id JOIN orders o ON o.id = r.order_id
     WHERE r.requested_by_kind = 'system' AND r.created_at >= date_trunc('day', clock_timestamp() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
       AND r.method <> 'dispute' AND r.status <> 'failed' AND p.currency = ${currency} AND o.merchant_id = ${merchantId}::uuid`;
  return row.minor;
}

/** Asks about a refund at the next turn instead of later. */
export async function hurryRefunds(tx: Tx, paymentId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE refund SET next_ask_at = least(next_ask_at, clock_timestamp())
     WHERE payment_id = ${paymentId}::uuid AND status IN ('requested', 'processing')`;
}

/** A refund that is due, with everything its gateway is told. */
export interface DueRefund {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly status: "requested" | "processing";
  readonly refundNo: string;
  readonly amountMinor: bigint;
  readonly totalMinor: bigint;
  readonly currency: string;
  readonly outTradeNo: string;
  readonly gatewayTradeNo: string;
  readonly callCount: number;
  /** Seconds since the gateway was last told to pay; null when it never was. */
  readonly secondsSinceCall: number | null;
  readonly isStuck: boolean;
}

/**
 * Takes refunds whose turn it is and sets their next one in the same statement: two workers never take the same, and a crash
 * only postpones it. The pause doubles with each question.
 */
export function takeDueRefunds(db: Db, except: readonly string[]): Promise<DueRefund[]> {
  return db.$queryRaw<DueRefund[]>`
    WITH due AS MATERIALIZED (
      SELECT r.id FROM refund r JOIN payment p ON p.id = r.payment_id
       WHERE r.status IN ('requested', 'processing') AND r.next_ask_at <= clock_timestamp() AND p.account_id <> ALL (${[...except]}::text[])
       ORDER BY r.next_ask_at LIMIT ${limits.refundsPerRun}::int FOR NO KEY UPDATE OF r SKIP LOCKED),
    taken AS (
      UPDATE refund r SET ask_count = ask_count + 1, next_ask_at = clock_timestamp() + make_interval(secs =>
             least(${limits.refundAskSecondsMax}::float8, ${limits.refundAskSeconds}::float8 * power(2, least(ask_count, 20))))
       WHERE r.id = ANY (ARRAY(SELECT id FROM due)) RETURNING r.*)
    SELECT t.id, t.order_id AS "orderId", p.account_id AS "accountId", t.status, t.refund_no AS "refundNo", t.amount_minor AS "amountMinor",
           p.amount_minor AS "totalMinor", p.currency, a.out_trade_no AS "outTradeNo", p.gateway_trade_number AS "gatewayTradeNo",
           t.call_count AS "callCount", extract(epoch FROM clock_timestamp() - t.called_at)::float8 AS "secondsSinceCall",
           t.created_at < clock_timestamp() - make_interval(secs => ${limits.refundStuckSeconds}::int) AS "isStuck"
      FROM taken t JOIN payment p ON p.id = t.payment_id JOIN payment_attempt a ON a.id = p.attempt_id`;
}

/**
 * Commits that the gateway is about to be told to pay, before it is: whoever finds the row after a crash knows that it may have
 * heard. False when somebody else was faster, or the refund has moved on.
 */
export async function noteCall(db: Db, { id, callCount }: Pick<DueRefund, "id" | "callCount">): Promise<boolean> {
  const noted = await db.$executeRaw`
    UPDATE refund SET call_count = call_count + 1, called_at = clock_timestamp()
     WHERE id = ${id}::uuid AND status = 'requested' AND call_count = ${callCount}::int`;
  return noted === 1;
}
