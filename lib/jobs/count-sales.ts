import { countSales } from "@/lib/features/merchants/count-sales";
import { SHOP_TIME_ZONE } from "@/lib/i18n/format";
import type { Job } from "./job";

/** Keeps the days that the overview shows half a minute from the truth. */
export const countSalesJob: Job = {
  name: "count-sales",
  everySeconds: 30,
  timeoutSeconds: 120,
  run: ({ deps }) => countSales(deps, SHOP_TIME_ZONE),
};
