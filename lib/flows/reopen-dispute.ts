import { mailMerchant } from "@/lib/features/disputes/mails";
import { maskCards } from "@/lib/features/disputes/mask";
import { isOpen, judgeReopening } from "@/lib/features/disputes/rules";
import {
  addMessage,
  type Dispute,
  findMessage,
  findOutcome,
  isReportedElsewhere,
  lockDispute,
  moveDispute,
} from "@/lib/features/disputes/store";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { isTheirs } from "./answer-dispute";
import { mailAdminsOfDispute } from "./mail-admins";
import { canMail } from "./mail-order-link";

/** What the buyer does to his own report, beside answering; his callers have established that he holds the order. */
export interface BuyersAct {
  readonly orderId: string;
  readonly disputeId: string;
  readonly requestId: string;
  readonly text: string;
}

const BUYER = { kind: "buyer", userId: null } as const;

async function find(tx: Tx, { orderId, disputeId }: BuyersAct): Promise<Dispute | null> {
  const dispute = await lockDispute(tx, disputeId);
  return dispute && isTheirs({ kind: "buyer", orderId }, dispute) ? dispute : null;
}

/** Takes a report back while nobody has decided; it counts as a report and as no outcome. Safe twice. */
export function withdrawDispute(deps: Deps, act: BuyersAct): Promise<Result<null, "not_found" | "dispute_closed">> {
  return inTransaction(deps.db, async (tx) => {
    const dispute = await find(tx, act);
    if (!dispute) return err("not_found");
    if (dispute.status === "withdrawn") return ok(null);
    if (!isOpen(dispute.status)) return err("dispute_closed");
    const { disputeId, requestId } = act;
    if (!(await addMessage(tx, { disputeId, author: BUYER, kind: "withdrawn", body: "", requestId }))) return ok(null);
    await moveDispute(tx, disputeId, { status: "withdrawn" });
    return ok(null);
  });
}

export type ReopenRefusal = "not_found" | "not_closed" | "reopening_over" | "already_reported" | "required";

/**
 * Opens a report again that was refused, compensated or closed, within some days and a few times at most, with words that say why. It goes
 * to the platform at once: whoever decided before has had his say. The earlier decision stays on record.
 */
export function reopenDispute(deps: Deps, act: BuyersAct): Promise<Result<null, ReopenRefusal>> {
  return inTransaction<null, ReopenRefusal>(deps.db, async (tx) => {
    const dispute = await find(tx, act);
    if (!dispute) return err("not_found");
    const { disputeId, requestId } = act;
    if (await findMessage(tx, disputeId, requestId)) return ok(null);
    if (act.text === "") return err("required");
    const outcome = await findOutcome(tx, dispute.decisionId);
    const judged = judgeReopening({ ...dispute, outcome }, dispute.now);
    if (!judged.ok) return judged;
    if (await isReportedElsewhere(tx, dispute)) return err("already_reported");
    const { orderId, merchantId } = dispute;
    const body = await maskCards(tx, deps, { orderId, merchantId, text: act.text });
    await addMessage(tx, { disputeId, author: BUYER, kind: "reopened", body, requestId });
    await moveDispute(tx, disputeId, { status: "escalated", reopens: 1 });
    await mailMerchant(tx, disputeId, canMail(deps) ? "queued" : "not_configured");
    await mailAdminsOfDispute(tx, deps, disputeId);
    return ok(null);
  });
}
