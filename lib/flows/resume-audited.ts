import { recheck } from "@/lib/features/audit";
import { liftAuditHalt } from "@/lib/features/catalog/halt";
import { closeBrokenPromise, findBrokenPromise, isProductBroken } from "@/lib/features/reconciliation/broken-promises";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

export interface Resumption {
  readonly findingId: string;
  readonly reason: string;
  /** The admin has been told that the break still stands, and wants to go on. */
  readonly isConfirmed: boolean;
}

type Admin = Extract<Viewer, { kind: "admin" }>;

/**
 * Closes a finding of the audit with a reason, and puts its product back on sale when no other finding holds it. What was
 * broken is asked about again first: while it stands the admin must say that it may; then these very rows are accepted, and
 * any other row halts the product again. A product that a person has halted stays halted.
 */
export async function resumeAudited(
  deps: Deps,
  auditUrl: string,
  { viewer, findingId, reason, isConfirmed }: Resumption & { viewer: Admin },
): Promise<Result<{ isSelling: boolean }, "not_found" | "still_broken">> {
  const known = await findBrokenPromise(deps.db, findingId);
  if (!known) return err("not_found");
  const { evidence } = known;
  const standing = await recheck(auditUrl, { ...known, rows: evidence.rows, pass: evidence.pass });
  if ((standing === null || standing.length > 0) && !isConfirmed) return err("still_broken");
  // What could not be asked about in time is taken to stand as it was found.
  const accepted = standing === null ? evidence.rows : [...evidence.rows, ...standing];
  return inTransaction(deps.db, async (tx) => {
    const locked = await findBrokenPromise(tx, findingId, { isLocked: true });
    if (!locked) return err("not_found");
    const isMended = standing !== null && standing.length === 0;
    await closeBrokenPromise(tx, { findingId, actorId: viewer.userId, reason, standing: isMended ? [] : accepted });
    await recordAudit(tx, {
      actor: viewer,
      action: "audit.finding_closed",
      subjectKind: "finding",
      subjectId: findingId,
      detail: { invariant: locked.invariant, productId: locked.productId, reason, isMended },
    });
    const { productId } = locked;
    const isSelling =
      productId !== null &&
      !(await isProductBroken(tx, productId)) &&
      (await liftAuditHalt(tx, { productId, actor: viewer, reason }));
    return ok({ isSelling });
  });
}
