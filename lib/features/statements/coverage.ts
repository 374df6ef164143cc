import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";
import { boundsOfDay, DAY_MS, downloadFormatOf, type StatementFormat } from "./rules";

/** A time of which an account's books are had, in Unix milliseconds. */
export interface Covered {
  readonly accountId: string;
  readonly from: number;
  readonly to: number;
}

/** A day of an account whose books are had, by its gateway's clock. */
export interface CoveredDay extends Covered {
  readonly gateway: string;
  readonly day: string;
  /** Whether those books tell of each refund by itself. */
  readonly tellsRefunds: boolean;
}

/** EPay's list tells of a refund by the payment's status; a table that somebody mapped may have left refunds out. */
const TELL_REFUNDS: ReadonlySet<string> = new Set<StatementFormat>([
  "alipay_trade",
  "wechat_trade",
  "stripe_pages",
  "stripe_report",
  "paypal_pages",
]);

interface KeptRow {
  readonly accountId: string;
  readonly gateway: string;
  readonly day: string | null;
  readonly format: string | null;
  readonly firstAt: Date | null;
  readonly lastAt: Date | null;
}

/** The days of every account whose books are had: asked for and got, or brought in a file that reaches over the day's middle. */
export async function readCoveredDays({ db }: { readonly db: Db }): Promise<CoveredDay[]> {
  const rows = await db.$queryRaw<KeptRow[]>`
    SELECT d.account_id AS "accountId", g.gateway, d.day, NULL AS format, NULL AS "firstAt", NULL AS "lastAt"
      FROM statement_day d JOIN gateway_account g ON g.id = d.account_id WHERE d.state IN ('done', 'empty')
    UNION ALL
    SELECT s.account_id, g.gateway, NULL, s.format, s.first_at, s.last_at
      FROM statement_file s JOIN gateway_account g ON g.id = s.account_id
     WHERE s.state = 'kept' AND s.source = 'upload' AND s.format <> 'wechat_funds' AND s.first_at IS NOT NULL
     LIMIT ${limits.statementCoverRowsMax}::int`;
  const days = new Map<string, CoveredDay>();
  for (const row of rows) {
    for (const day of daysOf(row)) {
      const { from, to } = boundsOfDay(row.gateway, day);
      const key = `${row.accountId} ${day}`;
      const tellsRefunds =
        TELL_REFUNDS.has(row.format ?? downloadFormatOf(row.gateway) ?? "") || days.get(key)?.tellsRefunds === true;
      days.set(key, { accountId: row.accountId, gateway: row.gateway, day, from, to, tellsRefunds });
    }
  }
  return [...days.values()].sort((a, b) => a.accountId.localeCompare(b.accountId) || a.from - b.from);
}

/** A file tells of the days whose middle lies between its first and its last row. */
function daysOf({ gateway, day, firstAt, lastAt }: KeptRow): string[] {
  if (day !== null) return [day];
  if (!firstAt || !lastAt) return [];
  const days: string[] = [];
  for (let count = 0; count < limits.statementCoverDaysMax; count += 1) {
    const text = new Date(firstAt.getTime() + (count - 1) * DAY_MS).toISOString().slice(0, 10);
    const { from } = boundsOfDay(gateway, text);
    const middle = from + DAY_MS / 2;
    if (middle > lastAt.getTime()) break;
    if (middle >= firstAt.getTime()) days.push(text);
  }
  return days;
}

/** The same days without the seams between them: each account's times of which nothing is missing. Expects them sorted. */
export function joinDays(days: readonly Covered[]): Covered[] {
  const joined: Covered[] = [];
  for (const { accountId, from, to } of days) {
    const last = joined.at(-1);
    if (last && last.accountId === accountId && from <= last.to)
      joined[joined.length - 1] = { ...last, to: Math.max(last.to, to) };
    else joined.push({ accountId, from, to });
  }
  return joined;
}
