import { queryPayments } from "@/lib/flows/query-payments";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Asks gateways about open payments that are due; how often an attempt is due stands in its row. */
export const queryPaymentsJob: Job = {
  name: "query-payments",
  everySeconds: 5,
  timeoutSeconds: 120,
  batch: limits.queryAttemptsPerRun,
  run: ({ deps }) => queryPayments(deps),
};
