import { readFinding } from "@/lib/features/reconciliation/find-finding";
import { FINDING_KINDS, type FindingKind, type RemedyName, ruleOf } from "@/lib/features/reconciliation/kinds";
import { findGoing, insertAct, type RemedyAct } from "@/lib/features/reconciliation/remedy-acts";
import {
  countByPolicyToday,
  findForPolicy,
  findTurnedOn,
  lockPolicy,
} from "@/lib/features/reconciliation/remedy-policies";
import { lockFinding } from "@/lib/features/reconciliation/work-on-finding";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { carryOut } from "./carry-out-remedy";
import { lookAtRemedy } from "./preview-remedy";
import { AUTOMATIC } from "./remedies/registry";

const kindsOf = (remedy: RemedyName): FindingKind[] =>
  (Object.keys(FINDING_KINDS) as FindingKind[]).filter((kind) => ruleOf(kind).remedies.includes(remedy));

/**
 * Begins it, if it is still turned on and today has room: asked under the policy's lock, so that whoever presses stop, or counts beside it,
 * is heard before the next one.
 */
async function begin(
  deps: Deps,
  remedy: RemedyName,
  findingId: string,
): Promise<Result<RemedyAct, "stopped" | "cap_reached" | "not_free" | "refused">> {
  const finding = await readFinding(deps.db, findingId);
  if (!finding) return err("not_free");
  const standing = await lookAtRemedy(deps, null, finding, { remedy, input: {} });
  if (!standing.ok || standing.value.needsTwoNames) return err("refused");
  const { look, seen } = standing.value;
  return inTransaction<RemedyAct, "stopped" | "cap_reached" | "not_free">(deps.db, async (tx) => {
    const { isOn, dailyMax } = await lockPolicy(tx, remedy);
    if (!isOn) return err("stopped");
    if ((await countByPolicyToday(tx, remedy)) >= dailyMax) return err("cap_reached");
    const locked = await lockFinding(tx, findingId);
    const isFree = locked?.status === "open" && locked.ownerId === null && (await findGoing(tx, findingId)) === null;
    if (!isFree) return err("not_free");
    const draft = {
      ...{ id: newId(), findingId, remedy, input: {}, facts: look.facts, seen, reason: "policy", needsTwoNames: false },
      ...{ amountMinor: null, currency: null, proposedBy: null },
    };
    await insertAct(tx, draft);
    return ok({ ...draft, state: "begun", outcome: null, decidedBy: null, isLeased: true });
  });
}

async function runOne(deps: Deps, auditUrl: string, remedy: RemedyName): Promise<number> {
  let done = 0;
  for (const findingId of await findForPolicy(deps.db, kindsOf(remedy), limits.remediesLookedAtPerRun)) {
    if (done === limits.remediesPerRun) return done;
    const begun = await begin(deps, remedy, findingId);
    if (!begun.ok && (begun.error === "stopped" || begun.error === "cap_reached")) return done;
    if (!begun.ok) continue;
    const carried = await carryOut(deps, null, begun.value, auditUrl);
    if (carried.ok) done++;
  }
  return done;
}

/**
 * Does by itself what a person has said may be done by itself: safe remedies alone, about findings that nobody has in hand, at most so many in
 * a day. By default it does nothing. Safe beside people and beside itself: one thing at a time is done about each finding. Returns how many
 * it did.
 */
export async function remedyByPolicy(deps: Deps, auditUrl: string): Promise<number> {
  const turnedOn = await findTurnedOn(deps.db);
  let done = 0;
  for (const remedy of AUTOMATIC) if (turnedOn.includes(remedy)) done += await runOne(deps, auditUrl, remedy);
  return done;
}
