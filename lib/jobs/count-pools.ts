import { countPools } from "@/lib/features/pools/count-pools";
import type { Job } from "./job";

/** Holds what pools should hold against what is counted there, for the page that shows it; that they agree is the audit's I25. */
export const countPoolsJob: Job = {
  name: "count-pools",
  everySeconds: 3_600,
  timeoutSeconds: 300,
  run: async ({ deps }) => {
    const drifted = await countPools(deps, null);
    if (drifted > 0) deps.log.error("pools.drifted", { places: drifted });
    return drifted;
  },
};
