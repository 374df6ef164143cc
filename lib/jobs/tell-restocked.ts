import { tellRestocked } from "@/lib/flows/ask-restock";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Mails buyers who wait for what is back. */
export const tellRestockedJob: Job = {
  name: "tell-restocked",
  everySeconds: 20,
  timeoutSeconds: 60,
  batch: limits.restockMailsPerRun,
  run: ({ deps }) => tellRestocked(deps),
};
