import { assert } from "@/lib/kernel/assert";
import type { Tx } from "@/lib/platform/db";

/** What the inbox says a verified payment was. */
export type EventVerdict =
  | "settled"
  | "double"
  | "underpaid"
  | "overpaid"
  | "wrong_currency"
  | "unknown_order"
  | "trade_reused"
  | "refunded"
  | "refund_matched"
  | "disputed";

/** What a payment on record was judged to be. */
export type RecordedVerdict = "settled" | "double" | "underpaid" | "overpaid" | "wrong_currency";

/** A verified payment as it arrived: see `SettleRow` of the batched statement, which writes the same rows. */
export interface ArrivedPayment {
  readonly event_id: string;
  readonly payment_id: string;
  readonly account_id: string;
  readonly source: string;
  readonly dedupe: string;
  readonly out_trade_no: string;
  readonly gateway_trade_number: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly raw: string;
}

/** The attempt that a gateway names by our number, or null. */
export const findAttempt = (tx: Tx, payment: ArrivedPayment): Promise<{ id: string; orderId: string } | null> =>
  tx.paymentAttempt.findUnique({
    where: { accountId_outTradeNo: { accountId: payment.account_id, outTradeNo: payment.out_trade_no } },
    select: { id: true, orderId: true },
  });

/** The payment on record under the gateway's number, or null. */
export async function findPayment(
  tx: Tx,
  payment: ArrivedPayment,
): Promise<{
  orderId: string;
  amountMinor: bigint;
  verdict: RecordedVerdict;
} | null> {
  const row = await tx.payment.findUnique({
    where: {
      accountId_gatewayTradeNumber: { accountId: payment.account_id, gatewayTradeNumber: payment.gateway_trade_number },
    },
    select: { orderId: true, amountMinor: true, verdict: true },
  });
  return row && { ...row, verdict: row.verdict as "settled" };
}

interface Judgement {
  readonly orderId: string | null;
  readonly verdict: EventVerdict | null;
}

/** The event as it stands in the inbox. */
export interface RecordedEvent {
  readonly id: string;
  readonly verdict: EventVerdict | null;
  /** It was told for the first time. */
  readonly isNew: boolean;
}

/** Puts the event in the inbox once; returns the one that is there. */
export async function recordEvent(
  tx: Tx,
  event: ArrivedPayment,
  { orderId, verdict }: Judgement,
): Promise<RecordedEvent> {
  const dedupe = Buffer.from(event.dedupe, "hex");
  const inserted = await tx.$executeRaw`
    INSERT INTO payment_event (id, account_id, source, dedupe, out_trade_no, gateway_trade_number, amount_minor, currency, raw,
                               received_at, order_id, verdict)
    VALUES (${event.event_id}::uuid, ${event.account_id}, ${event.source}, ${dedupe}, ${event.out_trade_no}, ${event.gateway_trade_number},
            ${event.amount_minor}::bigint, ${event.currency}, ${event.raw}, date_trunc('milliseconds', clock_timestamp()), ${orderId}::uuid, ${verdict})
    ON CONFLICT (account_id, dedupe) DO NOTHING`;
  const rows = await tx.$queryRaw<{ id: string; verdict: EventVerdict | null }[]>`
    SELECT id, verdict FROM payment_event WHERE account_id = ${event.account_id} AND dedupe = ${dedupe}`;
  assert(rows[0], "the event is in the inbox");
  return { ...rows[0], isNew: inserted === 1 };
}

/** Writes what an event was judged to be; a verdict that stands is not changed, except that an unknown order may turn up. */
export async function judgeEvent(tx: Tx, eventId: string, { orderId, verdict }: Judgement): Promise<void> {
  await tx.$executeRaw`
    UPDATE payment_event SET verdict = ${verdict}, order_id = ${orderId}::uuid
     WHERE id = ${eventId}::uuid AND (verdict IS NULL OR verdict = 'unknown_order')`;
}

/** Records a payment once per account and gateway number; false when it was there already. */
export async function insertPayment(
  tx: Tx,
  payment: ArrivedPayment,
  { orderId, attemptId, verdict }: { orderId: string; attemptId: string; verdict: EventVerdict },
): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    INSERT INTO payment (id, account_id, gateway_trade_number, order_id, attempt_id, event_id, amount_minor, currency, verdict, received_at)
    VALUES (${payment.payment_id}::uuid, ${payment.account_id}, ${payment.gateway_trade_number}, ${orderId}::uuid, ${attemptId}::uuid,
            ${payment.event_id}::uuid, ${payment.amount_minor}::bigint, ${payment.currency}, ${verdict}, date_trunc('milliseconds', clock_timestamp()))
    ON CONFLICT (account_id, gateway_trade_number) DO NOTHING`;
  return inserted === 1;
}
