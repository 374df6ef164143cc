import { singleton } from "./singleton";

/** One batch of a coalescer, as the metrics see it. */
export interface BatchMeasure {
  readonly size: number;
  readonly milliseconds: number;
  readonly isFailed: boolean;
}

type Listener = (name: string, batch: BatchMeasure) => void;
const listeners = (): Set<Listener> => singleton("measures.batches", () => new Set());

/** Tells whoever keeps metrics of a batch; costs nothing when nobody does. */
export function observeBatch(name: string, batch: BatchMeasure): void {
  for (const listen of listeners()) listen(name, batch);
}

/** Registers a keeper of metrics; returns how to leave. */
export function onBatch(listen: Listener): () => void {
  listeners().add(listen);
  return () => listeners().delete(listen);
}
