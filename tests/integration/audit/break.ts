/** One way to break an invariant in rows that were healthy, and what the audit must call it. */
export interface Break {
  readonly id: string;
  readonly what: string;
  readonly fault: string;
  /** Other invariants that the same rows cannot help breaking. */
  readonly also?: readonly string[];
  readonly sql: string | readonly string[];
}
