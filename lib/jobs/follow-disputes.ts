import { followDisputes } from "@/lib/flows/follow-disputes";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Keeps the deadlines of disputes, and ends decisions that were begun. */
export const followDisputesJob: Job = {
  name: "follow-disputes",
  everySeconds: 20,
  timeoutSeconds: 120,
  batch: limits.disputesPerRun,
  run: ({ deps }) => followDisputes(deps),
};
