import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";
import type { OpenedPayment } from "./gateways/port";

/** An attempt with what its opening needs: all of it frozen but for whether it may still be paid, by the database's clock. */
export interface OpenableAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly locale: "zh" | "en";
  readonly accountId: string;
  readonly outTradeNo: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly deadlineAt: Date;
  readonly isPayable: boolean;
  readonly presentation: { readonly kind: string };
  /** What the gateway answered when it was asked for the way to pay; null while nobody has an answer. */
  readonly opened: { readonly kind: string } | null;
  /** When the gateway stops taking money for it, where it said so. */
  readonly closesAt: Date | null;
}

/** One attempt of an order, or null. */
export async function findOpenable(
  db: Db,
  { orderId, attemptId }: { orderId: string; attemptId: string },
): Promise<OpenableAttempt | null> {
  const rows = await db.$queryRaw<OpenableAttempt[]>`
    SELECT a.id, o.id AS "orderId", o.number AS "orderNumber", o.locale, a.account_id AS "accountId", a.out_trade_no AS "outTradeNo",
           a.amount_minor AS "amountMinor", a.currency, o.deadline_at AS "deadlineAt",
           o.status = 'pending' AND o.payment_count = 0 AND o.deadline_at > clock_timestamp() AS "isPayable", a.presentation,
           p.presentation AS opened, p.closes_at AS "closesAt"
      FROM payment_attempt a JOIN orders o ON o.id = a.order_id LEFT JOIN payment_opening p ON p.attempt_id = a.id
     WHERE a.id = ${attemptId}::uuid AND a.order_id = ${orderId}::uuid`;
  return rows[0] ?? null;
}

/**
 * Gives one asker the right to ask the gateway, for `limits.openingLeaseSeconds`: some gateways answer a second question with
 * a new address, and the first one would be worth nothing. False while somebody else has it, or once there is an answer.
 */
export async function claimOpening(db: Db, attemptId: string): Promise<boolean> {
  const claimed = await db.$executeRaw`
    UPDATE payment_attempt SET opening_until = clock_timestamp() + make_interval(secs => ${limits.openingLeaseSeconds}::int)
     WHERE id = ${attemptId}::uuid AND (opening_until IS NULL OR opening_until <= clock_timestamp())
       AND NOT EXISTS (SELECT 1 FROM payment_opening p WHERE p.attempt_id = payment_attempt.id)`;
  return claimed === 1;
}

/** Lets the next asker try: the gateway said nothing that could be kept. */
export async function dropOpening(db: Db, attemptId: string): Promise<void> {
  await db.$executeRaw`UPDATE payment_attempt SET opening_until = NULL WHERE id = ${attemptId}::uuid`;
}

/**
 * Records the gateway's answer, once: whoever comes second leaves the first one's. One that soon goes stale is not kept, so that the buyer
 * who comes back gets a fresh one. The first question about it is due soon either way.
 */
export async function recordOpening(db: Db, attemptId: string, opened: OpenedPayment): Promise<void> {
  const closesAt = opened.closesAt === null ? null : new Date(opened.closesAt);
  await db.$executeRaw`
    WITH kept AS (
      INSERT INTO payment_opening (attempt_id, presentation, gateway_trade_number, closes_at)
      SELECT ${attemptId}::uuid, ${JSON.stringify(opened.presentation)}::jsonb, ${opened.gatewayTradeNo}, ${closesAt}::timestamptz
       WHERE ${opened.staleAt === undefined}::boolean
      ON CONFLICT (attempt_id) DO NOTHING)
    UPDATE payment_attempt
       SET opening_until = NULL,
           next_query_at = least(next_query_at, clock_timestamp() + make_interval(secs => ${limits.openedQuerySeconds}::int))
     WHERE id = ${attemptId}::uuid`;
}
