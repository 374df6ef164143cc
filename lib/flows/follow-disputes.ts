import { findDecision, findEffect, listPending } from "@/lib/features/disputes/decisions";
import { mailBuyer } from "@/lib/features/disputes/mails";
import { addMessage, isOverdue, listOverdue, lockDispute, moveDispute } from "@/lib/features/disputes/store";
import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { endDecisionOf } from "./end-decision";
import { mailAdminsOfDispute } from "./mail-admins";
import { canMail } from "./mail-order-link";

const SYSTEM = { kind: "system", userId: null } as const;

/** One whose deadline is over: a silent merchant's goes to the platform, a silent buyer's is closed, and he may open it again. */
async function passOver(deps: Deps, tx: Tx, disputeId: string): Promise<boolean> {
  const dispute = await lockDispute(tx, disputeId);
  const isMerchants = dispute?.status === "waiting_merchant";
  if (!dispute || (!isMerchants && dispute.status !== "waiting_buyer")) return false;
  if (!(await isOverdue(tx, disputeId))) return false;
  await moveDispute(tx, disputeId, { status: isMerchants ? "escalated" : "withdrawn" });
  const kind = isMerchants ? "escalated" : "lapsed";
  await addMessage(tx, { disputeId, author: SYSTEM, kind, body: "", requestId: newId() });
  const mail = isMerchants ? "dispute_escalated" : "dispute_closed";
  await mailBuyer(tx, disputeId, mail, canMail(deps) ? "queued" : "not_configured");
  if (isMerchants) await mailAdminsOfDispute(tx, deps, disputeId);
  return true;
}

/** One decision that was begun: ended by what bears its number. What nothing came of is dropped when nobody can be at it any more. */
async function followDecision(deps: Deps, { id, isOld }: { id: string; isOld: boolean }): Promise<boolean> {
  const decision = await findDecision(deps.db, id);
  assert(decision, "decisions are never deleted");
  const effect = await findEffect(deps.db, decision);
  if (effect === "waiting" || (effect === "none" && !isOld)) return false;
  // Of a refusal nothing but the reason is to be done; its author may be about to.
  if (decision.outcome === "reject" && !isOld) return false;
  await endDecisionOf(
    deps,
    id,
    effect === "done" ? null : effect === "refused" ? "second_name_refused" : "interrupted",
  );
  return true;
}

/**
 * Sees to disputes that nobody attends to: deadlines that have passed, and decisions that were begun and not ended, because a second admin
 * had to agree or the process was killed. Safe twice and by two at once. Returns how many it moved.
 */
export async function followDisputes(deps: Deps): Promise<number> {
  let moved = 0;
  for (const { id } of await listOverdue(deps.db, limits.disputesPerRun)) {
    const passed = await inTransaction(deps.db, async (tx) => ok(await passOver(deps, tx, id)));
    if (passed.ok && passed.value) moved += 1;
  }
  for (const pending of await listPending(deps.db, limits.disputesPerRun))
    if (await followDecision(deps, pending)) moved += 1;
  if (moved > 0) deps.log.info("dispute.followed", { moved });
  return moved;
}
