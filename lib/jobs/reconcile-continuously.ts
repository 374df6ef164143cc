import { reconcileContinuously } from "@/lib/flows/reconcile-continuously";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Compares every order that something happened to, minutes after it did; of several processes one at a time. */
export const reconcileContinuouslyJob: Job = {
  name: "reconcile-continuously",
  everySeconds: 5,
  timeoutSeconds: 120,
  batch: limits.reconcileRowsPerFeed * limits.reconcileStepsPerPass,
  run: ({ deps }) => reconcileContinuously(deps),
};
