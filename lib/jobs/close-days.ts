import { closeDays } from "@/lib/flows/close-days";
import { SHOP_TIME_ZONE } from "@/lib/i18n/format";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Closes each day a quarter of an hour after its end, by the shop's clock on the wall. */
export const closeDaysJob: Job = {
  name: "close-days",
  everySeconds: 60,
  timeoutSeconds: 300,
  batch: limits.closesPerRun,
  run: ({ deps }) => closeDays(deps, SHOP_TIME_ZONE),
};
