import { refundByPolicy } from "@/lib/flows/refund-by-policy";
import type { Job } from "./job";

/** Gives back what shops want given back without being asked. */
export const refundByPolicyJob: Job = {
  name: "refund-by-policy",
  everySeconds: 15,
  timeoutSeconds: 60,
  run: ({ deps }) => refundByPolicy(deps),
};
