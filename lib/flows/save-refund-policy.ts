import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

export interface RefundPolicy {
  /** A second payment waits for a person, or goes back by itself. */
  readonly double: "ask" | "refund";
  /** Late money whose cards are gone is owed its cards, or goes back by itself. */
  readonly noStock: "owe" | "refund";
}

/** Sets what a shop does by itself with money that it has no cards for; by an admin, on record. It holds for what is open already. */
export async function saveRefundPolicy(
  deps: Deps,
  viewer: Viewer,
  { merchantId, double, noStock }: RefundPolicy & { readonly merchantId: string },
): Promise<Result<null, "not_allowed" | "not_found">> {
  if (viewer.kind !== "admin") return err("not_allowed");
  return inTransaction<null, "not_found">(deps.db, async (tx) => {
    const data = { doublePolicy: double, noStockPolicy: noStock };
    const { count } = await tx.merchant.updateMany({ where: { id: merchantId }, data });
    if (count === 0) return err("not_found");
    await recordAudit(tx, {
      actor: viewer,
      action: "merchant.refund_policy_saved",
      subjectKind: "merchant",
      subjectId: merchantId,
      merchantId,
      detail: { double, noStock },
    });
    return ok(null);
  });
}
