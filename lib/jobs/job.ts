import type { DatabaseUrls } from "@/lib/platform/database-urls";
import type { Deps } from "@/lib/platform/deps";

/** Where a job's work happens, beside `Deps`: the audit reads under its own role, the probe of ciphertexts as the owner. */
export interface JobContext {
  readonly deps: Deps;
  readonly urls: Pick<DatabaseUrls, "audit" | "owner">;
}

/**
 * Something that is done again and again. Every process that works jobs runs all of them on its own clock: each takes its
 * rows by locks that the others skip, so two at once share the work, and a process that is killed leaves nothing behind
 * that would keep the others from going on (docs/decisions/0012).
 */
export interface Job {
  readonly name: string;
  /** Pause between the end of a run and the next one. */
  readonly everySeconds: number;
  /** Past this a run counts as failed and the next one begins, whatever became of it. */
  readonly timeoutSeconds: number;
  /** How much one run takes on, where it is bounded: the name of its limit. */
  readonly batch?: number;
  /** Returns how much it did; a run that filled its batch is followed by the next at once. */
  readonly run: (context: JobContext) => Promise<number>;
}
