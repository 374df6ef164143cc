import { type Break, INVARIANTS, type Pass, saveProgress } from "@/lib/features/audit";
import { auditHaltReason, haltForAudit } from "@/lib/features/catalog/halt";
import { renewBrokenPromise, resolveMended } from "@/lib/features/reconciliation/broken-promises";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { mailAdmins } from "./mail-admins";

/** One break: its finding, the halt and the letters commit together. Safe twice. */
export async function raiseBreak(
  deps: Deps,
  pass: Pick<Pass, "pass" | "at">,
  { invariant, productId, rows, hasMore }: Break,
): Promise<void> {
  const { id, name, kind } = invariant;
  const broken = { invariant: id, name, productId, pass: pass.pass, at: pass.at, rows, hasMore };
  let hasHalted = false;
  const raised = await inTransaction(deps.db, async (tx) => {
    const { outcome, findingId } = await renewBrokenPromise(tx, broken);
    hasHalted =
      outcome !== "accepted" &&
      kind === "safety" &&
      productId !== null &&
      (await haltForAudit(tx, { productId, reason: auditHaltReason(id, name) }));
    if (outcome === "opened")
      await mailAdmins(tx, deps, { kind: "invariant_broken", findingId, pauseMinutes: 1, countsSent: false });
    return ok(outcome);
  });
  if (!raised.ok || raised.value === "accepted") return;
  // Found again and again, it is one finding and one line.
  if (raised.value === "known" && !hasHalted) return;
  const told = { invariant: id, productId, rows: rows.length, pass: pass.pass, isNew: raised.value === "opened" };
  deps.log.error(productId ? "audit.violated" : "audit.violated_nothing_halted", told);
  if (hasHalted) deps.log.error("product.halted", { productId, invariant: id });
}

/**
 * Draws the consequences of a pass: a broken promise of safety takes the products it concerns off sale, and each break opens
 * a finding and tells the admins. Safe twice: the same break again changes nothing. The position is put down last, so that
 * whoever is killed in between has the next pass find the same again.
 */
export async function settleAudit(deps: Deps, pass: Pass): Promise<void> {
  for (const broken of pass.breaks) await raiseBreak(deps, pass, broken);
  for (const { id, failure } of pass.results)
    if (failure) deps.log.error("audit.unanswered", { invariant: id, failure });
  if (pass.unfinished) deps.log.error("audit.unfinished", { pass: pass.pass, reason: pass.unfinished });
  await inTransaction(deps.db, async (tx) => {
    const isSaved = await saveProgress(tx, pass);
    if (isSaved && pass.pass === "full") await resolveMended(tx, mendedBy(pass));
    return ok(null);
  });
}

/** Invariants that hold of every row. A finding that names a product has another subject, and waits for an admin. */
function mendedBy({ results }: Pass): string[] {
  const clean = new Set(results.filter(({ ok }) => ok).map(({ id }) => id));
  return INVARIANTS.filter(({ id }) => clean.has(id)).map(({ id }) => id);
}
