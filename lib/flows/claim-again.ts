import { changeOrder, lockOrder } from "@/lib/features/orders/store";
import { openFinding, reopenFinding } from "@/lib/features/reconciliation/findings";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { fillOwedOrder } from "./fill-owed-orders";

export type ClaimRefusal = "no_order" | "not_paid" | "disputed";

/**
 * Serves a paid order that has no cards, from what there is and behind whoever paid before it. One that is not down as owed, as every such
 * order should be, is put down as owed first, since now, by whoever asks. Safe twice: an order that is served already stays as it is.
 */
export async function claimAgain(
  deps: Deps,
  { orderId, actorId }: { readonly orderId: string; readonly actorId: string | null },
): Promise<Result<"delivered" | "still_owed", ClaimRefusal>> {
  const owed = await inTransaction<null, ClaimRefusal>(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order) return err("no_order");
    if (order.status === "delivered") return ok(null);
    if (order.status !== "paid" || order.settledPaymentId === null) return err("not_paid");
    if (order.disputedAt !== null) return err("disputed");
    if (order.owedAt !== null) return ok(null);
    const [now] = await tx.$queryRaw<[{ at: Date }]>`SELECT date_trunc('milliseconds', clock_timestamp()) AS at`;
    await changeOrder(tx, order, { owedAt: now.at }, { reason: "claimed_again", actorId });
    const finding = { kind: "owed_order", subject: orderId, orderId } as const;
    await openFinding(tx, finding);
    await reopenFinding(tx, finding);
    return ok(null);
  });
  if (!owed.ok) return owed;
  await fillOwedOrder(deps, orderId);
  const { status } = await deps.db.order.findUniqueOrThrow({ where: { id: orderId }, select: { status: true } });
  return ok(status === "delivered" ? "delivered" : "still_owed");
}
