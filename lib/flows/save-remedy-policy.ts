import type { RemedyName } from "@/lib/features/reconciliation/kinds";
import { lockPolicy, policyText, type RemedyPolicy, writePolicy } from "@/lib/features/reconciliation/remedy-policies";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { AUTOMATIC } from "./remedies/registry";

type Admin = Extract<Viewer, { kind: "admin" }>;

interface SavePolicy extends RemedyPolicy {
  readonly remedy: string;
  /** `policyText` of what was on the form when it was opened; anything else by now, and nothing is saved. */
  readonly seen: string;
}

async function save(tx: Tx, viewer: Admin, remedy: RemedyName, policy: RemedyPolicy): Promise<void> {
  await writePolicy(tx, remedy, { ...policy, changedBy: viewer.userId });
  await recordAudit(tx, {
    actor: viewer,
    action: "finding.policy_saved",
    subjectKind: "remedy",
    subjectId: remedy,
    detail: { isOn: policy.isOn, dailyMax: policy.dailyMax },
  });
}

/** Says whether the shop may do one safe remedy by itself, and how often in a day; by an admin, on record. */
export async function saveRemedyPolicy(
  deps: Deps,
  viewer: Viewer,
  { remedy: name, isOn, dailyMax, seen }: SavePolicy,
): Promise<Result<null, "not_allowed" | "not_found" | "conflict">> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const remedy = AUTOMATIC.find((one) => one === name);
  if (!remedy) return err("not_found");
  return inTransaction<null, "conflict">(deps.db, async (tx) => {
    if (policyText(await lockPolicy(tx, remedy)) !== seen) return err("conflict");
    await save(tx, viewer, remedy, { isOn, dailyMax });
    return ok(null);
  });
}

/** The stop button: nothing more is done by itself from this moment, whatever else was being changed. */
export async function stopRemedies(deps: Deps, viewer: Viewer): Promise<Result<null, "not_allowed">> {
  if (viewer.kind !== "admin") return err("not_allowed");
  return inTransaction<null, never>(deps.db, async (tx) => {
    for (const remedy of [...AUTOMATIC].sort()) {
      const policy = await lockPolicy(tx, remedy);
      if (policy.isOn) await save(tx, viewer, remedy, { ...policy, isOn: false });
    }
    return ok(null);
  });
}
