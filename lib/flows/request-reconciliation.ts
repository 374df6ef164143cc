import { addRun, type RunScope, stopRun } from "@/lib/features/reconciliation/runs";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

type Admin = Extract<Viewer, { kind: "admin" }>;

/** Puts a run over a period, a shop, an account or an order in the queue, on record; what it names must be there. Returns the run's id. */
export function requestReconciliation(
  deps: Deps,
  viewer: Admin,
  scope: RunScope,
): Promise<Result<string, "not_found" | "out_of_range">> {
  return inTransaction<string, "not_found" | "out_of_range">(deps.db, async (tx) => {
    const { from, to, merchantId, accountId, orderId } = scope;
    if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) return err("out_of_range");
    const isThere =
      (!merchantId || (await tx.merchant.count({ where: { id: merchantId } })) === 1) &&
      (!accountId || (await tx.gatewayAccount.count({ where: { id: accountId } })) === 1) &&
      (!orderId || (await tx.order.count({ where: { id: orderId } })) === 1);
    if (!isThere) return err("not_found");
    const runId = await addRun(tx, { scope, requestedBy: viewer.userId });
    await recordAudit(tx, {
      actor: viewer,
      action: "reconciliation.requested",
      subjectKind: "reconciliation_run",
      subjectId: runId,
      detail: Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined)) as Record<
        string,
        string
      >,
    });
    return ok(runId);
  });
}

/** Stops a run behind the step that is under way, on record; what it has found stays found. */
export function stopReconciliation(deps: Deps, viewer: Admin, runId: string): Promise<Result<null, "not_found">> {
  return inTransaction<null, "not_found">(deps.db, async (tx) => {
    if (!(await stopRun(tx, runId))) return err("not_found");
    await recordAudit(tx, {
      actor: viewer,
      action: "reconciliation.stopped",
      subjectKind: "reconciliation_run",
      subjectId: runId,
    });
    return ok(null);
  });
}
