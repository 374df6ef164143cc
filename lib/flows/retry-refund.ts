import { findRefund, type Refund } from "@/lib/features/payments/refunds";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type RefundRefusal, requestRefund } from "./request-refund";

/**
 * Asks anew for a refund that failed: the same amount of the same payment, under a new number. Of one failed refund there is one such
 * second, whoever presses how often and wherever: the key is the failed one's own.
 */
export async function retryRefund(
  deps: Deps,
  viewer: Proven,
  { refundId }: { readonly refundId: string },
): Promise<Result<Refund, RefundRefusal | "not_failed">> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const failed = await findRefund(deps.db, refundId);
  if (!failed) return err("not_found");
  if (failed.status !== "failed" || failed.method !== "source") return err("not_failed");
  const { orderId, paymentId, amountMinor, reason } = failed;
  const cmd = { orderId, paymentId, amountMinor, method: "source", reason, requestKey: `again:${refundId}` } as const;
  return requestRefund(deps, viewer, cmd);
}

/** Puts the question about a refund that is under way to its gateway at the next turn instead of later. */
export async function askRefundNow(
  deps: Deps,
  viewer: Viewer,
  { refundId }: { readonly refundId: string },
): Promise<Result<null, "not_allowed" | "not_found" | "not_open">> {
  if (viewer.kind !== "admin") return err("not_allowed");
  return inTransaction<null, "not_found" | "not_open">(deps.db, async (tx) => {
    const refund = await findRefund(tx, refundId);
    if (!refund) return err("not_found");
    const hurried = await tx.$executeRaw`
      UPDATE refund SET next_ask_at = least(next_ask_at, clock_timestamp() + make_interval(secs => ${limits.refundHurrySeconds}::int))
       WHERE id = ${refundId}::uuid AND status IN ('requested', 'processing')`;
    if (hurried === 0) return err("not_open");
    await recordAudit(tx, {
      actor: viewer,
      action: "order.refund_asked_about",
      subjectKind: "order",
      subjectId: refund.orderId,
      detail: { refundNo: refund.refundNo },
    });
    return ok(null);
  });
}
