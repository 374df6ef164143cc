import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { type LockedOrder, lockOrder } from "@/lib/features/orders/store";
import type { VerifiedRefund } from "@/lib/features/payments/gateways/port";
import { recordEvent } from "@/lib/features/payments/inbox";
import { findToldRefund, hurryRefunds, readRefundedPayments } from "@/lib/features/payments/refunds";
import { noteTestRefund } from "@/lib/features/payments/test-payments";
import {
  findToldPayment,
  isJudged,
  placeInLine,
  recordTold,
  type ToldEvent,
  type ToldPayment,
} from "@/lib/features/payments/told-events";
import { openFinding, resolveFinding } from "@/lib/features/reconciliation/findings";
import { assert } from "@/lib/kernel/assert";
import { type Currency, money } from "@/lib/kernel/money";
import { ok, type Result } from "@/lib/kernel/result";
import type { Tx } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { createLine } from "@/lib/platform/waiting-line";
import { inRefundTransaction } from "./follow-refunds";
import { moveRefund } from "./move-refund";
import { type PaymentSource, rowOf } from "./settle-payment";

/** What became of one refund that a gateway told of. */
export type RefundOutcome = "repeat" | "matched" | "outside" | "unknown_order" | "busy";
type Judged = Result<{ outcome: RefundOutcome; variantIds: readonly string[] }, "stock_locked">;

const judged = (outcome: RefundOutcome, variantIds: readonly string[] = []): Judged => ok({ outcome, variantIds });

/**
 * Money that was given back before we heard that it had come. The payment's own notice may still be on its way: it finds itself
 * in the inbox as given back, and buys nothing.
 */
async function refuseLater(tx: Tx, event: ToldEvent, { attempt, orderId }: ToldPayment): Promise<void> {
  const { told, accountId, source } = event;
  if (!told.gatewayTradeNo) return;
  const amount = money(attempt.amountMinor, attempt.currency as Currency);
  const { accountRef, gatewayTradeNo, evidence } = told;
  const payment = { accountRef, outTradeNo: attempt.outTradeNo, gatewayTradeNo, amount, method: null, evidence };
  await recordEvent(tx, rowOf(payment, { accountId, source }), { orderId, verdict: "refunded" });
}

/** An answer to a question may have said the same before, and less of it: one refund is one thing to look at. */
async function replaceAsked(tx: Tx, orderId: string, gatewayTradeNo: string | null): Promise<void> {
  const asked = await tx.$queryRaw<{ subject: string }[]>`
    SELECT f.subject FROM finding f JOIN payment_event e ON e.id = f.event_id AND e.kind = 'payment' AND e.verdict = 'settled'
     WHERE f.order_id = ${orderId}::uuid AND f.kind = 'refunded_outside' AND f.status IN ('open', 'in_work') AND e.gateway_trade_number = ${gatewayTradeNo}`;
  for (const { subject } of asked)
    await resolveFinding(tx, { kind: "refunded_outside", subject, resolution: "judged" });
}

/** Not asked for by us. A person must look; what the order has, it keeps. */
async function judgeOutside(tx: Tx, event: ToldEvent, found: ToldPayment, order: LockedOrder): Promise<Judged> {
  const orderId = order.id;
  const payments = await readRefundedPayments(tx, orderId);
  const payment = payments.find(({ id }) => id === found.paymentId);
  // Ours, in a text that names neither number: the gateway is asked about ours now, and its answer moves it.
  const isOurs = payment?.isUnderWay && payment.givenMinor - payment.returnedMinor === event.told.amount?.amountMinor;
  if (isOurs) {
    await recordTold(tx, event, { orderId, verdict: "refund_matched" });
    await hurryRefunds(tx, payment.id);
    return judged("matched");
  }
  const { id: eventId } = await recordTold(tx, event, { orderId, verdict: "refunded" });
  if (event.told.state === "failed") return judged("outside");
  const { amount } = event.told;
  const detail: Record<string, string> = amount
    ? { amountMinor: amount.amountMinor.toString(), currency: amount.currency }
    : {};
  await openFinding(tx, { kind: "refunded_outside", subject: eventId, orderId, eventId, detail });
  await replaceAsked(tx, orderId, payment?.gatewayTradeNumber ?? null);
  if (!payment) await refuseLater(tx, event, found);
  return judged("outside");
}

async function judge(tx: Tx, event: ToldEvent & { told: VerifiedRefund }): Promise<Judged> {
  const { told, accountId } = event;
  const found = await findToldPayment(tx, event);
  const numbers = { accountId, refundNo: told.refundNo, gatewayRefundNo: told.gatewayRefundNo };
  const named = await findToldRefund(tx, { ...numbers, paymentId: found?.paymentId ?? null });
  const orderId = named?.orderId ?? found?.orderId;
  if (!orderId) {
    const { id: eventId } = await recordTold(tx, event, { orderId: null, verdict: "unknown_order" });
    await openFinding(tx, { kind: "refunded_outside", subject: eventId, eventId, detail: { accountId } });
    if (!(await noteTestRefund(tx, accountId, told))) return judged("unknown_order");
    await resolveFinding(tx, { kind: "refunded_outside", subject: eventId, resolution: "test_payment" });
    return judged("matched");
  }
  const order = await lockOrder(tx, orderId);
  assert(order, "an attempt belongs to an order");
  // Read again under the lock: it may have moved, or have learnt its number, while we waited.
  const refund = await findToldRefund(tx, { ...numbers, paymentId: named?.paymentId ?? found?.paymentId ?? null });
  if (!refund) return judgeOutside(tx, event, found as ToldPayment, order);
  const { id: eventId } = await recordTold(tx, event, { orderId, verdict: "refund_matched" });
  await resolveFinding(tx, { kind: "refunded_outside", subject: eventId, resolution: "judged" });
  const payments = await readRefundedPayments(tx, orderId);
  const currency = payments.find(({ id }) => id === refund.paymentId)?.currency ?? order.currency;
  const moved = await moveRefund(tx, { order, refund, currency }, told);
  return moved.ok ? judged("matched", moved.value.variantIds) : moved;
}

/**
 * Records a refund that a gateway told of, and judges it: ours moves on, every other one is put before a person, and its
 * payment, if it comes afterwards, buys nothing. The same told twice, in any order, has one effect.
 */
export async function judgeRefund(deps: Deps, told: VerifiedRefund, source: PaymentSource): Promise<RefundOutcome> {
  const event = { kind: "refund", told, ...source } as const;
  const line = ofDeps(deps, "payments.told", createLine);
  const result = await line.run(placeInLine(event), async () =>
    (await isJudged(deps.db, event)) ? judged("repeat") : inRefundTransaction(deps, (tx) => judge(tx, event)),
  );
  if (!result.ok) return "busy";
  const { outcome, variantIds } = result.value;
  for (const variantId of variantIds) noticeStockArrival(deps, variantId);
  deps.log.info("refund.told", { accountId: source.accountId, outcome, state: told.state });
  return outcome;
}
