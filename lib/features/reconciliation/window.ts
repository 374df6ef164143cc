import { Prisma } from "@/lib/generated/prisma/client";

/** Rows by their id: all behind one up to another, or these. */
export type IdWindow = { readonly after: string; readonly until: string } | { readonly ids: readonly string[] };

/** Rows of statements: some lines of one file, or rows by the number of their trade. */
export type RowWindow =
  | { readonly fileId: string; readonly afterLine: number; readonly untilLine: number }
  | { readonly trades: readonly Trade[] };

/** What a gateway calls a payment, and what we called it. Either may be missing. */
export interface Trade {
  readonly accountId: string;
  readonly tradeNumber: string;
  readonly outTradeNo: string;
}

/** A day of an account, by its gateway's clock. */
export interface AccountDay {
  readonly accountId: string;
  readonly day: string;
  /** ISO times at which it begins and ends. */
  readonly from: string;
  readonly to: string;
}

/** A time of which the books of an account are had without a gap. */
export interface Coverage {
  readonly accountId: string;
  readonly from: string;
  readonly to: string;
}

/** Before every UUIDv7 and behind all of them. */
export const FIRST_ID = "00000000-0000-0000-0000-000000000000";
export const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** The smallest UUIDv7 of a moment: what narrows a time down in an index of ids. */
export function idAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0").slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** Whether a column of ids lies in the window; an index of that column answers it, in whichever table it is. */
export function inWindow(column: string, window: IdWindow): Prisma.Sql {
  const name = Prisma.raw(column);
  if ("ids" in window) return Prisma.sql`${name} = ANY (${[...window.ids]}::uuid[])`;
  return Prisma.sql`${name} > ${window.after}::uuid AND ${name} <= ${window.until}::uuid`;
}

/** How far two ids may lie apart in time to be looked for together, and how many such groups are told apart. */
const SPAN_MS = 3_600_000;
const SPANS_MAX = 20;

const timeOf = (id: string): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);

/**
 * The window as a few ranges of ids: for an index that knows only from where to where each page reaches. Ids that lie near each other in
 * time are one range; where there are too many groups, the last ones are one.
 */
export function spansOf(window: IdWindow): { readonly lows: string[]; readonly highs: string[] } {
  if (!("ids" in window)) return { lows: [window.after], highs: [window.until] };
  const [lows, highs]: [string[], string[]] = [[], []];
  for (const id of [...window.ids].sort()) {
    const last = highs.at(-1);
    const isNear = last !== undefined && (timeOf(id) - timeOf(last) <= SPAN_MS || highs.length >= SPANS_MAX);
    if (isNear) highs[highs.length - 1] = id;
    else {
      lows.push(id);
      highs.push(id);
    }
  }
  return { lows, highs };
}
