import { refreshStockBands } from "@/lib/flows/refresh-stock-bands";
import type { Job } from "./job";

/** Keeps what pages say of the stock a few seconds from the truth. */
export const refreshStockBandsJob: Job = {
  name: "refresh-stock-bands",
  everySeconds: 2,
  timeoutSeconds: 60,
  run: ({ deps }) => refreshStockBands(deps),
};
