import { runReconciliations } from "@/lib/flows/reconcile";
import type { Job } from "./job";

/** Begins the run of the hour, of the day, and those that people ask for; a run of the job only begins them, and they go on by themselves. */
export const runReconciliationsJob: Job = {
  name: "run-reconciliations",
  everySeconds: 3,
  timeoutSeconds: 30,
  run: ({ deps }) => runReconciliations(deps),
};
