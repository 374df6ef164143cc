import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { type LockedOrder, lockOrder, postRefundEvent } from "@/lib/features/orders/store";
import { findAccount } from "@/lib/features/payments/accounts";
import type { Refunds } from "@/lib/features/payments/gateways/port";
import { judgeWanted, type RefundWay, type WantedRefusal } from "@/lib/features/payments/refund-rules";
import {
  findRefund,
  findRefundByRequest,
  insertRefund,
  type Refund,
  type RefundedPayment,
  readRefundedPayments,
} from "@/lib/features/payments/refunds";
import { hasOpenDispute } from "@/lib/features/payments/told-events";
import { type Actor, actorUserId } from "@/lib/kernel/actor";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { creditRefund } from "./credit-refund";
import { followRefunds, inRefundTransaction } from "./follow-refunds";
import { standingOf } from "./refund-standing";

export interface RequestRefund {
  readonly orderId: string;
  readonly paymentId: string;
  /** Null: all that has not been given back. */
  readonly amountMinor: bigint | null;
  /** source: the gateway gives it back. by_hand: it was given back elsewhere, and is now on record. balance: into the buyer's wallet, at once. */
  readonly method: RefundWay;
  /** One per intention: the same key with the same words is the same refund. */
  readonly requestKey: string;
  readonly reason: string;
  /** The number that the money went back under elsewhere; by hand there is one. */
  readonly outsideReference?: string | null;
  /** The id whose number was shown before it was asked for. */
  readonly refundId?: string;
  /** What was looked at when it was decided (`standingOf`): anything else by now, and nothing happens. */
  readonly seen?: string;
}

/**
 * - not_allowed: only an admin, or the shop's policy, gives money back · not_found: the order has no such payment
 * - nothing_left: all of it was given back, or is about to be · amount_out_of_range: nothing, or more than is left
 * - refund_under_way: another one of this payment is not over · disputed: the bank decides about this money
 * - by_hand_only: its gateway cannot give back, or not this part, or not a second time
 * - gateway_unavailable: its account is gone or unusable · request_conflict: the key was used with other words
 * - reference_missing: by hand, and nobody could find it again · order_changed: it is not as it was looked at
 * - no_wallet: to the balance, and the order names no address · cap_reached: more than the shop's policy may give back today · busy: the stock is being moved; ask again
 */
export type RefundRefusal =
  | WantedRefusal
  | "not_allowed"
  | "not_found"
  | "request_conflict"
  | "reference_missing"
  | "order_changed"
  | "no_wallet"
  | "cap_reached"
  | "busy";

type Giver = Extract<Actor, { kind: "admin" | "system" }>;

/** Whoever asks for a refund: of people, one who has just shown who they are. */
export type RefundActor = Exclude<Actor, Viewer> | Proven;

const referenceOf = ({ outsideReference, method }: RequestRefund): string | null =>
  method !== "by_hand" ? null : outsideReference?.trim().slice(0, limits.refundReferenceMax) || null;

const isSame = (known: Refund, cmd: RequestRefund): boolean =>
  known.orderId === cmd.orderId &&
  known.paymentId === cmd.paymentId &&
  known.method === cmd.method &&
  known.outsideReference === referenceOf(cmd) &&
  (cmd.amountMinor === null || cmd.amountMinor === known.amountMinor);

interface Recorded {
  readonly order: LockedOrder;
  readonly payment: RefundedPayment;
  readonly cmd: RequestRefund;
  readonly giver: Giver;
  readonly amountMinor: bigint;
}

/** Records it with who asked, and brings the order along. */
async function record(
  tx: Tx,
  { order, payment, cmd, giver, amountMinor }: Recorded,
): Promise<Result<{ refund: Refund; variantIds: readonly string[] }, "no_wallet" | "stock_locked">> {
  const { orderId, paymentId, method } = cmd;
  const actorId = actorUserId(giver);
  const isThrough = method !== "source";
  const refund = await insertRefund(tx, {
    id: cmd.refundId,
    orderId,
    paymentId,
    amountMinor,
    method,
    reason: cmd.reason.slice(0, limits.refundReasonMax),
    requestKey: cmd.requestKey.slice(0, limits.refundKeyMax),
    outsideReference: referenceOf(cmd),
    requestedBy: { kind: giver.kind, userId: actorId },
    status: isThrough ? "succeeded" : "requested",
  });
  const credited = method === "balance" ? await creditRefund(tx, { refund, payment }) : ok(null);
  if (!credited.ok) return credited;
  await postRefundEvent(tx, isThrough ? "refund.succeeded" : "refund.requested", refund);
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

/** What a shop's own policy adds: whether it still wants this, under the order's lock, and whether its day has room, before it. */
export interface PolicyTerms {
  readonly stillTrue: (order: LockedOrder) => boolean;
  readonly hasRoom?: (tx: Tx) => Promise<boolean>;
}

interface Asked {
  readonly cmd: RequestRefund;
  readonly giver: Giver;
  readonly refunds: Refunds | undefined | null;
  readonly terms: PolicyTerms | undefined;
}

async function request(
  tx: Tx,
  { cmd, giver, refunds, terms }: Asked,
): Promise<Result<{ refund: Refund; variantIds: readonly string[] }, RefundRefusal | "stock_locked">> {
  if (terms?.hasRoom && !(await terms.hasRoom(tx))) return err("cap_reached");
  const order = await lockOrder(tx, cmd.orderId);
  const payments = await readRefundedPayments(tx, cmd.orderId);
  const payment = payments.find(({ id }) => id === cmd.paymentId);
  if (!order || !payment) return err("not_found");
  const known =
    (await findRefundByRequest(tx, cmd.paymentId, cmd.requestKey.slice(0, limits.refundKeyMax))) ??
    (cmd.refundId ? await findRefund(tx, cmd.refundId) : null);
  if (known) return isSame(known, cmd) ? ok({ refund: known, variantIds: [] }) : err("request_conflict");
  if (terms && !terms.stillTrue(order)) return err("nothing_left");
  if (cmd.seen !== undefined && cmd.seen !== standingOf(order, payments)) return err("order_changed");
  const isInDispute = order.disputedAt !== null && (await hasOpenDispute(tx, order.id));
  const amount = judgeWanted(payment, cmd, { refunds, isInDispute });
  return amount.ok ? record(tx, { order, payment, cmd, giver, amountMinor: amount.value }) : amount;
}

/**
 * Puts a refund on record, once for each intention, whoever presses how often: never more than was paid, one at a time for each payment,
 * and only at an admin's word or by the shop's policy. The order hands out nothing more from that moment, when it is all of its money.
 * The gateway is asked afterwards, by whoever drives refunds, with a number that never changes.
 */
export async function requestRefund(
  deps: Deps,
  actor: RefundActor,
  cmd: RequestRefund,
  terms?: PolicyTerms,
): Promise<Result<Refund, RefundRefusal>> {
  if (actor.kind !== "admin" && actor.kind !== "system") return err("not_allowed");
  if (cmd.method === "by_hand" && referenceOf(cmd) === null) return err("reference_missing");
  const payment = await deps.db.payment.findFirst({
    where: { id: cmd.paymentId, orderId: cmd.orderId },
    select: { accountId: true },
  });
  if (!payment) return err("not_found");
  // Before the transaction, which holds a connection and must not wait for a second one.
  const account = await findAccount(deps, payment.accountId);
  const refunds = account ? account.gateway.refunds : null;
  const result = await inRefundTransaction(deps, (tx) => request(tx, { cmd, giver: actor, refunds, terms }));
  if (!result.ok) return result;
  const { refund, variantIds } = result.value;
  for (const variantId of variantIds) noticeStockArrival(deps, variantId);
  deps.log.info("refund.requested", { orderId: cmd.orderId, refundId: refund.id, method: refund.method });
  return ok(refund);
}
