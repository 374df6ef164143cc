import { watchPromises } from "@/lib/flows/watch-promises";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Names paid orders that are past the day they were promised for. */
export const watchPromisesJob: Job = {
  name: "watch-promises",
  everySeconds: 60,
  timeoutSeconds: 60,
  batch: limits.listRowsPerPage,
  run: ({ deps }) => watchPromises(deps),
};
