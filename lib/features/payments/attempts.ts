import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { type Currency, money } from "@/lib/kernel/money";
import type { Db, Tx } from "@/lib/platform/db";
import type { PaymentRef } from "./gateways/port";

export interface DueAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly outTradeNo: string;
  /** Nobody is to pay it any more: the deadline has passed, or the order is closed, or paid by another attempt. */
  readonly isOver: boolean;
  /** The gateway itself has said that nobody can. */
  readonly isClosed: boolean;
  /** It began so long ago that silence about it is an answer. */
  readonly isGivenUp: boolean;
  /** Whoever took the question has it until then, as Postgres writes it; null when there is no next one. */
  readonly takenUntil: string | null;
}

/** When an attempt is asked about next, from columns of `a` and `o`: null when it never is again. */
const NEXT_QUESTION = Prisma.sql`
  CASE WHEN o.status IN ('delivered', 'refunding', 'refunded') THEN NULL
       WHEN clock_timestamp() < o.deadline_at
         THEN least(clock_timestamp() + make_interval(secs => ${limits.queryIntervalSecondsMin}::int
                      + random() * ${limits.queryIntervalSecondsMax - limits.queryIntervalSecondsMin}::int), o.deadline_at)
       WHEN clock_timestamp() < o.deadline_at + make_interval(secs => ${limits.queryAfterDeadlineSeconds}::int)
         THEN clock_timestamp() + make_interval(secs => ${limits.queryIntervalSecondsMin}::int
                      + random() * ${limits.queryIntervalSecondsMax - limits.queryIntervalSecondsMin}::int)
       WHEN clock_timestamp() < o.deadline_at + interval '1 hour' THEN o.deadline_at + interval '1 hour'
       WHEN clock_timestamp() < o.deadline_at + interval '1 day' THEN o.deadline_at + interval '1 day' END`;

/**
 * Takes attempts whose question to the gateway is due, for less than a minute: two workers do not ask the same question, and
 * one that dies, or hears nothing, leaves it to the next, however far the turn after it is (`planNextQuestion`). An attempt of an
 * order that is delivered and has one payment is asked no more, but one that was opened beside it is returned once more, to be
 * closed; each account gets an equal share of the run, and those of `except` none.
 */
export function takeDueAttempts(db: Db, except: readonly string[] = []): Promise<DueAttempt[]> {
  return db.$queryRaw<DueAttempt[]>`
    WITH due AS MATERIALIZED (
      SELECT p.id FROM gateway_account g CROSS JOIN LATERAL (
        SELECT a.id FROM payment_attempt a WHERE a.account_id = g.id AND a.next_query_at <= clock_timestamp()
         ORDER BY a.next_query_at LIMIT ${limits.queryAttemptsPerRun}::int FOR NO KEY UPDATE SKIP LOCKED) p
       WHERE g.id <> ALL (${[...except]}::text[])),
    asked AS MATERIALIZED (
      SELECT a.id, o.status IN ('delivered', 'refunding', 'refunded') AS is_done, s.attempt_id IS NOT NULL AS is_opened,
             o.status <> 'pending' OR o.deadline_at <= clock_timestamp() AS is_over,
             EXISTS (SELECT 1 FROM payment p WHERE p.order_id = o.id AND p.attempt_id = a.id) AS is_paid
        FROM payment_attempt a JOIN orders o ON o.id = a.order_id LEFT JOIN payment_opening s ON s.attempt_id = a.id
       WHERE a.id = ANY (ARRAY(SELECT id FROM due))),
    moved AS (
      UPDATE payment_attempt a
         SET next_query_at = CASE WHEN NOT asked.is_done THEN clock_timestamp() + make_interval(secs => ${limits.querySilentSeconds}::int) END,
             query_count = query_count + 1
        FROM asked WHERE a.id = asked.id
      RETURNING a.id, a.order_id, a.account_id, a.out_trade_no, a.closed_at, a.next_query_at, asked.is_over,
                a.created_at <= clock_timestamp() - make_interval(hours => ${limits.querySilentHours}::int) AS is_given_up,
                asked.is_done AND (NOT asked.is_opened OR asked.is_paid OR a.closed_at IS NOT NULL) AS is_settled)
    SELECT id, order_id AS "orderId", account_id AS "accountId", out_trade_no AS "outTradeNo", is_over AS "isOver",
           closed_at IS NOT NULL AS "isClosed", is_given_up AS "isGivenUp", next_query_at::text AS "takenUntil" FROM moved WHERE NOT is_settled`;
}

/**
 * Plans the next question about attempts that the gateway has told of, or has been silent about for two days. A turn that somebody
 * else has moved meanwhile stays where it is.
 */
export async function planNextQuestion(
  db: Db,
  attempts: readonly Pick<DueAttempt, "id" | "takenUntil">[],
): Promise<void> {
  const taken = attempts.filter(({ takenUntil }) => takenUntil !== null);
  if (taken.length === 0) return;
  await db.$executeRaw`
    UPDATE payment_attempt a SET next_query_at = ${NEXT_QUESTION}
      FROM orders o, unnest(${taken.map(({ id }) => id)}::uuid[], ${taken.map(({ takenUntil }) => takenUntil)}::text[]) AS t (id, taken_until)
     WHERE a.id = t.id AND o.id = a.order_id AND a.next_query_at = t.taken_until::timestamptz`;
}

/** What the gateway is told of an attempt when it is asked about it: its own number, if it told one, and what the attempt is for. */
export async function findAskedPayment(
  db: Db,
  { accountId, outTradeNo }: Pick<DueAttempt, "accountId" | "outTradeNo">,
): Promise<PaymentRef> {
  const rows = await db.$queryRaw<{ no: string | null; amountMinor: bigint; currency: Currency }[]>`
    SELECT s.gateway_trade_number AS no, a.amount_minor AS "amountMinor", a.currency
      FROM payment_attempt a LEFT JOIN payment_opening s ON s.attempt_id = a.id
     WHERE a.account_id = ${accountId} AND a.out_trade_no = ${outTradeNo}`;
  const row = rows[0];
  if (!row) return { outTradeNo, gatewayTradeNo: null };
  return { outTradeNo, gatewayTradeNo: row.no, openedAmount: money(row.amountMinor, row.currency) };
}

/** Notes that the gateway lets nobody pay the attempt any more. */
export async function noteClosed(db: Db, attemptId: string): Promise<void> {
  await db.$executeRaw`
    UPDATE payment_attempt SET closed_at = date_trunc('milliseconds', clock_timestamp()) WHERE id = ${attemptId}::uuid AND closed_at IS NULL`;
}

/** Makes the questions about an order's attempts due now: it was closed, and nobody is to pay it any more. */
export async function askNowOfOrder(tx: Tx, orderId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE payment_attempt SET next_query_at = least(next_query_at, clock_timestamp())
     WHERE order_id = ${orderId}::uuid AND next_query_at IS NOT NULL`;
}

/** Makes the question about one attempt due soon: a notice hinted at it. False when there is no such attempt. */
export async function askSoon(
  db: Db,
  { accountId, outTradeNo }: Pick<DueAttempt, "accountId" | "outTradeNo">,
): Promise<boolean> {
  const found = await db.$executeRaw`
    UPDATE payment_attempt SET next_query_at = least(next_query_at, clock_timestamp() + make_interval(secs => ${limits.openedQuerySeconds}::int))
     WHERE account_id = ${accountId} AND out_trade_no = ${outTradeNo}`;
  return found === 1;
}
