import { drainOutbox } from "@/lib/flows/drain-outbox";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";
import { addJob } from "./queue";

/** Turns what sales left in the outbox into mails and queue jobs. */
export const drainOutboxJob: Job = {
  name: "drain-outbox",
  everySeconds: 1,
  timeoutSeconds: 30,
  batch: limits.outboxRowsPerRun,
  run: ({ deps }) => drainOutbox(deps, addJob),
};
