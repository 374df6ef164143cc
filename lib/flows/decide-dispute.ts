import { type Decision, findDecision, insertDecision } from "@/lib/features/disputes/decisions";
import { type DisputeKind, isOpen, OUTCOMES_OF, type Outcome } from "@/lib/features/disputes/rules";
import { contentHash, type Dispute, holdDispute, isCardInPlace, lockDispute } from "@/lib/features/disputes/store";
import type { ReplacementReason } from "@/lib/features/replacements/rules";
import { limits } from "@/lib/kernel/limits";
import { type Currency, type Money, parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, type Proven, type Viewer } from "@/lib/kernel/viewer";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type AdjustRefusal, adjustWallet } from "./adjust-wallet";
import { endDecisionOf } from "./end-decision";
import { type ReplaceRefusal, replaceCard } from "./replace-card";
import { type RefundRefusal, requestRefund } from "./request-refund";

interface Intention {
  readonly disputeId: string;
  /** Made when the form is. The replacement or the refund bears the same number, so that it happens once. */
  readonly decisionId: string;
  /** How many messages its author had read: who decides has read everything. */
  readonly seen: number;
  /** To the buyer. */
  readonly reason: string;
}

export type Judgement = Intention &
  ({ readonly outcome: "reject" } | { readonly outcome: "replace"; readonly seenReplacements: number });

export type MoneyJudgement = Intention &
  (
    | {
        readonly outcome: "refund";
        readonly paymentId: string;
        readonly amountMinor: bigint;
        readonly method: "source" | "balance";
        /** What the preview was made of (`standingOf`). */
        readonly standing: string;
      }
    | { readonly outcome: "compensate"; readonly amount: string }
  );

type AnyJudgement = Judgement | MoneyJudgement;

/** conflict: somebody wrote or decided since it was looked at · dispute_closed: it is decided, or another decision is being carried out */
export type DecideRefusal =
  | ReplaceRefusal
  | RefundRefusal
  | AdjustRefusal
  | "dispute_closed"
  | "bank_decides"
  | "not_done";

type Outcomes = Result<"done" | "waiting", DecideRefusal>;

/** What a judgement moves, in the words of the database; null where it moves no money. */
async function moneyOf(
  deps: Deps,
  orderId: string,
  judgement: AnyJudgement,
): Promise<Result<Money | null, DecideRefusal>> {
  if (judgement.outcome === "refund") {
    const { paymentId, amountMinor } = judgement;
    const payment = await deps.db.payment.findFirst({ where: { id: paymentId, orderId }, select: { currency: true } });
    if (!payment) return err("not_found");
    return amountMinor > 0n ? ok({ amountMinor, currency: payment.currency as Currency }) : err("amount_out_of_range");
  }
  if (judgement.outcome !== "compensate") return ok(null);
  const order = await deps.db.order.findUniqueOrThrow({
    where: { id: orderId },
    select: { currency: true, email: true },
  });
  if (order.email === "") return err("no_wallet");
  const amount = parseDecimal(judgement.amount, order.currency as Currency);
  return amount.ok && amount.value.amountMinor > 0n ? amount : err("amount_malformed");
}

/** Whether this decision may be begun; the dispute is locked. */
async function judge(
  tx: Tx,
  viewer: Viewer,
  dispute: Dispute,
  { outcome, seen }: { outcome: Outcome; seen: number },
): Promise<Result<null, DecideRefusal>> {
  if (!OUTCOMES_OF[viewer.kind].includes(outcome)) return err("not_allowed");
  if (dispute.source === "gateway") return err("bank_decides");
  if (!isOpen(dispute.status)) return err("dispute_closed");
  if (dispute.messageCount !== seen) return err("conflict");
  if (outcome !== "replace") return ok(null);
  if (dispute.cardId === null) return err("no_such_card");
  return (await isCardInPlace(tx, dispute)) ? ok(null) : err("already_replaced");
}

/** On record, and nobody else decides, before anything is done: of two people one goes on, and whoever comes after a kill knows what was begun. */
async function begin(
  tx: Tx,
  viewer: Viewer,
  { judgement, money, hash }: { judgement: AnyJudgement; money: Money | null; hash: Buffer },
): Promise<Result<{ dispute: Dispute; known: Decision | null }, DecideRefusal>> {
  const { disputeId, decisionId, outcome, reason, seen } = judgement;
  const dispute = await lockDispute(tx, disputeId);
  const scope = merchantScope(viewer);
  if (!dispute || (scope !== null && dispute.merchantId !== scope)) return err("not_found");
  const known = await findDecision(tx, decisionId);
  if (known) return hash.equals(known.contentHash) ? ok({ dispute, known }) : err("idempotency_conflict");
  const judged = await judge(tx, viewer, dispute, { outcome, seen });
  if (!judged.ok) return judged;
  await insertDecision(tx, {
    ...{ id: decisionId, disputeId, orderId: dispute.orderId, outcome, state: "pending", reason, contentHash: hash },
    amountMinor: money?.amountMinor ?? null,
    currency: money?.currency ?? null,
    method: judgement.outcome === "refund" ? judgement.method : null,
    decidedByKind: viewer.kind,
    decidedBy: viewer.userId,
    fromStatus: dispute.status,
  });
  await holdDispute(tx, disputeId, decisionId);
  return ok({ dispute, known: null });
}

const REASON_OF: Readonly<Record<DisputeKind, ReplacementReason>> = {
  used: "used",
  invalid: "invalid",
  wrong: "wrong",
  not_received: "other",
  other: "other",
  chargeback: "other",
};

/** What a merchant may not do, and an admin may by the buyer's word or as a favour. */
const BY_AN_ADMIN: readonly DecideRefusal[] = ["warranty_over", "warranty_used_up", "chosen_card"];

/**
 * The existing flow, under the decision's number; beyond the warranty, and for a card that its buyer chose, an admin's word goes, and is on
 * record as such.
 */
async function replaceIt(
  deps: Deps,
  viewer: Viewer,
  dispute: Dispute,
  { decisionId, seenReplacements }: Intention & { seenReplacements: number },
): Promise<Outcomes> {
  const command = {
    replacementId: decisionId,
    orderId: dispute.orderId,
    position: dispute.position ?? 0,
    reason: REASON_OF[dispute.kind],
    note: "",
    seen: seenReplacements,
    isGoodwill: false,
  };
  const first = await replaceCard(deps, viewer, command);
  const isBeyond = !first.ok && BY_AN_ADMIN.includes(first.error);
  const replaced =
    isBeyond && viewer.kind === "admin" ? await replaceCard(deps, viewer, { ...command, isGoodwill: true }) : first;
  return replaced.ok ? ok("done") : replaced;
}

async function compensate(deps: Deps, viewer: Proven, dispute: Dispute, judgement: MoneyJudgement): Promise<Outcomes> {
  if (judgement.outcome !== "compensate") return err("not_allowed");
  const order = await deps.db.order.findUniqueOrThrow({
    where: { id: dispute.orderId },
    select: { email: true, currency: true, number: true },
  });
  const adjusted = await adjustWallet(deps, viewer, {
    email: order.email,
    currency: order.currency as Currency,
    amount: judgement.amount,
    reason: `${order.number} · ${judgement.reason}`.slice(0, limits.walletReasonMax),
    requestKey: judgement.decisionId,
  });
  return adjusted.ok ? ok(adjusted.value === "applied" ? "done" : "waiting") : adjusted;
}

async function giveBack(deps: Deps, viewer: Proven, dispute: Dispute, judgement: MoneyJudgement): Promise<Outcomes> {
  if (judgement.outcome !== "refund") return compensate(deps, viewer, dispute, judgement);
  const { decisionId, paymentId, amountMinor, method, reason, standing } = judgement;
  const refunded = await requestRefund(deps, viewer, {
    ...{ orderId: dispute.orderId, paymentId, amountMinor, method, reason, seen: standing },
    requestKey: decisionId,
    refundId: decisionId,
  });
  return refunded.ok ? ok("done") : refunded;
}

/** Begins, does, ends. A refusal of what it does ends it, too, and leaves the dispute as it was. */
async function carryOut(
  deps: Deps,
  viewer: Viewer,
  judgement: AnyJudgement,
  act: (dispute: Dispute) => Promise<Outcomes>,
): Promise<Outcomes> {
  const { disputeId, decisionId } = judgement;
  const found = await deps.db.dispute.findUnique({ where: { id: disputeId }, select: { orderId: true } });
  if (!found) return err("not_found");
  const money = await moneyOf(deps, found.orderId, judgement);
  if (!money.ok) return money;
  const words = Object.entries(judgement).map(([name, value]) => [name, String(value)]);
  const hash = contentHash(deps.keys, [viewer.userId, ...words]);
  const begun = await inTransaction(deps.db, (tx) => begin(tx, viewer, { judgement, money: money.value, hash }));
  if (!begun.ok) return begun;
  const { dispute, known } = begun.value;
  if (known && known.state !== "pending") return known.state === "done" ? ok("done") : err("not_done");
  const done = await act(dispute);
  if (!done.ok) await endDecisionOf(deps, decisionId, done.error);
  else if (done.value === "done") await endDecisionOf(deps, decisionId, null);
  return done;
}

/**
 * Decides a dispute without moving money: the card is replaced through the flow that replaces any card, or the report is refused with a
 * reason. Of two people who decide at once one does, and the other is told; the same form twice is one decision.
 */
export const decideDispute = (deps: Deps, viewer: Viewer, judgement: Judgement): Promise<Outcomes> =>
  carryOut(deps, viewer, judgement, (dispute) =>
    judgement.outcome === "replace"
      ? replaceIt(deps, viewer, dispute, judgement)
      : Promise.resolve<Outcomes>(ok("done")),
  );

/**
 * Decides a dispute by money, as an admin who has just shown who they are: a refund as it was previewed, or an amount into the buyer's
 * balance, above a limit when a second admin agrees. Both go through the flows that give money at any other time.
 */
export const decideDisputeByMoney = (
  deps: Deps,
  viewer: Proven<Extract<Viewer, { kind: "admin" }>>,
  judgement: MoneyJudgement,
): Promise<Outcomes> => carryOut(deps, viewer, judgement, (dispute) => giveBack(deps, viewer, dispute, judgement));
