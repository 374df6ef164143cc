import { limits } from "@/lib/kernel/limits";
import type { RejectedLine, RowRefusal } from "./rules";

/** A column's name without what writers of headers vary: width of brackets, marks, blanks, tabs. */
export const columnName = (text: string): string => text.normalize("NFKC").replaceAll(/[\s`'"\ufeff]/g, "");

/** Cells of a row by the name of their column, wherever the column stands. */
export interface Columns {
  readonly names: readonly string[];
  /** The place of the first of these names that is there, or -1. */
  at(...names: readonly string[]): number;
}

/** Reads a header. Names are compared as `columnName` writes them. */
export function readColumns(header: readonly string[]): Columns {
  const names = header.map(columnName);
  return {
    names: header.map((name) => name.trim().replace(/^\ufeff/, "")),
    at: (...wanted) => wanted.map((name) => names.indexOf(columnName(name))).find((place) => place >= 0) ?? -1,
  };
}

/** Where each of the named columns stands, looked up once for all rows; -1 where it is not there. */
export const placesIn = <K extends string>(
  columns: Columns,
  names: Readonly<Record<K, readonly string[]>>,
): Readonly<Record<K, number>> =>
  Object.fromEntries(
    Object.entries<readonly string[]>(names).map(([key, wanted]) => [key, columns.at(...wanted)]),
  ) as Record<K, number>;

const NUMBER = /^[\x21-\x7e]{1,128}$/;
/** A number that names something: printable, without blanks, and not so long that nobody means it. */
export const isNumber = (text: string): boolean => NUMBER.test(text);

/** The number in a cell; null where the cell is empty or says "0", which is how gateways write none. */
export const numberIn = (text: string | undefined): string | null =>
  text === undefined || text === "" || text === "0" || text === "-" ? null : text;

/** What a row claims, before anybody believes it. */
export interface Claim {
  readonly amount: number | null;
  readonly mayBeNegative: boolean;
  readonly feeText: string;
  readonly fee: string | null;
  readonly occurredAt: number | null;
  /** At least one of these names the row. */
  readonly names: readonly string[];
  /** These are numbers where they are there. */
  readonly numbers: readonly (string | null)[];
}

/** A claim in which nothing is wrong. */
export interface Checked {
  readonly amount: number;
  readonly occurredAt: number;
  readonly fee: string | null;
}

/** The claim, or the first thing that is wrong with it. */
export function check(claim: Claim): Checked | RowRefusal {
  const { amount, fee, occurredAt } = claim;
  if (amount === null) return "amount";
  if (amount < 0 && !claim.mayBeNegative) return "negative_amount";
  if (fee === null && claim.feeText !== "") return "fee";
  if (occurredAt === null) return "time";
  if (claim.names.every((name) => name === "")) return "number_missing";
  const isNamed = [...claim.names, ...claim.numbers].every(
    (number) => number === null || number === "" || isNumber(number),
  );
  return isNamed ? { amount, occurredAt, fee } : "number_malformed";
}

/** Later than any clock that can be believed has it. */
export const isFuture = (occurredAt: number, now: number): boolean => occurredAt > now + limits.statementFutureMs;

export const rejected = (line: number, reason: RowRefusal, content: string): { readonly reject: RejectedLine } => ({
  reject: { line, reason, content: content.slice(0, limits.statementContentKept) },
});
