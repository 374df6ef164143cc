import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { lockOrder } from "@/lib/features/orders/store";
import { findRefund, isOver, type Refund, readRefundedPayments } from "@/lib/features/payments/refunds";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import type { Deps } from "@/lib/platform/deps";
import { inRefundTransaction } from "./follow-refunds";
import { moveRefund } from "./move-refund";

export interface DecideRefund {
  readonly refundId: string;
  /** What the admin saw at the gateway's own desk: the money is gone, or it is there and will not go. */
  readonly wasGivenBack: boolean;
  readonly reason: string;
}

/** not_open: it is over already, and what is over stays as it is. */
export type DecideRefusal = "not_allowed" | "not_found" | "not_open" | "busy";

/**
 * An admin says what became of a refund whose gateway cannot tell: some know no number of ours, and after a crash nobody knows whether they
 * were told. On record with who said so; a refund that is over is not touched.
 */
export async function decideRefund(
  deps: Deps,
  viewer: Viewer,
  { refundId, wasGivenBack, reason }: DecideRefund,
): Promise<Result<Refund, DecideRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const result = await inRefundTransaction(deps, async (tx) => {
    const known = await findRefund(tx, refundId);
    const order = known && (await lockOrder(tx, known.orderId));
    const refund = order && (await findRefund(tx, refundId));
    if (!order || !refund) return err("not_found");
    if (isOver(refund)) return err("not_open");
    const payment = (await readRefundedPayments(tx, order.id)).find(({ id }) => id === refund.paymentId);
    assert(payment, "a refund is of a payment");
    const state = wasGivenBack ? "succeeded" : "failed";
    const news = { state, gatewayRefundNo: null, amount: null, code: "decided_by_admin" } as const;
    const moved = await moveRefund(tx, { order, refund, currency: payment.currency }, news);
    if (!moved.ok) return moved;
    await recordAudit(tx, {
      actor: viewer,
      action: "order.refund_decided",
      subjectKind: "order",
      subjectId: order.id,
      merchantId: order.merchantId,
      detail: { refundNo: refund.refundNo, state, reason: reason.slice(0, limits.refundReasonMax) },
    });
    return ok({ refund: (await findRefund(tx, refundId)) as Refund, variantIds: moved.value.variantIds });
  });
  if (!result.ok) return result;
  for (const variantId of result.value.variantIds) noticeStockArrival(deps, variantId);
  deps.log.info("refund.decided", { refundId, state: result.value.refund.status });
  return ok(result.value.refund);
}
