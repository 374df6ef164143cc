import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { lockOrder } from "@/lib/features/orders/store";
import { askNowOfOrder } from "@/lib/features/payments/attempts";
import { type Actor, actorUserId } from "@/lib/kernel/actor";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { releaseOrders } from "./release-orders";

/**
 * A pending order that no money has reached is closed and its cards go back; every other one is left as it is. A payment
 * that arrives afterwards is late money, and still money.
 */
export async function cancelOrder(
  deps: Deps,
  { orderId, actor }: { orderId: string; actor: Actor },
): Promise<Result<null, "not_found" | "not_cancellable">> {
  const result = await inTransaction(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order) return err("not_found");
    const isExpired = actor.kind === "buyer" && order.isPastDeadline;
    if (order.status !== "pending" || order.paymentCount > 0 || isExpired) return err("not_cancellable");
    const reason = `cancelled_by_${actor.kind}`;
    // So that the gateway is asked, and told to take no money, within seconds and outside this transaction.
    await askNowOfOrder(tx, orderId);
    return ok(
      await releaseOrders(tx, [orderId], {
        to: "cancelled",
        reason,
        actorId: actorUserId(actor),
        keepsDeducted: false,
      }),
    );
  });
  if (!result.ok) return result;
  for (const variantId of result.value.variantIds) noticeStockArrival(deps, variantId);
  deps.log.info("order.cancelled", { orderId, by: actor.kind });
  return ok(null);
}
