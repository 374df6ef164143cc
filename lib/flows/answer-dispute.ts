import { mailBuyer, mailMerchant } from "@/lib/features/disputes/mails";
import { maskCards } from "@/lib/features/disputes/mask";
import { type DisputeState, isOpen, stateAfterAnswer } from "@/lib/features/disputes/rules";
import { addMessage, type Dispute, findMessage, lockDispute, moveDispute } from "@/lib/features/disputes/store";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { takeAttempt } from "@/lib/platform/attempts";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { mailAdminsOfDispute } from "./mail-admins";
import { canMail } from "./mail-order-link";

/** Whoever holds the order, as its callers have established, or somebody of the back office. */
export type DisputeAuthor = { readonly kind: "buyer"; readonly orderId: string } | Viewer;

/** Whether a dispute is there for this author: his own order's, his own shop's, or any for an admin. */
export function isTheirs(author: DisputeAuthor, dispute: Dispute): boolean {
  if (author.kind === "buyer") return dispute.source === "buyer" && dispute.orderId === author.orderId;
  return author.kind === "admin" || dispute.merchantId === author.merchantId;
}

/** How an author stands in the thread. */
export const authorOf = (author: DisputeAuthor) => ({
  kind: author.kind,
  userId: author.kind === "buyer" ? null : author.userId,
});

export interface AnswerDispute {
  readonly disputeId: string;
  /** Made when the form is. */
  readonly requestId: string;
  readonly text: string;
  /** Hands it to the platform: a merchant may at any time, a buyer once the merchant has answered. */
  readonly callAdmin: boolean;
}

export type AnswerRefusal =
  | "not_found"
  | "bank_decides"
  | "dispute_closed"
  | "thread_full"
  | "rate_limited"
  | "idempotency_conflict";

/** The turn passes, or the platform is called; a deadline that runs already is not prolonged by more words of the same side. */
async function passTurn(tx: Tx, dispute: Dispute, { author, next }: { author: DisputeAuthor; next: DisputeState }) {
  if (next === dispute.status) return;
  await moveDispute(tx, dispute.id, { status: next });
  if (next !== "escalated") return;
  await addMessage(tx, {
    disputeId: dispute.id,
    author: authorOf(author),
    kind: "escalated",
    body: "",
    requestId: newId(),
  });
}

async function tell(deps: Deps, tx: Tx, id: string, { author, next }: { author: DisputeAuthor; next: DisputeState }) {
  const status = canMail(deps) ? "queued" : "not_configured";
  if (author.kind !== "buyer") await mailBuyer(tx, id, "dispute_answered", status);
  else if (next === "waiting_merchant") await mailMerchant(tx, id, status);
}

async function answer(
  deps: Deps,
  tx: Tx,
  { author, cmd }: { author: DisputeAuthor; cmd: AnswerDispute },
): Promise<Result<null, AnswerRefusal>> {
  const dispute = await lockDispute(tx, cmd.disputeId);
  if (!dispute || !isTheirs(author, dispute)) return err("not_found");
  const known = await findMessage(tx, dispute.id, cmd.requestId);
  if (known)
    return known.kind === "answer" && known.authorKind === author.kind ? ok(null) : err("idempotency_conflict");
  // Of a chargeback the buyer has no page: nobody would read the answer, and the mail about it would lead nowhere.
  if (dispute.source === "gateway") return err("bank_decides");
  if (!isOpen(dispute.status)) return err("dispute_closed");
  if (dispute.messageCount >= limits.disputeMessagesMax) return err("thread_full");
  const { orderId, merchantId } = dispute;
  const body = await maskCards(tx, deps, { orderId, merchantId, text: cmd.text });
  const said = { disputeId: dispute.id, author: authorOf(author), body, requestId: cmd.requestId };
  await addMessage(tx, { ...said, kind: "answer" });
  const mayCall = author.kind === "merchant" || dispute.status === "waiting_buyer";
  const next = stateAfterAnswer(dispute.status, author.kind, cmd.callAdmin && mayCall);
  await passTurn(tx, dispute, { author, next });
  await tell(deps, tx, dispute.id, { author, next });
  if (next === "escalated" && dispute.status !== "escalated") await mailAdminsOfDispute(tx, deps, dispute.id);
  if (author.kind === "buyer") return ok(null);
  await recordAudit(tx, {
    actor: author,
    action: "dispute.answered",
    subjectKind: "dispute",
    subjectId: dispute.id,
    merchantId,
    detail: { isHandedOn: next === "escalated" && dispute.status !== "escalated" },
  });
  return ok(null);
}

/**
 * Adds an answer to an open dispute, once for each intention: the turn passes to the other side with a new deadline, or to the platform.
 * A dispute of another order, or of another merchant, is not found.
 */
export async function answerDispute(
  deps: Deps,
  author: DisputeAuthor,
  cmd: AnswerDispute,
): Promise<Result<null, AnswerRefusal>> {
  const rule = { name: "dispute.answers", points: limits.disputeAnswersPerHour, windowSeconds: 3_600 };
  const turn = await takeAttempt(deps, rule, author.kind === "buyer" ? author.orderId : author.userId);
  if (!turn.ok) return turn;
  return inTransaction(deps.db, (tx) => answer(deps, tx, { author, cmd }));
}
