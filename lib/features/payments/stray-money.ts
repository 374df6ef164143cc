import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";
import type { ArrivedPayment } from "./inbox";

/** Money that a gateway tells of and no order has: an event of the inbox, or a line of its statement. */
export interface StrayMoney {
  readonly eventId: string | null;
  readonly accountId: string;
  readonly outTradeNo: string;
  readonly gatewayTradeNumber: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly at: Date;
  readonly source: "notice" | "query" | "statement" | "manual";
  /** What makes an event of the inbox one, in hexadecimal; null for a line of a statement, which is none yet. */
  readonly dedupe: string | null;
  readonly raw: string;
  /** An order has it by now. */
  readonly isPlaced: boolean;
}

export interface StrayPlace {
  readonly eventId: string | null;
  /** Of a statement, where the money is not in the inbox. */
  readonly line: { readonly fileId: string; readonly line: number } | null;
}

/** The money as it was told, or null when there is none such. */
export async function findStrayMoney(db: Db | Tx, { eventId, line }: StrayPlace): Promise<StrayMoney | null> {
  const isPlaced = Prisma.sql`
    EXISTS (SELECT 1 FROM payment p WHERE p.account_id = s.account_id AND p.gateway_trade_number = s.gateway_trade_number)`;
  const rows = eventId
    ? await db.$queryRaw<StrayMoney[]>`
        SELECT s.id::text AS "eventId", s.account_id AS "accountId", coalesce(s.out_trade_no, '') AS "outTradeNo",
               s.gateway_trade_number AS "gatewayTradeNumber", s.amount_minor AS "amountMinor", s.currency, s.received_at AS at, s.source,
               encode(s.dedupe, 'hex') AS dedupe, s.raw, ${isPlaced} AS "isPlaced"
          FROM payment_event s WHERE s.id = ${eventId}::uuid AND s.kind = 'payment'`
    : await db.$queryRaw<StrayMoney[]>`
        SELECT NULL AS "eventId", s.account_id AS "accountId", coalesce(s.out_trade_no, '') AS "outTradeNo",
               s.gateway_trade_number AS "gatewayTradeNumber", s.amount_minor AS "amountMinor", s.currency, s.occurred_at AS at, 'statement' AS source,
               NULL AS dedupe, jsonb_build_array(jsonb_build_array('statement_line', s.line::text), jsonb_build_array('statement_row', s.raw))::text AS raw,
               ${isPlaced} AS "isPlaced"
          FROM statement_row s
         WHERE s.file_id = ${line?.fileId ?? null}::uuid AND s.line = ${line?.line ?? null}::int AND s.kind = 'payment' AND s.gateway_trade_number <> ''`;
  return rows[0] ?? null;
}

/** An order that the money may be for; a suggestion, and nothing is done by it. */
export interface Suggested {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly createdAt: Date;
}

/** Unpaid orders of exactly this sum that were placed within a day before the money came, the nearest first. */
export function suggestOrders(db: Db, { amountMinor, currency, at, accountId }: StrayMoney): Promise<Suggested[]> {
  const from = new Date(at.getTime() - limits.strayMoneyHours * 3_600_000);
  return db.$queryRaw`
    SELECT o.id, o.number, o.status, o.created_at AS "createdAt" FROM orders o
     WHERE o.id >= ${firstIdAt(from.getTime())}::uuid AND o.id < ${firstIdAt(at.getTime() + 600_000)}::uuid
       AND o.total_minor = ${amountMinor}::bigint AND o.currency = ${currency} AND o.settled_payment_id IS NULL
       AND EXISTS (SELECT 1 FROM gateway_account g WHERE g.id = ${accountId} AND (g.merchant_id IS NULL OR g.merchant_id = o.merchant_id))
     ORDER BY o.id DESC LIMIT ${limits.strayOrdersSuggested}::int`;
}

/** The first id of a millisecond: an order's id begins with the time at which it was placed. */
function firstIdAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}

/** A way to pay the order under the number that the money came with, so that it is found like every other one. Null when that number is another order's. */
export async function openStrayAttempt(
  tx: Tx,
  payment: Pick<ArrivedPayment, "account_id" | "out_trade_no">,
  order: { readonly id: string; readonly totalMinor: bigint; readonly currency: string; readonly attemptId: string },
): Promise<string | null> {
  await tx.$executeRaw`
    INSERT INTO payment_attempt (id, order_id, account_id, out_trade_no, amount_minor, currency, presentation, created_at, next_query_at)
    VALUES (${order.attemptId}::uuid, ${order.id}::uuid, ${payment.account_id}, ${payment.out_trade_no}, ${order.totalMinor}::bigint, ${order.currency},
            '{"kind": "recorded"}'::jsonb, date_trunc('milliseconds', clock_timestamp()), NULL)
    ON CONFLICT (account_id, out_trade_no) DO NOTHING`;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM payment_attempt
     WHERE account_id = ${payment.account_id} AND out_trade_no = ${payment.out_trade_no} AND order_id = ${order.id}::uuid`;
  return rows[0]?.id ?? null;
}
