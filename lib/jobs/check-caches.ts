import { checkCaches } from "@/lib/flows/check-caches";
import type { Job } from "./job";

/** Holds what is kept beside the database against it, a part each time. */
export const checkCachesJob: Job = {
  name: "check-caches",
  everySeconds: 20,
  timeoutSeconds: 60,
  run: async ({ deps }) => {
    const reports = await checkCaches(deps);
    return reports.reduce((sum, { drifted }) => sum + drifted, 0);
  },
};
