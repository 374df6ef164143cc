import { finishAbandonedImports } from "@/lib/flows/finish-imports";
import { forgetUploads } from "@/lib/flows/run-imports";
import { finishTakingBack } from "@/lib/flows/take-back-batch";
import type { Job } from "./job";

/**
 * The net under importing: the next import of a variant ends a dead one by itself, and this one does so when none comes. It also goes on
 * with batches that are taken back, and drops files that nobody has come back to.
 */
export const finishImportsJob: Job = {
  name: "finish-imports",
  everySeconds: 30,
  timeoutSeconds: 600,
  run: async ({ deps }) =>
    (await finishAbandonedImports(deps)) + (await finishTakingBack(deps)) + (await forgetUploads(deps)),
};
