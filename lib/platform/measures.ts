import type { Log } from "./log";
import { singleton } from "./singleton";

/** One batch of a coalescer, as the metrics see it. */
export interface BatchMeasure {
  readonly size: number;
  readonly milliseconds: number;
  /** Why the batch failed; its items were then run alone. */
  readonly error?: unknown;
}

type Listener = (name: string, batch: BatchMeasure) => void;
const listeners = (): Set<Listener> => singleton("measures.batches", () => new Set());

/** Tells whoever keeps metrics of a batch, which costs nothing when nobody does; one that failed also stands in the log. */
export function observeBatch(log: Log, name: string, batch: BatchMeasure): void {
  if (batch.error !== undefined) log.warn("batch.failed", { name, size: batch.size }, batch.error);
  tellOfBatch(name, batch);
}

/** Tells this process's keepers of a batch, be it of this process or of the one that serves its pages. */
export function tellOfBatch(name: string, batch: BatchMeasure): void {
  for (const listen of listeners()) listen(name, batch);
}

/** Registers a keeper of metrics; returns how to leave. */
export function onBatch(listen: Listener): () => void {
  listeners().add(listen);
  return () => listeners().delete(listen);
}
