import { sendWebhooks } from "@/lib/flows/send-webhooks";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Tells merchants' programs what happened, within seconds. */
export const sendWebhooksJob: Job = {
  name: "send-webhooks",
  everySeconds: 2,
  timeoutSeconds: 60,
  batch: limits.webhooksPerRun,
  run: ({ deps }) => sendWebhooks(deps),
};
