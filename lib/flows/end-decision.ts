import { type Decision, endDecision, findDecision } from "@/lib/features/disputes/decisions";
import { mailBuyer } from "@/lib/features/disputes/mails";
import { addMessage, lockDispute, moveDispute, releaseDispute } from "@/lib/features/disputes/store";
import type { Actor } from "@/lib/kernel/actor";
import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { canMail } from "./mail-order-link";

function actorOf({ decidedByKind, decidedBy }: Decision, merchantId: string): Exclude<Actor, { kind: "buyer" }> {
  if (decidedByKind === "system" || decidedBy === null) return { kind: "system" };
  if (decidedByKind === "admin") return { kind: "admin", userId: decidedBy };
  return { kind: "merchant", userId: decidedBy, merchantId };
}

/** A decision that is carried out: the dispute is decided, the thread and the audit log say so, and the buyer is told. */
async function finish(deps: Deps, tx: Tx, decision: Decision, merchantId: string): Promise<void> {
  const { id, disputeId, outcome, reason, decidedByKind, decidedBy, amountMinor, currency } = decision;
  await moveDispute(tx, disputeId, { status: "decided", decisionId: id });
  const money = { amountMinor: amountMinor?.toString() ?? null, currency };
  const author = { kind: decidedByKind, userId: decidedBy };
  await addMessage(tx, {
    ...{ disputeId, author, kind: "decided", body: reason, requestId: id },
    detail: { outcome, ...money },
  });
  await recordAudit(tx, {
    actor: actorOf(decision, merchantId),
    action: "dispute.decided",
    subjectKind: "dispute",
    subjectId: disputeId,
    merchantId,
    detail: { outcome, decisionId: id, ...money },
  });
  await mailBuyer(tx, disputeId, "dispute_decided", canMail(deps) ? "queued" : "not_configured");
}

/** A decision of which nothing was done: the dispute goes back to where it was, with its deadline. */
async function drop(tx: Tx, { disputeId, outcome, fromStatus }: Decision, code: string): Promise<void> {
  await releaseDispute(tx, disputeId, fromStatus);
  const author = { kind: "system", userId: null } as const;
  await addMessage(tx, {
    ...{ disputeId, author, kind: "not_done", body: "", requestId: newId() },
    detail: { outcome, code },
  });
}

/**
 * Ends a decision that was begun, once, whoever comes first: the one who decided, or the job that comes after a kill. `failure` null: what it
 * decided is done; else why it is not.
 */
export async function endDecisionOf(deps: Deps, decisionId: string, failure: string | null): Promise<void> {
  const ended = await inTransaction(deps.db, async (tx) => {
    const known = await findDecision(tx, decisionId);
    assert(known, "decisions are never deleted");
    const dispute = await lockDispute(tx, known.disputeId);
    assert(dispute, "disputes are never deleted");
    if (!(await endDecision(tx, decisionId, failure === null ? "done" : "dropped"))) return ok(false);
    if (failure === null) await finish(deps, tx, known, dispute.merchantId);
    else await drop(tx, known, failure);
    return ok(true);
  });
  if (ended.ok && ended.value) deps.log.info("dispute.decision_ended", { decisionId, failure: failure ?? "" });
}
