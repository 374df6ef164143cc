import type { z } from "zod";
import type { FindingHead } from "@/lib/features/reconciliation/find-finding";
import type { RemedyName } from "@/lib/features/reconciliation/kinds";
import type { Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

export type Admin = Extract<Viewer, { kind: "admin" }>;

/** One thing that will be so once the button is pressed; `what` has a sentence in the messages, `values` fill it in. */
export interface Change {
  readonly what: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** What a remedy would change, as things stand. */
export interface Look {
  readonly changes: readonly Change[];
  /** Everything that the changes follow from, as JSON can hold it: anything else by the time of the button, and nothing happens. */
  readonly facts: unknown;
  /** The money that moves; much of it needs two names. */
  readonly money: { readonly amountMinor: bigint; readonly currency: string } | null;
}

/** Why there is nothing to be done, or why it was not; a word that has a sentence in the messages. */
export type Refusal = string;

/** One act, as a remedy is given it: its id goes with whatever it writes elsewhere, so that doing it again finds what was done. */
export interface Doing {
  readonly actId: string;
  readonly finding: FindingHead;
  readonly reason: string;
  /** What was looked at when it was begun: `Look.facts`, as they come back from the database. */
  readonly facts: unknown;
  /** Where the audit reads, under its own role. */
  readonly auditUrl: string;
}

interface Common<I> {
  readonly name: RemedyName;
  /** What is chosen in the form, beside the finding. */
  readonly input: z.ZodType<I>;
  /** `asker` null: the shop itself, which looks only at what it may do alone. */
  readonly look: (deps: Deps, asker: Admin | null, finding: FindingHead, input: I) => Promise<Result<Look, Refusal>>;
  /** Whether the difference is gone, so that the finding is closed with it. What the next run finds again opens again. */
  readonly isGone: (tx: Tx, finding: FindingHead) => Promise<boolean>;
  /** It lets the difference stand as it is: the finding is accepted with the reason. */
  readonly isAcceptance?: true;
}

/** A remedy that gives away neither money nor cards: any admin, at one press; and, where it is safe, the shop by itself. */
export interface PlainRemedy<I> extends Common<I> {
  readonly needsProof: false;
  /** It may be done by itself, if a person has turned that on. */
  readonly isAutomatic?: true;
  readonly apply: (deps: Deps, actor: Admin | null, doing: Doing, input: I) => Promise<Result<string, Refusal>>;
}

/** A remedy that moves money or cards: of an admin who has just shown who they are. */
export interface ProvenRemedy<I> extends Common<I> {
  readonly needsProof: true;
  readonly apply: (deps: Deps, actor: Proven<Admin>, doing: Doing, input: I) => Promise<Result<string, Refusal>>;
}

/** Runs through the flows that do the same elsewhere, and writes nothing of its own. `apply` answers in a word what came of it. */
export type Remedy<I> = PlainRemedy<I> | ProvenRemedy<I>;

// biome-ignore lint/suspicious/noExplicitAny: what is chosen differs from remedy to remedy, and each parses its own.
export type AnyRemedy = Remedy<any>;
