import type { OrderStatus } from "@/lib/features/orders/rules";
import { lockOrder, postRefundEvent } from "@/lib/features/orders/store";
import { cancelUntold, findRefund, isOver } from "@/lib/features/payments/refunds";
import { resolveFinding } from "@/lib/features/reconciliation/findings";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { fillOwedOrder } from "./fill-owed-orders";
import { mayStand, restoreOrder } from "./restore-order";

/** not_open: it is over already · already_told: its gateway may have heard of it, so only it can say what became of it */
export type CancelRefusal = "not_allowed" | "not_found" | "not_open" | "already_told";

/**
 * An admin takes back a refund that its gateway has not heard of. Whoever tells the gateway commits so first, in the same row: one of the
 * two comes first, and a refund that may have been told is never taken back. The order goes back to where it stood.
 */
export async function cancelRefund(
  deps: Deps,
  viewer: Viewer,
  { refundId, reason }: { readonly refundId: string; readonly reason: string },
): Promise<Result<{ status: OrderStatus }, CancelRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const result = await inTransaction<{ orderId: string; status: OrderStatus }, CancelRefusal>(deps.db, async (tx) => {
    const known = await findRefund(tx, refundId);
    const order = known && (await lockOrder(tx, known.orderId));
    const refund = order && (await findRefund(tx, refundId));
    if (!order || !refund) return err("not_found");
    if (isOver(refund)) return err("not_open");
    if (!(await cancelUntold(tx, refundId))) return err("already_told");
    await postRefundEvent(tx, "refund.cancelled", refund);
    await resolveFinding(tx, { kind: "refund_stuck", subject: refundId, resolution: "given_up" });
    await recordAudit(tx, {
      actor: viewer,
      action: "order.refund_cancelled",
      subjectKind: "order",
      subjectId: order.id,
      merchantId: order.merchantId,
      detail: { refundNo: refund.refundNo, reason: reason.slice(0, limits.refundReasonMax) },
    });
    const isBack = order.status === "refunding" && (await mayStand(tx, order));
    const status = isBack ? await restoreOrder(tx, order, { actorId: viewer.userId }) : order.status;
    return ok({ orderId: order.id, status });
  });
  if (!result.ok) return result;
  const { orderId, status } = result.value;
  assert(status !== "pending", "a refund closed the order that waited");
  if (status === "paid") await fillOwedOrder(deps, orderId);
  deps.log.info("refund.cancelled", { refundId, orderId, status });
  return ok({ status });
}
