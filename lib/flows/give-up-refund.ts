import type { OrderStatus } from "@/lib/features/orders/rules";
import { lockOrder, postRefundEvent } from "@/lib/features/orders/store";
import { listFailedRefunds, readRefundedPayments } from "@/lib/features/payments/refunds";
import { resolveFinding } from "@/lib/features/reconciliation/findings";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { fillOwedOrder } from "./fill-owed-orders";
import { mayStand, restoreOrder } from "./restore-order";

/** not_refunding: the order is somewhere else by now · refund_under_way: the money may still go, or has gone */
export type GiveUpRefusal = "not_allowed" | "not_found" | "not_refunding" | "refund_under_way";

/**
 * An admin says that a refund has failed for good: the order goes back to where it stood before it, on record with who said so and why, and
 * the buyer is told. By hand, never by itself: an order that hands out its cards again while somebody is about to refund it anew gives both.
 */
export async function giveUpRefund(
  deps: Deps,
  viewer: Viewer,
  { orderId, reason }: { readonly orderId: string; readonly reason: string },
): Promise<Result<{ status: OrderStatus }, GiveUpRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const result = await inTransaction<{ status: OrderStatus }, GiveUpRefusal>(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order) return err("not_found");
    if (order.status !== "refunding") return err("not_refunding");
    const isUnderWay = (await readRefundedPayments(tx, orderId)).some((payment) => payment.isUnderWay);
    if (isUnderWay || !(await mayStand(tx, order))) return err("refund_under_way");
    const failed = await listFailedRefunds(tx, orderId);
    for (const { id } of failed)
      await resolveFinding(tx, { kind: "refund_failed", subject: id, resolution: "given_up" });
    const last = failed.at(-1);
    if (last) await postRefundEvent(tx, "refund.cancelled", last);
    const status = await restoreOrder(tx, order, { actorId: viewer.userId });
    await recordAudit(tx, {
      actor: viewer,
      action: "order.refund_given_up",
      subjectKind: "order",
      subjectId: orderId,
      merchantId: order.merchantId,
      detail: { refundNo: last?.refundNo ?? null, status, reason: reason.slice(0, limits.refundReasonMax) },
    });
    return ok({ status });
  });
  if (!result.ok) return result;
  if (result.value.status === "paid") await fillOwedOrder(deps, orderId);
  deps.log.info("refund.given_up", { orderId, status: result.value.status });
  return result;
}
