import { queueWaitingMails } from "@/lib/features/health/queue";
import type { Job } from "./job";

/** Gives the mails that pages asked for their jobs, within seconds. */
export const queueMailsJob: Job = {
  name: "queue-mails",
  everySeconds: 2,
  timeoutSeconds: 30,
  run: ({ deps }) => queueWaitingMails(deps),
};
