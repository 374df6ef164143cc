import type { Log } from "@/lib/platform/log";

/** Something that runs until it is stopped: the HTTP server, the workers, the pools, the database. */
export interface Part {
  readonly name: string;
  stop(): Promise<void>;
}

export interface Lifecycle {
  /** Notes a part that now runs. */
  add(part: Part): void;
  /** Stops every part once, the latest first, so that each still has what it stands on; a part that fails stops no other. */
  stop(): Promise<void>;
}

/** Keeps the order in which the process came to life, and ends it in reverse. */
export function createLifecycle(log: Log): Lifecycle {
  const parts: Part[] = [];
  let stopping: Promise<void> | null = null;
  const stopAll = async (): Promise<void> => {
    for (let part = parts.pop(); part; part = parts.pop()) {
      await part.stop().catch((error: unknown) => log.error("process.part_stop_failed", { part: part?.name }, error));
    }
  };
  return {
    add: (part) => void parts.push(part),
    stop: () => {
      stopping ??= stopAll();
      return stopping;
    },
  };
}
