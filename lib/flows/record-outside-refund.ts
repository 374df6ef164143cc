import { lockOrder } from "@/lib/features/orders/store";
import type { VerifiedPayment } from "@/lib/features/payments/gateways/port";
import { findAttempt, recordEvent } from "@/lib/features/payments/inbox";
import { hurryRefunds, readRefundedPayments } from "@/lib/features/payments/refunds";
import { openFinding } from "@/lib/features/reconciliation/findings";
import { ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type PaymentSource, rowOf } from "./settle-payment";

/** Whether a refund of ours is what the gateway means; one that is under way is asked about at once. */
async function isOurRefund(tx: Tx, orderId: string, gatewayTradeNo: string): Promise<boolean> {
  const payments = await readRefundedPayments(tx, orderId);
  const payment = payments.find(({ gatewayTradeNumber }) => gatewayTradeNumber === gatewayTradeNo);
  if (!payment || payment.givenMinor === 0n) return false;
  if (payment.isUnderWay) await hurryRefunds(tx, payment.id);
  return true;
}

/** Whether a notice of its own has put the refund before a person already, and says more than an answer to a question does. */
async function isTold(tx: Tx, orderId: string, gatewayTradeNo: string): Promise<boolean> {
  const told = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM payment_event e JOIN finding f ON f.event_id = e.id AND f.kind = 'refunded_outside'
     WHERE e.order_id = ${orderId}::uuid AND e.kind = 'refund' AND e.gateway_trade_number = ${gatewayTradeNo} LIMIT 1`;
  return told.length > 0;
}

/**
 * The gateway says that a payment was given back, in part or whole. Where we have asked for no refund, it was at its own desk:
 * nothing is ever delivered for it, also when its notice comes afterwards, and a person must look; an order that it had paid
 * before keeps what it has.
 */
export async function recordOutsideRefund(deps: Deps, payment: VerifiedPayment, source: PaymentSource): Promise<void> {
  const row = rowOf(payment, source);
  await inTransaction(deps.db, async (tx) => {
    const attempt = await findAttempt(tx, row);
    const order = attempt && (await lockOrder(tx, attempt.orderId));
    if (order && (await isOurRefund(tx, order.id, payment.gatewayTradeNo))) return ok(null);
    const { id: eventId, isNew } = await recordEvent(tx, row, { orderId: order?.id ?? null, verdict: "refunded" });
    if (order && !isNew && (await isTold(tx, order.id, payment.gatewayTradeNo))) return ok(null);
    await openFinding(tx, {
      kind: "refunded_outside",
      subject: eventId,
      ...(order && { orderId: order.id }),
      eventId,
      detail: { amountMinor: row.amount_minor, currency: row.currency },
    });
    return ok(null);
  });
}
