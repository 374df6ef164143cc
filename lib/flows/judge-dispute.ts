import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { changeOrder, type LockedOrder, lockOrder } from "@/lib/features/orders/store";
import type { VerifiedDispute } from "@/lib/features/payments/gateways/port";
import { findRefundByRequest, insertRefund, readRefundedPayments } from "@/lib/features/payments/refunds";
import {
  findToldPayment,
  isJudged,
  placeInLine,
  readDisputes,
  recordTold,
  type ToldEvent,
} from "@/lib/features/payments/told-events";
import { openFinding, resolveFinding } from "@/lib/features/reconciliation/findings";
import { assert } from "@/lib/kernel/assert";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Tx } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { createLine } from "@/lib/platform/waiting-line";
import { followRefunds, inRefundTransaction } from "./follow-refunds";
import { recordChargeback } from "./record-chargeback";
import type { PaymentSource } from "./settle-payment";

export type DisputeOutcome = "repeat" | "disputed" | "unknown_order" | "busy";
type Judged = Result<{ outcome: DisputeOutcome; variantIds: readonly string[] }, "stock_locked">;

interface Dispute {
  readonly order: LockedOrder;
  readonly paymentId: string;
  readonly told: VerifiedDispute;
  readonly accountId: string;
}

/** The bank took the money: on record as given back, as far as it was not before. Once, however often it is told. */
async function lose(tx: Tx, { order, paymentId, told }: Dispute): Promise<string[] | "stock_locked"> {
  const requestKey = `dispute:${told.disputeNo}`.slice(0, 100);
  if (await findRefundByRequest(tx, paymentId, requestKey)) return [];
  const payment = (await readRefundedPayments(tx, order.id)).find(({ id }) => id === paymentId);
  assert(payment, "the payment is one of the order");
  let amountMinor = payment.amountMinor - payment.givenMinor;
  const said = told.amount;
  if (said?.currency === payment.currency && said.amountMinor < amountMinor) amountMinor = said.amountMinor;
  if (amountMinor <= 0n) return [];
  const refund = await insertRefund(tx, {
    paymentId,
    orderId: order.id,
    amountMinor,
    method: "dispute",
    reason: "dispute_lost",
    requestKey,
    requestedBy: { kind: "system", userId: null },
    status: "succeeded",
  });
  const followed = await followRefunds(tx, order, { refundId: refund.id, actorId: null });
  return followed.ok ? [...followed.value.variantIds] : "stock_locked";
}

const isWon = (states: readonly string[]): boolean => states.includes("won") && !states.includes("lost");

/** Disputed while any dispute is open or was lost; what came in another order than it happened changes nothing. */
async function follow(
  tx: Tx,
  deps: Pick<Deps, "env" | "keys">,
  dispute: Dispute,
  now: Date,
): Promise<string[] | "stock_locked"> {
  const { order, told, accountId } = dispute;
  const disputes = await readDisputes(tx, order.id);
  const isDisputed = disputes.some(({ states }) => !isWon(states));
  const disputedAt = isDisputed ? (order.disputedAt ?? now) : null;
  const after = await changeOrder(tx, order, { disputedAt }, { reason: `dispute_${told.state}` });
  const own = disputes.find(({ disputeNo }) => disputeNo === told.disputeNo);
  const { disputeNo, state } = told;
  await recordChargeback(tx, deps, { orderId: order.id, accountId, disputeNo, state, states: own?.states ?? [state] });
  if (own && isWon(own.states)) {
    const subject = `${accountId}/${told.disputeNo}`;
    await resolveFinding(tx, { kind: "dispute", subject, resolution: "dispute_won" });
  }
  return told.state === "lost" ? lose(tx, { ...dispute, order: after }) : [];
}

async function judge(tx: Tx, deps: Deps, event: ToldEvent & { told: VerifiedDispute }): Promise<Judged> {
  const { told, accountId } = event;
  const found = await findToldPayment(tx, event);
  if (!found?.paymentId) {
    const { id: eventId } = await recordTold(tx, event, { orderId: null, verdict: "unknown_order" });
    await openFinding(tx, { kind: "dispute", subject: eventId, eventId, detail: { accountId } });
    return ok({ outcome: "unknown_order", variantIds: [] });
  }
  const { orderId, paymentId } = found;
  const order = await lockOrder(tx, orderId);
  assert(order, "an attempt belongs to an order");
  const { id: eventId, isNew } = await recordTold(tx, event, { orderId, verdict: "disputed" });
  if (!isNew) await resolveFinding(tx, { kind: "dispute", subject: eventId, resolution: "judged" });
  const finding = { subject: `${accountId}/${told.disputeNo}`, orderId, eventId, detail: { accountId } };
  await openFinding(tx, { kind: "dispute", ...finding });
  const now = new Date(deps.clock.now());
  const variantIds = await follow(tx, deps, { order, paymentId, told, accountId }, now);
  return variantIds === "stock_locked" ? err(variantIds) : ok({ outcome: "disputed", variantIds });
}

/**
 * Records a dispute and judges it: the order is disputed until it is won; lost, the money counts as given back and delivered
 * cards are withdrawn, never resold. It is a case of its own among the disputes, with its evidence. The same told twice, in any order,
 * has one effect.
 */
export async function judgeDispute(deps: Deps, told: VerifiedDispute, source: PaymentSource): Promise<DisputeOutcome> {
  const event = { kind: "dispute", told, ...source } as const;
  const line = ofDeps(deps, "payments.told", createLine);
  const result = await line.run(placeInLine(event), async () =>
    (await isJudged(deps.db, event))
      ? ok({ outcome: "repeat", variantIds: [] } as const)
      : inRefundTransaction(deps, (tx) => judge(tx, deps, event)),
  );
  if (!result.ok) return "busy";
  const { outcome, variantIds } = result.value;
  for (const variantId of variantIds) noticeStockArrival(deps, variantId);
  deps.log.warn("dispute.told", { accountId: source.accountId, outcome, state: told.state });
  return outcome;
}
