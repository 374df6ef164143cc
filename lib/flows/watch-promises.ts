import { findOverdue } from "@/lib/features/promises/store";
import { openFinding } from "@/lib/features/reconciliation/findings";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/**
 * Opens a finding for each paid order whose promise is past its day. It closes when the order is delivered or given back; one that was
 * resolved by a person stays so. Returns how many it opened.
 */
export async function watchPromises(deps: Deps): Promise<number> {
  const overdue = await findOverdue(deps.db, limits.listRowsPerPage);
  if (overdue.length === 0) return 0;
  await inTransaction(deps.db, async (tx) => {
    for (const { orderId, kind, dueAt } of overdue) {
      const detail = { kind, dueAt: dueAt.toISOString() };
      await openFinding(tx, { kind: "overdue_order", subject: orderId, orderId, detail });
    }
    return ok(null);
  });
  deps.log.warn("promises.overdue", { orders: overdue.length });
  return overdue.length;
}
