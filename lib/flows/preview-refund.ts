import { judgeRefunds, type OrderStatus } from "@/lib/features/orders/rules";
import { findOrderState, type OrderState } from "@/lib/features/orders/store";
import { findAccount } from "@/lib/features/payments/accounts";
import { judgeWanted, type WantedRefund } from "@/lib/features/payments/refund-rules";
import { readRefundedPayments, refundNoOf } from "@/lib/features/payments/refunds";
import { hasOpenDispute } from "@/lib/features/payments/told-events";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { mailOf } from "./drain-outbox";
import { canMail } from "./mail-order-link";
import { standingOf } from "./refund-standing";
import type { RefundRefusal } from "./request-refund";

/** A card that moves with a refund; its last letters tell it from the others of its batch, and nothing else. */
export interface MovedCard {
  readonly id: string;
  readonly batch: string;
  readonly sku: string;
  readonly isRevealed: boolean;
}

/** Everything that confirming a refund changes, before anybody has. */
export interface RefundPreview {
  /** The id that the refund will have, and its number; send it with the confirmation, as `refundId` and as `requestKey`. */
  readonly refundId: string;
  readonly refundNo: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly leftMinor: bigint;
  /** Where the order goes at once, and where once the money is back; null: it stays where it is. */
  readonly statusNow: OrderStatus;
  readonly statusNext: OrderStatus | null;
  readonly statusAtEnd: OrderStatus | null;
  readonly fate: "withdrawn" | "returned" | "none";
  readonly cards: readonly MovedCard[];
  readonly cardCount: number;
  readonly recipient: string;
  /** The kinds of mail in the order in which they go out. */
  readonly mails: readonly string[];
  readonly isMailConfigured: boolean;
  /** What was looked at, for the confirmation; and when, by the database's clock. */
  readonly seen: string;
  readonly seenAt: Date;
}

type PreviewRefusal = Extract<
  RefundRefusal,
  | "not_allowed"
  | "not_found"
  | "disputed"
  | "refund_under_way"
  | "nothing_left"
  | "amount_out_of_range"
  | "by_hand_only"
  | "gateway_unavailable"
>;

const readCards = (db: Db, orderId: string): Promise<MovedCard[]> =>
  db.$queryRaw`
    SELECT c.id, b.number::text AS batch, v.sku,
           EXISTS (SELECT 1 FROM reveal_record r WHERE r.order_id = ${orderId}::uuid AND c.id = ANY (r.card_ids)) AS "isRevealed"
      FROM card c JOIN batch b ON b.id = c.batch_id JOIN variant v ON v.id = c.variant_id
     WHERE c.id = ANY (ARRAY(SELECT unnest(card_ids) FROM orders WHERE id = ${orderId}::uuid)) ORDER BY v.sku, c.pick
     LIMIT ${limits.previewCardsShown}::int`;

/** What becomes of the order and its cards. */
function consequencesOf(order: OrderState, { isWhole, isThrough }: { isWhole: boolean; isThrough: boolean }) {
  if (!isWhole || order.status === "refunded") {
    return { statusNext: null, statusAtEnd: null, fate: "none" } as const;
  }
  const fate = order.cardIds.length === 0 ? "none" : order.deliveredAt ? "withdrawn" : "returned";
  const statusNext = isThrough ? "refunded" : order.status === "refunding" ? null : "refunding";
  return { statusNext, statusAtEnd: isThrough ? null : "refunded", fate } as const;
}

/** Reads without a lock and in several statements: a look at something that moves meanwhile is refused when it is confirmed. */
async function look(
  { db }: Deps,
  { orderId, paymentId, wanted }: AskedRefund,
  refunds: Parameters<typeof judgeWanted>[2]["refunds"],
): Promise<Result<Omit<RefundPreview, "isMailConfigured">, PreviewRefusal>> {
  const order = await findOrderState(db, orderId);
  const payments = await readRefundedPayments(db, orderId);
  const payment = payments.find(({ id }) => id === paymentId);
  if (!order || !payment) return err("not_found");
  const isInDispute = order.disputedAt !== null && (await hasOpenDispute(db, orderId));
  const amount = judgeWanted(payment, wanted, { refunds, isInDispute });
  if (!amount.ok) return amount;
  const given = payments.map((one) => (one === payment ? { ...one, givenMinor: one.givenMinor + amount.value } : one));
  const isThrough = wanted.method !== "source";
  const consequences = consequencesOf(order, { isThrough, isWhole: judgeRefunds(order, given) !== "stands" });
  const refundId = newId();
  return ok({
    refundId,
    refundNo: refundNoOf(refundId),
    amountMinor: amount.value,
    currency: payment.currency,
    leftMinor: payment.amountMinor - payment.givenMinor,
    statusNow: order.status,
    ...consequences,
    cards: consequences.fate === "none" ? [] : await readCards(db, orderId),
    cardCount: consequences.fate === "none" ? 0 : order.cardIds.length,
    recipient: order.email,
    mails: (isThrough ? THROUGH : ON_ITS_WAY).map(mailOf),
    seen: standingOf(order, payments),
    seenAt: order.readAt,
  });
}

const THROUGH = ["refund.succeeded"] as const;
const ON_ITS_WAY = ["refund.requested", "refund.succeeded"] as const;

export interface AskedRefund {
  readonly orderId: string;
  readonly paymentId: string;
  readonly wanted: WantedRefund;
}

/**
 * What giving money back would change, exactly, for an admin who has not confirmed it: it writes nothing. The number that it shows is the
 * number that the refund will have.
 */
export async function previewRefund(
  deps: Deps,
  viewer: Viewer,
  asked: AskedRefund,
): Promise<Result<RefundPreview, PreviewRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const payment = await deps.db.payment.findFirst({
    where: { id: asked.paymentId, orderId: asked.orderId },
    select: { accountId: true },
  });
  if (!payment) return err("not_found");
  const account = await findAccount(deps, payment.accountId);
  const preview = await look(deps, asked, account ? account.gateway.refunds : null);
  return preview.ok ? ok({ ...preview.value, isMailConfigured: canMail(deps) }) : preview;
}
