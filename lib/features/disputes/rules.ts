import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";

/** How a dispute goes from its report to its end. Pure. */

/** used: somebody had redeemed it before. invalid: it is not accepted. wrong: another thing than was sold. not_received: nothing came. */
export const REPORT_KINDS = ["used", "invalid", "wrong", "not_received", "other"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
export type DisputeKind = ReportKind | "chargeback";

/**
 * waiting_merchant, waiting_buyer: it is this one's turn, until a deadline. escalated: an admin's turn. deciding: a decision is being
 * carried out. withdrawn: its buyer took it back, or did not answer.
 */
export const DISPUTE_STATES = [
  "waiting_merchant",
  "waiting_buyer",
  "escalated",
  "deciding",
  "decided",
  "withdrawn",
] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** What a person may decide. */
export const OUTCOMES = ["replace", "refund", "compensate", "reject"] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** With what a bank decided about a chargeback. */
export type AnyOutcome = Outcome | "bank_won" | "bank_lost";

export type Party = "buyer" | "merchant" | "admin";

/** Money is an admin's word; a merchant replaces, or refuses with a reason that the buyer can take further. */
export const OUTCOMES_OF: Readonly<Record<Exclude<Party, "buyer">, readonly Outcome[]>> = {
  merchant: ["replace", "reject"],
  admin: OUTCOMES,
};

const OPEN: readonly DisputeState[] = ["waiting_merchant", "waiting_buyer", "escalated"];

/** Whether somebody may still write and decide. */
export const isOpen = (status: DisputeState): boolean => OPEN.includes(status);

/** Where an answer leads: to the other side's turn; what the admins have in hand stays with them, and an admin's question changes no turn. */
export function stateAfterAnswer(status: DisputeState, by: Party, callsAdmin: boolean): DisputeState {
  if (status === "escalated" || by === "admin") return status;
  if (callsAdmin) return "escalated";
  return by === "merchant" ? "waiting_buyer" : "waiting_merchant";
}

/** For how many hours it is somebody's turn; null where there is no deadline. */
export function hoursOf(status: DisputeState): number | null {
  if (status === "waiting_merchant") return limits.disputeMerchantHours;
  return status === "waiting_buyer" ? limits.disputeBuyerHours : null;
}

/** Outcomes that leave nothing to complain of: what was replaced is another card, and what was paid back is settled. */
const FINAL: readonly AnyOutcome[] = ["replace", "refund", "bank_won", "bank_lost"];

interface Closed {
  readonly status: DisputeState;
  readonly outcome: AnyOutcome | null;
  readonly closedAt: Date | null;
  readonly reopenedCount: number;
}

const DAY_MS = 24 * 3_600_000;

/** Until when its buyer may open it again; null: he may not. */
export function reopenEnd({ status, outcome, closedAt, reopenedCount }: Closed): Date | null {
  if ((status !== "decided" && status !== "withdrawn") || closedAt === null) return null;
  if (status === "decided" && (outcome === null || FINAL.includes(outcome))) return null;
  if (reopenedCount >= limits.disputeReopensMax) return null;
  return new Date(closedAt.getTime() + limits.disputeReopenDays * DAY_MS);
}

/** Whether its buyer may open it again now. */
export function judgeReopening(dispute: Closed, now: Date): Result<null, "not_closed" | "reopening_over"> {
  if (isOpen(dispute.status) || dispute.status === "deciding") return err("not_closed");
  const end = reopenEnd(dispute);
  return end !== null && now < end ? ok(null) : err("reopening_over");
}

interface Reportable {
  readonly status: string;
  readonly deliveredAt: Date | null;
  readonly paidAt: Date | null;
  readonly now: Date;
}

/** What is delivered is reported by the card or as a whole; of an order that is paid and waits, only that nothing came. Both for a time. */
export function judgeReport(
  order: Reportable,
  { position, kind }: { position: number | null; kind: ReportKind },
): Result<null, "not_reportable" | "report_late"> {
  const isMissing = order.status === "paid" && position === null && (kind === "not_received" || kind === "other");
  const since = order.status === "delivered" ? order.deliveredAt : isMissing ? order.paidAt : null;
  if (since === null) return err("not_reportable");
  return order.now.getTime() < since.getTime() + limits.disputeReportDays * DAY_MS ? ok(null) : err("report_late");
}

/** Whether the reports on a batch are more than the bad luck of a few; `delivered` with what came back. */
export const isMassProblem = ({ reports, delivered }: { reports: number; delivered: number }): boolean =>
  reports >= limits.disputeBatchReportsMin && reports * 1_000 >= delivered * limits.disputeBatchPerMille;

/** "12.5%" of a whole, in whole numbers; of nothing it is all. */
export function shareOf(part: number, whole: number): string {
  const perMille = whole === 0 ? 1_000 : Math.round((1_000 * part) / whole);
  return `${Math.floor(perMille / 10)}.${perMille % 10}%`;
}
