/** What an offending row may be about; each leads to the products whose sale it concerns. */
export type SubjectKind = "order" | "card" | "batch" | "variant" | "event";

/** Something that must hold of the shop's rows, as one SQL query that returns the rows for which it does not. */
export interface Invariant {
  /** As in the design: "I5". */
  readonly id: string;
  /** One word for lists and metrics. */
  readonly name: string;
  /** Safety holds at every instant, also under fault; liveness within `LIVENESS_SECONDS` of rest. */
  readonly kind: "safety" | "liveness";
  readonly sentence: { readonly zh: string; readonly en: string };
  /**
   * Reads only, names its faults in the column `fault`, and returns no row when all is well. It is meant to be pasted into
   * psql by somebody who does not trust us; the runner bounds how many rows it fetches.
   */
  readonly sql: string;
  /** Which columns of an offending row name a subject, or a list of them; a row that names none halts nothing. */
  readonly names: Readonly<Record<string, SubjectKind>>;
  /**
   * How it is asked about a few orders, cards and batches instead of all: `same` asks the same query of tables narrowed to
   * them (see window.ts), a text is a query of its own over those, and null means that only a full pass can tell.
   */
  readonly window: "same" | string | null;
}

/** How long after the last fault everything that was under way must have come to its end. */
export const LIVENESS_SECONDS = 120;

/** The interval for use in SQL. */
export const AT_REST = `interval '${LIVENESS_SECONDS} seconds'`;
