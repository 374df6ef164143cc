import { lockOrder } from "@/lib/features/orders/store";
import { closeReport, decideTransfer, findManualAttempt } from "@/lib/features/transfers/store";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/**
 * An admin says that there is no such transfer: what waited for a second name is void, and the buyer, who said that he had transferred, reads
 * why. The order stays as it is, and the buyer may say it again. `proposal_gone`: nothing waits any more.
 */
export async function refuseTransfer(
  deps: Deps,
  viewer: Viewer,
  { attemptId, refusal }: { attemptId: string; refusal: string },
): Promise<Result<null, "not_allowed" | "not_found" | "proposal_gone">> {
  if (viewer.kind !== "admin") return err("not_allowed");
  return inTransaction<null, "not_found" | "proposal_gone">(deps.db, async (tx) => {
    const attempt = await findManualAttempt(tx, attemptId);
    const order = attempt && (await lockOrder(tx, attempt.orderId));
    if (!order) return err("not_found");
    const waiting = await tx.transfer.findFirst({ where: { attemptId, status: "proposed" }, select: { id: true } });
    const decision = { status: "refused", decidedBy: viewer.userId, refusal } as const;
    const isVoided = waiting !== null && (await decideTransfer(tx, waiting.id, decision));
    const isAnswered = await closeReport(tx, attemptId, refusal);
    if (!isVoided && !isAnswered) return err("proposal_gone");
    await recordAudit(tx, {
      actor: viewer,
      action: "transfer.refused",
      subjectKind: "order",
      subjectId: order.id,
      merchantId: order.merchantId,
      detail: { refusal },
    });
    return ok(null);
  });
}
