import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { type LockedOrder, lockOrder } from "@/lib/features/orders/store";
import { findAccount } from "@/lib/features/payments/accounts";
import type { Refunds } from "@/lib/features/payments/gateways/port";
import {
  findRefundByRequest,
  insertRefund,
  type Refund,
  type RefundedPayment,
  readRefundedPayments,
} from "@/lib/features/payments/refunds";
import { type Actor, actorUserId } from "@/lib/kernel/actor";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { followRefunds, inRefundTransaction } from "./follow-refunds";

export interface RequestRefund {
  readonly orderId: string;
  readonly paymentId: string;
  /** Null: all that has not been given back. */
  readonly amountMinor: bigint | null;
  /** source: the gateway gives it back. by_hand: it was given back elsewhere, and is now on record. */
  readonly method: "source" | "by_hand";
  /** One per intention: the same key with the same words is the same refund. */
  readonly requestKey: string;
  readonly reason: string;
}

/**
 * - not_allowed: only an admin, or the shop's policy, gives money back · not_found: the order has no such payment
 * - nothing_left: all of it was given back, or is about to be · amount_out_of_range: nothing, or more than is left
 * - refund_under_way: another one of this payment is not over · disputed: the bank decides about this money
 * - by_hand_only: its gateway cannot give back, or not this part, or not a second time
 * - gateway_unavailable: its account is gone or unusable · request_conflict: the key was used with other words
 * - busy: the stock is being moved; ask again
 */
export type RefundRefusal =
  | "not_allowed"
  | "not_found"
  | "nothing_left"
  | "amount_out_of_range"
  | "refund_under_way"
  | "disputed"
  | "by_hand_only"
  | "gateway_unavailable"
  | "request_conflict"
  | "busy";

type Giver = Extract<Actor, { kind: "admin" | "system" }>;

/** What its gateway can do with this payment; null where nothing has to be asked of it. */
function refuseBySource(
  refunds: Refunds | undefined,
  payment: RefundedPayment,
  amountMinor: bigint,
): Extract<RefundRefusal, "by_hand_only"> | null {
  if (!refunds) return "by_hand_only";
  if (!refunds.isPartialPossible && amountMinor !== payment.amountMinor) return "by_hand_only";
  // Asked about a second one, such a gateway would tell of the first.
  if (!refunds.isIdempotent && payment.isReturnedBySource) return "by_hand_only";
  return null;
}

/** Whether the money may go back, as far as the order and what was given back before can tell; the amount if so. */
function judge(
  order: LockedOrder,
  payment: RefundedPayment,
  cmd: RequestRefund,
): Result<bigint, "disputed" | "refund_under_way" | "nothing_left" | "amount_out_of_range"> {
  if (order.disputedAt) return err("disputed");
  if (payment.isUnderWay) return err("refund_under_way");
  const left = payment.amountMinor - payment.givenMinor;
  if (left === 0n) return err("nothing_left");
  const amountMinor = cmd.amountMinor ?? left;
  if (amountMinor <= 0n || amountMinor > left) return err("amount_out_of_range");
  return ok(amountMinor);
}

const isSame = (known: Refund, cmd: RequestRefund): boolean =>
  known.orderId === cmd.orderId &&
  known.method === cmd.method &&
  (cmd.amountMinor === null || cmd.amountMinor === known.amountMinor);

/** Records it with who asked, and brings the order along. */
async function record(
  tx: Tx,
  { order, cmd, giver, amountMinor }: { order: LockedOrder; cmd: RequestRefund; giver: Giver; amountMinor: bigint },
) {
  const { orderId, paymentId, method } = cmd;
  const actorId = actorUserId(giver);
  const refund = await insertRefund(tx, {
    orderId,
    paymentId,
    amountMinor,
    method,
    reason: cmd.reason.slice(0, limits.refundReasonMax),
    requestKey: cmd.requestKey.slice(0, limits.refundKeyMax),
    requestedBy: { kind: giver.kind, userId: actorId },
    status: method === "by_hand" ? "succeeded" : "requested",
  });
  await recordAudit(tx, {
    actor: giver,
    action: "order.refund_requested",
    subjectKind: "order",
    subjectId: orderId,
    merchantId: order.merchantId,
    detail: { refundNo: refund.refundNo, amountMinor: amountMinor.toString(), method },
  });
  const followed = await followRefunds(tx, order, { refundId: refund.id, actorId });
  return followed.ok ? ok({ refund, variantIds: followed.value.variantIds }) : followed;
}

/** Whether the shop's own reason for it still stands, under the order's lock. */
export type StillTrue = (order: LockedOrder) => boolean;

async function request(
  tx: Tx,
  {
    cmd,
    giver,
    refunds,
    stillTrue,
  }: { cmd: RequestRefund; giver: Giver; refunds: Refunds | undefined; stillTrue: StillTrue },
): Promise<Result<{ refund: Refund; variantIds: readonly string[] }, RefundRefusal | "stock_locked">> {
  const order = await lockOrder(tx, cmd.orderId);
  const payment = (await readRefundedPayments(tx, cmd.orderId)).find(({ id }) => id === cmd.paymentId);
  if (!order || !payment) return err("not_found");
  const known = await findRefundByRequest(tx, cmd.paymentId, cmd.requestKey.slice(0, limits.refundKeyMax));
  if (known) return isSame(known, cmd) ? ok({ refund: known, variantIds: [] }) : err("request_conflict");
  if (!stillTrue(order)) return err("nothing_left");
  const amount = judge(order, payment, cmd);
  if (!amount.ok) return amount;
  const refusal = cmd.method === "source" ? refuseBySource(refunds, payment, amount.value) : null;
  if (refusal) return err(refusal);
  return record(tx, { order, cmd, giver, amountMinor: amount.value });
}

/**
 * Puts a refund on record, once for each intention, whoever presses how often: never more than was paid, one at a time for each payment,
 * and only at an admin's word or by the shop's policy. The order hands out nothing more from that moment, when it is all of its money.
 * The gateway is asked afterwards, by whoever drives refunds, with a number that never changes.
 */
export async function requestRefund(
  deps: Deps,
  actor: Actor,
  cmd: RequestRefund,
  stillTrue: StillTrue = () => true,
): Promise<Result<Refund, RefundRefusal>> {
  if (actor.kind !== "admin" && actor.kind !== "system") return err("not_allowed");
  const payment = await deps.db.payment.findFirst({
    where: { id: cmd.paymentId, orderId: cmd.orderId },
    select: { accountId: true },
  });
  if (!payment) return err("not_found");
  // Before the transaction, which holds a connection and must not wait for a second one.
  const account = await findAccount(deps, payment.accountId);
  if (!account && cmd.method === "source") return err("gateway_unavailable");
  const refunds = account?.gateway.refunds;
  const result = await inRefundTransaction(deps, (tx) => request(tx, { cmd, giver: actor, refunds, stillTrue }));
  if (!result.ok) return result;
  const { refund, variantIds } = result.value;
  for (const variantId of variantIds) noticeStockArrival(deps, variantId);
  deps.log.info("refund.requested", { orderId: cmd.orderId, refundId: refund.id, method: refund.method });
  return ok(refund);
}
