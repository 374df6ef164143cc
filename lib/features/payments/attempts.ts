import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";

export interface DueAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly outTradeNo: string;
}

/**
 * Takes attempts whose question to the gateway is due and sets the time of their next one in the same statement, so that
 * two workers never ask the same question and a crash only postpones it. An attempt of an order that is delivered and has
 * one payment is asked no more; each account gets an equal share of the run.
 */
export function takeDueAttempts(db: Db): Promise<DueAttempt[]> {
  const {
    queryIntervalSecondsMin: soonest,
    queryIntervalSecondsMax: latest,
    queryAfterDeadlineSeconds: after,
  } = limits;
  return db.$queryRaw<DueAttempt[]>`
    WITH due AS MATERIALIZED (
      SELECT p.id FROM gateway_account g CROSS JOIN LATERAL (
        SELECT a.id FROM payment_attempt a WHERE a.account_id = g.id AND a.next_query_at <= clock_timestamp()
         ORDER BY a.next_query_at LIMIT ${limits.queryAttemptsPerRun}::int FOR NO KEY UPDATE SKIP LOCKED) p),
    asked AS MATERIALIZED (
      SELECT a.id, o.status IN ('delivered', 'refunding', 'refunded') AS is_done,
             CASE WHEN clock_timestamp() < o.deadline_at
                    THEN least(clock_timestamp() + make_interval(secs => ${soonest}::int + random() * ${latest - soonest}::int), o.deadline_at)
                  WHEN clock_timestamp() < o.deadline_at + make_interval(secs => ${after}::int)
                    THEN clock_timestamp() + make_interval(secs => ${soonest}::int + random() * ${latest - soonest}::int)
                  WHEN clock_timestamp() < o.deadline_at + interval '1 hour' THEN o.deadline_at + interval '1 hour'
                  WHEN clock_timestamp() < o.deadline_at + interval '1 day' THEN o.deadline_at + interval '1 day' END AS next_at
        FROM payment_attempt a JOIN orders o ON o.id = a.order_id WHERE a.id = ANY (ARRAY(SELECT id FROM due))),
    moved AS (
      UPDATE payment_attempt a SET next_query_at = CASE WHEN asked.is_done THEN NULL ELSE asked.next_at END, query_count = query_count + 1
        FROM asked WHERE a.id = asked.id
      RETURNING a.id, a.order_id, a.account_id, a.out_trade_no, asked.is_done)
    SELECT id, order_id AS "orderId", account_id AS "accountId", out_trade_no AS "outTradeNo" FROM moved WHERE NOT is_done`;
}

/**
 * Moves the next question about attempts whose gateway was silent to less than a minute from now, for two days after their beginning: a
 * gateway that is down at the hour of the last question must not cost a payment.
 */
export async function askAgainSoon(db: Db, attempts: readonly DueAttempt[]): Promise<void> {
  if (attempts.length === 0) return;
  await db.$executeRaw`
    UPDATE payment_attempt
       SET next_query_at = least(next_query_at, clock_timestamp() + make_interval(secs => ${limits.querySilentSeconds}::int))
     WHERE id = ANY (${attempts.map((attempt) => attempt.id)}::uuid[])
       AND created_at > clock_timestamp() - make_interval(hours => ${limits.querySilentHours}::int)`;
}
