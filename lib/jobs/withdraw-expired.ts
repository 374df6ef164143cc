import { withdrawExpired } from "@/lib/flows/withdraw-expired";
import type { Job } from "./job";

/** Takes expired cards off the shelf; a buyer is not offered them in the meantime. */
export const withdrawExpiredJob: Job = {
  name: "withdraw-expired",
  everySeconds: 120,
  timeoutSeconds: 300,
  run: ({ deps }) => withdrawExpired(deps),
};
