import { watchStock } from "@/lib/flows/watch-stock";
import type { Job } from "./job";

/** Warns merchants of stock that runs low. */
export const watchStockJob: Job = {
  name: "watch-stock",
  everySeconds: 30,
  timeoutSeconds: 120,
  run: ({ deps }) => watchStock(deps),
};
