import { type FindingHead, readFinding } from "@/lib/features/reconciliation/find-finding";
import { endAct, letGo, type RemedyAct } from "@/lib/features/reconciliation/remedy-acts";
import { acceptFinding, closeFinding, recordRemedy } from "@/lib/features/reconciliation/work-on-finding";
import { assert } from "@/lib/kernel/assert";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Proven } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { findRemedy } from "./remedies/registry";
import type { Admin, AnyRemedy, Doing } from "./remedies/remedy";

type Done = { readonly state: "done"; readonly outcome: string };

/** Through the remedy's own flow; of what moves money or cards, only for somebody who has shown who they are. */
function run(
  deps: Deps,
  actor: Admin | Proven<Admin> | null,
  { remedy, doing, input }: { remedy: AnyRemedy; doing: Doing; input: unknown },
): Promise<Result<string, string>> {
  if (!remedy.needsProof) return remedy.apply(deps, actor, doing, input);
  if (actor === null || !("stepUp" in actor)) return Promise.resolve(err("step_up"));
  return remedy.apply(deps, actor, doing, input);
}

/** On record with the finding and among what the person did; and the finding closed, where the difference is gone. */
async function finish(
  tx: Tx,
  actor: Admin | null,
  { act, finding, remedy, outcome }: { act: RemedyAct; finding: FindingHead; remedy: AnyRemedy; outcome: string },
): Promise<void> {
  const { findingId, reason } = act;
  const actorId = actor?.userId ?? null;
  if (!(await endAct(tx, act.id, { state: "done", outcome }))) return;
  await recordRemedy(tx, { findingId, actorId, remedy: remedy.name, note: reason, detail: { outcome, actId: act.id } });
  await recordAudit(tx, {
    actor: actor ?? { kind: "system" },
    action: "finding.remedied",
    subjectKind: "finding",
    subjectId: findingId,
    merchantId: finding.merchantId,
    detail: { remedy: remedy.name, outcome, actId: act.id, reason },
  });
  if (remedy.isAcceptance && actorId !== null) await acceptFinding(tx, { findingId, actorId, reason });
  else if (await remedy.isGone(tx, finding)) await closeFinding(tx, { findingId, actorId, resolution: remedy.name });
}

/**
 * Carries out an act that is begun. What the flow refuses ends the act as failed and changes nothing else; when the flow breaks, the act stays
 * begun and can be begun again at once. Whatever the flow wrote carries the act's id, so beginning again does nothing twice.
 */
export async function carryOut(
  deps: Deps,
  actor: Admin | Proven<Admin> | null,
  act: RemedyAct,
  auditUrl: string,
): Promise<Result<Done, string>> {
  const remedy = findRemedy(act.remedy);
  const finding = await readFinding(deps.db, act.findingId);
  assert(remedy && finding, "an act is of a remedy and of a finding");
  const doing = { actId: act.id, finding, reason: act.reason, facts: act.facts, auditUrl };
  const input = remedy.input.parse(act.input);
  const done = await run(deps, actor, { remedy, doing, input }).catch(async (error: unknown) => {
    await letGo(deps.db, act.id);
    throw error;
  });
  deps.log.info("finding.remedy", {
    findingId: act.findingId,
    remedy: act.remedy,
    outcome: done.ok ? done.value : done.error,
  });
  if (!done.ok) {
    await endAct(deps.db, act.id, { state: "failed", outcome: done.error.slice(0, 80) });
    return done;
  }
  await inTransaction(deps.db, async (tx) => {
    await finish(tx, actor, { act, finding, remedy, outcome: done.value });
    return ok(null);
  });
  return ok({ state: "done", outcome: done.value });
}
