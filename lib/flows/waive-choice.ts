import { lockOrder } from "@/lib/features/orders/store";
import { waiveChosen } from "@/lib/features/previews/store";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type ClaimRefusal, claimAgain } from "./claim-again";

/**
 * A paid order whose chosen card is gone takes any other card of its variant, because its buyer told a person so: it stands in line as every
 * owed order does, behind whoever paid before it. On record, once; an order that holds cards, or chose none, is left alone.
 */
export async function waiveChoice(
  deps: Deps,
  admin: Extract<Viewer, { kind: "admin" }>,
  { orderId, reason }: { readonly orderId: string; readonly reason: string },
): Promise<Result<"delivered" | "still_owed", ClaimRefusal | "no_choice">> {
  const waived = await inTransaction<null, ClaimRefusal | "no_choice">(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order) return err("no_order");
    if (order.disputedAt !== null) return err("disputed");
    // Begun before and cut off: what is left to do is the claim.
    if (order.stockPolicy !== "pick") return ok(null);
    if (order.status !== "paid" || order.settledPaymentId === null || order.cardIds.length > 0) return err("not_paid");
    if (!(await waiveChosen(tx, orderId, admin.userId))) return err("no_choice");
    const subject = { subjectKind: "order", subjectId: orderId, merchantId: order.merchantId };
    await recordAudit(tx, { actor: admin, action: "order.choice_waived", ...subject, detail: { reason } });
    return ok(null);
  });
  return waived.ok ? claimAgain(deps, { orderId, actorId: admin.userId }) : waived;
}
