/** How grave a finding is; the gravest first. */
export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a finding's subject names, and so by which rows it is asked about again. */
export type FindingScope =
  | "order"
  | "payment"
  | "refund"
  | "statement_row"
  /** An account and a day of its gateway: `epay/2026-11-21`. */
  | "account_day"
  | "event"
  | "card"
  | "wallet"
  | "ledger"
  | "import"
  | "invariant"
  | "cache";

/**
 * What it means for the buyer, if anything:
 * - waits: has paid and has nothing yet
 * - short, over: has fewer or more cards than were bought
 * - shared: holds a card that somebody else holds too
 * - unpaid: has cards and has not paid for them
 * - paid_twice: has paid more than once
 * - money_unplaced: has paid, and the shop does not know what for
 * - refund_waits: waits for money back
 * - refund_early: has money back that the shop knows nothing of
 * - unheard: has cards, and no mail about them
 * - blocked: cannot buy cards that are there
 * - wrong_price: has paid another price than the one on the shelf
 * - none: notices nothing
 */
export type BuyerMeaning =
  | "waits"
  | "short"
  | "over"
  | "shared"
  | "unpaid"
  | "paid_twice"
  | "money_unplaced"
  | "refund_waits"
  | "refund_early"
  | "unheard"
  | "blocked"
  | "wrong_price"
  | "none";

/** What may be done about a finding; each is a flow of its own. */
export const REMEDIES = [
  "deliver",
  "fill_from_pool",
  "waive_choice",
  "release",
  "refund_source",
  "refund_balance",
  "record_payment",
  "mark_not_ours",
  "rebuild_cache",
  "reseal",
  "rerun_job",
  "withdraw_card",
  "replace_card",
  "halt_product",
  "resume_product",
] as const;
export type RemedyName = (typeof REMEDIES)[number];

/** Who finds it: the flow that meets it, a run of the reconciliation, the audit, or the check of the caches. */
export type Finder = "flow" | "run" | "audit" | "cache";

/** One kind of difference, as everything that shows or mends findings knows it. Its words are `findings.kinds.<kind>`. */
export interface FindingKindRule {
  readonly severity: Severity;
  readonly scope: FindingScope;
  readonly finders: readonly Finder[];
  readonly buyer: BuyerMeaning;
  readonly remedies: readonly RemedyName[];
}

const rule = (
  severity: Severity,
  scope: FindingScope,
  finders: readonly Finder[],
  buyer: BuyerMeaning,
  remedies: readonly RemedyName[],
): FindingKindRule => ({ severity, scope, finders, buyer, remedies });

const REFUNDS = ["refund_source", "refund_balance"] as const;

/** Every kind of difference that the shop knows. docs/reconciliation.md tells what each is. */
export const FINDING_KINDS = {
  // Met by the flows that judge money and stock
  owed_order: rule("high", "order", ["flow", "run"], "waits", [
    "deliver",
    "fill_from_pool",
    "waive_choice",
    ...REFUNDS,
  ]),
  unfillable_order: rule("high", "order", ["flow"], "waits", ["deliver", ...REFUNDS]),
  overdue_order: rule("high", "order", ["flow"], "waits", ["deliver", ...REFUNDS]),
  double_payment: rule("high", "payment", ["flow", "run"], "paid_twice", REFUNDS),
  amount_mismatch: rule("high", "payment", ["flow", "run"], "waits", REFUNDS),
  currency_mismatch: rule("high", "payment", ["flow", "run"], "waits", REFUNDS),
  unknown_order: rule("high", "event", ["flow"], "money_unplaced", ["record_payment", "mark_not_ours"]),
  trade_reused: rule("high", "event", ["flow"], "money_unplaced", ["mark_not_ours"]),
  unreadable_amount: rule("medium", "event", ["flow"], "money_unplaced", []),
  unjudged_payment: rule("high", "event", ["flow"], "waits", ["rerun_job"]),
  refunded_outside: rule("medium", "event", ["flow"], "refund_early", []),
  refund_failed: rule("high", "refund", ["flow"], "refund_waits", REFUNDS),
  refund_stuck: rule("medium", "refund", ["flow", "run"], "refund_waits", ["rerun_job"]),
  refund_mismatch: rule("high", "refund", ["flow", "run"], "refund_waits", []),
  dispute: rule("high", "event", ["flow"], "none", []),
  invariant_broken: rule("critical", "invariant", ["audit"], "none", ["resume_product", "withdraw_card"]),

  // The gateway's own books against ours
  gateway_only: rule("high", "statement_row", ["run"], "money_unplaced", ["record_payment", "mark_not_ours"]),
  local_only: rule("high", "payment", ["run"], "none", ["halt_product"]),
  duplicate_payment: rule("high", "statement_row", ["run"], "paid_twice", ["record_payment", "mark_not_ours"]),
  bill_amount_mismatch: rule("high", "payment", ["run"], "none", []),
  bill_currency_mismatch: rule("high", "payment", ["run"], "none", []),
  refund_missing_local: rule("high", "statement_row", ["run"], "refund_early", ["mark_not_ours"]),
  refund_missing_gateway: rule("high", "refund", ["run"], "refund_waits", ["rerun_job"]),
  fee_anomaly: rule("low", "account_day", ["run"], "none", []),
  bill_anomaly: rule("medium", "statement_row", ["run"], "none", ["mark_not_ours"]),
  statement_missing: rule("low", "account_day", ["run"], "none", ["rerun_job"]),

  // Orders, cards and the ledger against each other
  paid_without_card: rule("critical", "order", ["run"], "waits", ["deliver", "fill_from_pool", ...REFUNDS]),
  card_without_payment: rule("critical", "order", ["run"], "unpaid", ["halt_product"]),
  card_count_mismatch: rule("critical", "order", ["run"], "short", ["halt_product"]),
  card_sold_twice: rule("critical", "card", ["run"], "shared", ["halt_product", "replace_card"]),
  reservation_lapsed: rule("medium", "order", ["run"], "blocked", ["release"]),
  mail_missing: rule("medium", "order", ["run"], "unheard", ["rerun_job"]),
  ledger_gap: rule("critical", "ledger", ["run"], "none", ["reseal"]),
  balance_difference: rule("critical", "wallet", ["run"], "none", []),
  price_anomaly: rule("medium", "order", ["run"], "wrong_price", ["halt_product"]),
  stuck_import: rule("medium", "import", ["run"], "none", ["rerun_job"]),
  cache_drift: rule("medium", "cache", ["cache"], "blocked", ["rebuild_cache"]),
} as const satisfies Readonly<Record<string, FindingKindRule>>;

/**
 * Differences that a person must know of. `owed_order`, `overdue_order` (promised for a time that has passed) and `unfillable_order` (its
 * rows do not add up) close themselves when the order is filled, `unknown_order` and
 * `unjudged_payment` when the payment is judged after all, those about money when it has been given back, and those that a run finds
 * when a run no longer does.
 */
export type FindingKind = keyof typeof FINDING_KINDS;

/** What is known of a kind. */
export const ruleOf = (kind: FindingKind): FindingKindRule => FINDING_KINDS[kind];

const KINDS = Object.keys(FINDING_KINDS) as FindingKind[];

/** The kinds that a run of the reconciliation finds and closes. */
export const RUN_KINDS: readonly FindingKind[] = KINDS.filter((kind) => ruleOf(kind).finders.includes("run"));

/** Statuses under which a finding waits for somebody. */
export const OPEN_STATUSES = ["open", "in_work"] as const;
export type FindingStatus = (typeof OPEN_STATUSES)[number] | "resolved" | "accepted";

/** What happened to a finding, as its history names it. */
export type FindingEventKind =
  | "opened"
  | "found_again"
  | "taken"
  | "assigned"
  | "noted"
  | "remedied"
  | "resolved"
  | "accepted"
  | "reopened";

/**
 * Whether many of this kind may be accepted with one reason: no buyer notices them, and none is grave. Everything else is looked at for
 * itself.
 */
export function isAcceptableTogether(kind: FindingKind): boolean {
  const { buyer, severity } = ruleOf(kind);
  return buyer === "none" && (severity === "low" || severity === "medium");
}
