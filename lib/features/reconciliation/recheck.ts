import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import type { CheckContext } from "./checks/check";
import { compare, keyOf } from "./compare";
import { type FindingKind, RUN_KINDS } from "./kinds";
import type { FoundDifference } from "./renew-findings";
import type { AccountDay, Trade } from "./window";

/** A finding that is asked about again. */
export interface Doubt {
  readonly id: string;
  readonly kind: FindingKind;
  readonly subject: string;
  readonly orderId: string | null;
  readonly accountId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Whose rows have to be compared again to tell whether a difference is still there. */
interface Subjects {
  readonly orders: Set<string>;
  readonly cards: Set<string>;
  readonly payments: Set<string>;
  readonly refunds: Set<string>;
  readonly wallets: Set<string>;
  readonly blocks: Set<string>;
  readonly trades: Map<string, Trade>;
  readonly days: Map<string, AccountDay>;
  isStanding: boolean;
}

const none = (): Subjects => ({
  orders: new Set(),
  cards: new Set(),
  payments: new Set(),
  refunds: new Set(),
  wallets: new Set(),
  blocks: new Set(),
  trades: new Map(),
  days: new Map(),
  isStanding: false,
});

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const wordIn = (detail: Doubt["detail"], name: string): string => {
  const value = detail[name];
  return typeof value === "string" ? value : "";
};

/** The day of an account by its gateway's clock, or null when the account is not there any more. */
export type DayOf = (accountId: string, day: string) => AccountDay | null;

function addUuid(ids: Set<string>, text: string): boolean {
  if (!UUID.test(text)) return false;
  ids.add(text);
  return true;
}

/** Subjects that name what they are about: `card:…`, `block:…`. */
function addNamed(subjects: Subjects, { subject, detail }: Doubt): boolean {
  const [word = "", rest = ""] = [subject.slice(0, subject.indexOf(":")), subject.slice(subject.indexOf(":") + 1)];
  switch (word) {
    case "card":
      return addUuid(subjects.cards, rest);
    case "order":
      return addUuid(subjects.orders, rest);
    case "payment":
      return addUuid(subjects.payments, rest);
    case "wallet":
      return addUuid(subjects.wallets, rest);
    case "movement":
      return addUuid(subjects.wallets, wordIn(detail, "walletId"));
    case "block":
      subjects.blocks.add(rest);
      return true;
    default:
      return false;
  }
}

/** Adds what a finding is about; false when nothing can be asked about it, so that it stays as it is. */
function add(subjects: Subjects, doubt: Doubt, dayOf: DayOf): boolean {
  const { kind, subject, orderId, accountId, detail } = doubt;
  switch (kind) {
    case "card_sold_twice":
      addUuid(subjects.orders, wordIn(detail, "otherOrderId"));
      return addUuid(subjects.orders, orderId ?? "");
    case "local_only":
    case "bill_amount_mismatch":
    case "bill_currency_mismatch":
    case "double_payment":
    case "amount_mismatch":
    case "currency_mismatch":
      return addUuid(subjects.payments, subject);
    case "refund_stuck":
    case "refund_missing_gateway":
      return addUuid(subjects.refunds, subject);
    case "refund_mismatch":
      // What a gateway has said of a refund, and taken back, stands in no row that could be asked.
      return wordIn(detail, "said") === "" && addUuid(subjects.refunds, subject);
    case "gateway_only":
    case "duplicate_payment":
    case "refund_missing_local":
    case "bill_anomaly": {
      if (accountId === null || subject.startsWith("file:")) return false;
      const trade = { accountId, tradeNumber: wordIn(detail, "tradeNumber"), outTradeNo: wordIn(detail, "outTradeNo") };
      subjects.trades.set(JSON.stringify(trade), trade);
      return true;
    }
    case "fee_anomaly": {
      const day = accountId === null ? null : dayOf(accountId, wordIn(detail, "day"));
      if (!day) return false;
      subjects.days.set(`${day.accountId}/${day.day}`, day);
      return true;
    }
    case "stuck_import":
    case "statement_missing":
      subjects.isStanding = true;
      return true;
    case "ledger_gap":
      if (subject !== "unsealed") return addNamed(subjects, doubt);
      subjects.isStanding = true;
      return true;
    default:
      return addUuid(subjects.orders, subject) || addNamed(subjects, doubt);
  }
}

async function compareAll(tx: Tx, subjects: Subjects, check: CheckContext): Promise<FoundDifference[]> {
  const found: FoundDifference[] = [];
  for (const group of ["orders", "cards", "payments", "refunds", "wallets"] as const) {
    const ids = [...subjects[group]];
    if (ids.length > 0) found.push(...(await compare(tx, group, { ids }, check)));
  }
  if (subjects.trades.size > 0)
    found.push(...(await compare(tx, "rows", { trades: [...subjects.trades.values()] }, check)));
  if (subjects.days.size > 0) found.push(...(await compare(tx, "fees", [...subjects.days.values()], check)));
  for (const block of subjects.blocks) {
    const number = /^\d{1,18}$/.test(block) ? BigInt(block) : 0n;
    found.push(...(await compare(tx, "blocks", { after: number - 1n, until: number }, check)));
  }
  if (subjects.isStanding) found.push(...(await compare(tx, "standing", null, check)));
  return found;
}

/** What is there of what was asked about, and which findings are without a difference now. */
export interface Rechecked {
  readonly found: readonly FoundDifference[];
  readonly vanished: readonly string[];
}

/** Asks again about findings, each by all the rows that it was found by, whatever the run is about. */
export async function recheck(tx: Tx, doubts: readonly Doubt[], check: CheckContext, dayOf: DayOf): Promise<Rechecked> {
  const subjects = none();
  const asked = doubts.filter((doubt) => add(subjects, doubt, dayOf));
  if (asked.length === 0) return { found: [], vanished: [] };
  const found = await compareAll(tx, subjects, { ...check, merchantId: null, accountId: null });
  const there = new Set(found.map(keyOf));
  const wanted = new Set(asked.map(keyOf));
  return {
    // Only what was asked about: what else these rows show is for the run that comes to them.
    found: found.filter((one) => wanted.has(keyOf(one))),
    vanished: asked.filter((one) => !there.has(keyOf(one))).map(({ id }) => id),
  };
}

const KINDS = [...RUN_KINDS];

/** Open findings of a run's kinds that no run has found since a moment, the next ones behind an id. */
export function readDoubts(
  tx: Tx,
  {
    after,
    since,
    merchantId,
    accountId,
  }: { after: string; since: Date; merchantId: string | null; accountId: string | null },
): Promise<Doubt[]> {
  return tx.$queryRaw<Doubt[]>`
    SELECT id::text, kind, subject, order_id::text AS "orderId", account_id AS "accountId", detail FROM finding
     WHERE id > ${after}::uuid AND status IN ('open', 'in_work') AND run_id IS NOT NULL AND kind = ANY (${KINDS}::text[]) AND last_found_at < ${since}
       AND (${merchantId}::uuid IS NULL OR merchant_id = ${merchantId}::uuid) AND (${accountId}::text IS NULL OR account_id = ${accountId}::text)
     ORDER BY id LIMIT ${limits.reconcileDoubtsPerStep}::int`;
}

/** Open findings of a run's kinds about some orders. */
export function readDoubtsOf(tx: Tx, orderIds: readonly string[]): Promise<Doubt[]> {
  return tx.$queryRaw<Doubt[]>`
    SELECT id::text, kind, subject, order_id::text AS "orderId", account_id AS "accountId", detail FROM finding
     WHERE order_id = ANY (${[...orderIds]}::uuid[]) AND status IN ('open', 'in_work') AND run_id IS NOT NULL AND kind = ANY (${KINDS}::text[])
     ORDER BY id LIMIT ${limits.reconcileDoubtsPerStep}::int`;
}
