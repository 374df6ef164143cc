import type { Currency } from "@/lib/kernel/money";

/** What a row of a statement is about. Which way the money went follows from it; see the migration for signs. */
export const STATEMENT_KINDS = ["payment", "refund", "fee", "payout", "dispute", "adjustment"] as const;
export type StatementKind = (typeof STATEMENT_KINDS)[number];

/** How a statement is written. Files first, then lists that are read page by page. */
export const FILE_FORMATS = ["alipay_trade", "wechat_trade", "wechat_funds", "stripe_report", "mapped_csv"] as const;
export const PAGE_FORMATS = ["stripe_pages", "paypal_pages", "epay_pages"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];
export type PageFormat = (typeof PAGE_FORMATS)[number];
/** What a column of a mapped table may be. */
export const MAPPED_COLUMNS = ["at", "amount", "tradeNo", "orderNo", "refundNo", "fee", "status", "kind"] as const;

/** Which gateway writes a format; a mapped table may be anybody's. */
const WRITERS: Readonly<Partial<Record<StatementFormat, string>>> = {
  alipay_trade: "alipay",
  wechat_trade: "wechat",
  wechat_funds: "wechat",
  stripe_report: "stripe",
  stripe_pages: "stripe",
  paypal_pages: "paypal",
  epay_pages: "epay",
};

/** Whether an account of this gateway can have a statement of this format. */
export const isOfGateway = (format: StatementFormat, gateway: string): boolean =>
  WRITERS[format] === undefined || WRITERS[format] === gateway;

const DOWNLOADS: Readonly<Record<string, StatementFormat>> = {
  alipay: "alipay_trade",
  wechat: "wechat_trade",
  stripe: "stripe_pages",
  paypal: "paypal_pages",
  epay: "epay_pages",
};

/** How the statement is written that a gateway gives when it is asked; null for one that gives none. */
export const downloadFormatOf = (gateway: string): StatementFormat | null => DOWNLOADS[gateway] ?? null;

export const isPageFormat = (format: StatementFormat): format is PageFormat =>
  (PAGE_FORMATS as readonly string[]).includes(format);

export type StatementFormat = FileFormat | PageFormat;

/** One movement as a gateway states it. */
export interface StatementRow {
  readonly kind: StatementKind;
  readonly line: number;
  /** The gateway's number of the payment, or "" where it states none. */
  readonly gatewayTradeNo: string;
  /** What tells it from other rows of its kind and trade number: together they are the row, in whichever file it stands. */
  readonly part: string;
  readonly outTradeNo: string | null;
  readonly refundNo: string | null;
  readonly gatewayRefundNo: string | null;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  /** A decimal text with up to eight places, positive where it is the merchant's cost. */
  readonly fee: string | null;
  /** Unix milliseconds. */
  readonly occurredAt: number;
  readonly status: string;
  /** Every cell as it stands there, known or not: in the order of the file's columns, or under its own name. */
  readonly raw: readonly string[] | Readonly<Record<string, unknown>>;
}

/**
 * Why a line is no row:
 * - columns: more or fewer cells than the header has names
 * - time, amount, fee, currency: not in its grammar, or none that the shop counts in
 * - negative_amount: where only a positive one makes sense
 * - future: later than tomorrow
 * - number_missing: nothing names it, so that it could not be told from its repetition
 * - number_malformed: too long to be a number
 * - differs: another file has the same row with another amount
 */
export type RowRefusal =
  | "columns"
  | "time"
  | "amount"
  | "fee"
  | "currency"
  | "negative_amount"
  | "future"
  | "number_missing"
  | "number_malformed"
  | "differs";

/** A line that is no row. */
export interface RejectedLine {
  readonly line: number;
  readonly reason: RowRefusal;
  readonly content: string;
}

/**
 * Why a file as a whole is not taken:
 * - too_large, too_many_lines, too_many_columns, line_too_long, too_many_entries: past a bound
 * - corrupt, encrypted, truncated: not the file that the gateway made
 * - wrong_encoding: bytes that the encoding does not have
 * - unknown_format: neither a known header nor a mapping; no_statement_inside: an archive without one
 * - two_statements: an archive with more than one
 * - other_account: written for another account than the one it was given for
 * - control_mismatch: it says of itself what its rows do not add up to
 * - trailing_lines: rows behind the summary that ends it
 * - mapping_mismatch: the mapping names columns that are not there
 * - empty: no line at all
 */
export type FileRefusal =
  | "too_large"
  | "too_many_lines"
  | "too_many_columns"
  | "line_too_long"
  | "too_many_entries"
  | "corrupt"
  | "encrypted"
  | "truncated"
  | "wrong_encoding"
  | "unknown_format"
  | "no_statement_inside"
  | "two_statements"
  | "other_account"
  | "control_mismatch"
  | "trailing_lines"
  | "mapping_mismatch"
  | "empty";

/** A file that is not taken, and the line that shows it. */
export interface Refused {
  readonly reason: FileRefusal;
  /** 0 where no line does. */
  readonly line: number;
}

/** What one line was taken for; null: a comment, a header, nothing. */
export type Taken =
  | null
  | "passed"
  | { readonly row: StatementRow }
  | { readonly reject: RejectedLine }
  | { readonly refused: Refused };

/** Names and decimal texts: what a statement says of itself, or what was counted for it. */
export type Figures = Readonly<Record<string, string>>;

/** What is known when a statement was read to its end. */
export interface Closing {
  readonly format: StatementFormat;
  readonly columns: readonly string[];
  readonly stated: Figures;
  readonly counted: Figures;
}

/** Reads the lines of one statement, in order. Pure: it holds sums and never rows. */
export interface LineParser {
  line(text: string, line: number): Taken;
  /** A file of the archive has ended; `lines` is how many it had. */
  endOfFile(lines: number): Refused | null;
  close(): Closing | Refused;
}

/** What a parser must know that the file does not say. */
export interface ParserContext {
  /** Unix milliseconds. */
  readonly now: number;
  /** What the account is called in its own statements, as far as it is known: rows of another are refused. */
  readonly owner: string | null;
}

export const refusedFor = (reason: FileRefusal, line: number): { readonly refused: Refused } => ({
  refused: { reason, line },
});

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** When a gateway's day begins, and how long after its end the statement can be had. */
interface Calendar {
  readonly offsetMs: number;
  readonly readyMs: number;
}
const CHINA_MS = 8 * HOUR_MS;
/** Alipay makes its bills at nine, WeChat Pay at ten; PayPal's list is up to three hours behind. */
const CALENDARS: Readonly<Record<string, Calendar>> = {
  alipay: { offsetMs: CHINA_MS, readyMs: 9.5 * HOUR_MS },
  wechat: { offsetMs: CHINA_MS, readyMs: 10.5 * HOUR_MS },
  epay: { offsetMs: CHINA_MS, readyMs: HOUR_MS / 2 },
  stripe: { offsetMs: 0, readyMs: HOUR_MS },
  paypal: { offsetMs: 0, readyMs: 4 * HOUR_MS },
};
const NOON: Calendar = { offsetMs: CHINA_MS, readyMs: 12 * HOUR_MS };
const calendarOf = (gateway: string): Calendar => CALENDARS[gateway] ?? NOON;

const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** When a day begins and ends by the gateway's own clock, in Unix milliseconds. */
export function boundsOfDay(gateway: string, day: string): { readonly from: number; readonly to: number } {
  const from = Date.parse(`${day}T00:00:00Z`) - calendarOf(gateway).offsetMs;
  return { from, to: from + DAY_MS };
}

/** The day of a moment by the gateway's own clock. */
export const dayAt = (gateway: string, at: number): string => isoDay(at + calendarOf(gateway).offsetMs);

/** The last days whose statements can be had by now, the newest first. */
export function daysToHave(gateway: string, now: number, count: number): string[] {
  const { offsetMs, readyMs } = calendarOf(gateway);
  const newest = now + offsetMs - DAY_MS - readyMs;
  return Array.from({ length: count }, (_, back) => isoDay(newest - back * DAY_MS));
}

/** How long a day's statement could have been had by now. */
export const ageOfDay = (gateway: string, day: string, now: number): number =>
  now - boundsOfDay(gateway, day).to - calendarOf(gateway).readyMs;
