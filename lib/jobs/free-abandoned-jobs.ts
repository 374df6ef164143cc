import { freeAbandonedJobs } from "@/lib/features/health/queue";
import type { Job } from "./job";

/** The queue itself waits four hours before it takes a job from a worker that was killed; a mail is promised within two minutes. */
export const freeAbandonedJobsJob: Job = {
  name: "free-abandoned-jobs",
  everySeconds: 15,
  timeoutSeconds: 30,
  run: ({ deps }) => freeAbandonedJobs(deps),
};
