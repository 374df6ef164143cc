import { lockOrder } from "@/lib/features/orders/store";
import type { VerifiedPayment } from "@/lib/features/payments/gateways/port";
import { findAttempt, recordEvent } from "@/lib/features/payments/inbox";
import { openFinding } from "@/lib/features/reconciliation/findings";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type PaymentSource, rowOf } from "./settle-payment";

/**
 * The gateway says that a payment was given back, in part or whole, at its own desk. Nothing is ever delivered for it, also
 * when its notice comes afterwards, and a person must look; an order that it had paid before keeps what it has.
 */
export async function recordOutsideRefund(deps: Deps, payment: VerifiedPayment, source: PaymentSource): Promise<void> {
  const row = rowOf(payment, source);
  await inTransaction(deps.db, async (tx) => {
    const attempt = await findAttempt(tx, row);
    const order = attempt && (await lockOrder(tx, attempt.orderId));
    const { id: eventId } = await recordEvent(tx, row, { orderId: order?.id ?? null, verdict: "refunded" });
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
