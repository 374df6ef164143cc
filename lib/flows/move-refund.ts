import { type LockedOrder, postRefundEvent } from "@/lib/features/orders/store";
import { isOver, type Refund, writeRefund } from "@/lib/features/payments/refunds";
import { openFinding, resolveFinding } from "@/lib/features/reconciliation/findings";
import type { Money } from "@/lib/kernel/money";
import { ok, type Result } from "@/lib/kernel/result";
import type { Tx } from "@/lib/platform/db";
import { followRefunds } from "./follow-refunds";

/** What a gateway says of a refund that we asked for, by its answer or by its notice. */
export interface RefundNews {
  readonly state: "succeeded" | "processing" | "failed";
  readonly gatewayRefundNo: string | null;
  readonly amount: Money | null;
  /** Why it failed, in the gateway's words. */
  readonly code?: string;
}

const UNCHANGED = { variantIds: [] } as const;

/** Two words of the gateway that cannot both be true, or another amount: nothing is changed, and a person must look. */
const contradict = (tx: Tx, refund: Refund, said: string): Promise<void> =>
  openFinding(tx, {
    kind: "refund_mismatch",
    subject: refund.id,
    orderId: refund.orderId,
    detail: { refundNo: refund.refundNo, stands: refund.status, said },
  });

/**
 * Applies what the gateway says of one of our refunds, whose order the caller has locked; the same word twice, from anywhere
 * and in any order, has one effect. What is over stays as it is: a gateway that takes its word back is put before a person.
 */
export async function moveRefund(
  tx: Tx,
  { order, refund, currency }: { order: LockedOrder; refund: Refund; currency: string },
  news: RefundNews,
): Promise<Result<{ variantIds: readonly string[] }, "stock_locked">> {
  const isOtherAmount =
    news.amount !== null && (news.amount.amountMinor !== refund.amountMinor || news.amount.currency !== currency);
  if (news.state !== "failed" && isOtherAmount) {
    await contradict(tx, refund, `${news.amount?.amountMinor} ${news.amount?.currency}`);
    return ok(UNCHANGED);
  }
  if (isOver(refund)) {
    if (news.state !== "processing" && news.state !== refund.status) await contradict(tx, refund, news.state);
    return ok(UNCHANGED);
  }
  const gatewayRefundNumber = news.gatewayRefundNo;
  const failure = news.state === "failed" ? (news.code ?? "failed").slice(0, 100) : null;
  await writeRefund(tx, refund, { status: news.state, gatewayRefundNumber, failure });
  const subject = refund.id;
  if (news.state !== "processing") await postRefundEvent(tx, `refund.${news.state}`, refund);
  if (news.state === "failed") {
    const detail = { refundNo: refund.refundNo, reason: failure ?? "" };
    await openFinding(tx, { kind: "refund_failed", subject, orderId: order.id, detail });
  }
  if (news.state !== "processing")
    await resolveFinding(tx, {
      kind: "refund_stuck",
      subject,
      resolution: news.state === "failed" ? "judged" : "refunded",
    });
  if (news.state !== "succeeded") return ok(UNCHANGED);
  return followRefunds(tx, order, { refundId: refund.id, actorId: null });
}
