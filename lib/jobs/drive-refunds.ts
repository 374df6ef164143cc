import { driveRefunds } from "@/lib/flows/drive-refunds";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Tells gateways to give money back, and asks what became of it. */
export const driveRefundsJob: Job = {
  name: "drive-refunds",
  everySeconds: 3,
  timeoutSeconds: 120,
  batch: limits.refundsPerRun,
  run: ({ deps }) => driveRefunds(deps),
};
