import { keepHolds } from "@/lib/flows/keep-holds";
import type { Job } from "./job";

/** The net under batches that were put aside: what a killed move left on sale follows within seconds. */
export const keepHoldsJob: Job = {
  name: "keep-holds",
  everySeconds: 15,
  timeoutSeconds: 120,
  run: ({ deps }) => keepHolds(deps),
};
