import { remedyByPolicy } from "@/lib/flows/remedy-by-policy";
import type { Job } from "./job";

/** Mends by itself what a person has said may be mended by itself. */
export const remedyByPolicyJob: Job = {
  name: "remedy-by-policy",
  everySeconds: 30,
  timeoutSeconds: 120,
  run: ({ deps, urls }) => remedyByPolicy(deps, urls.audit),
};
