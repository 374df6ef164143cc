import { finishAbandonedImports } from "@/lib/flows/finish-imports";
import type { Job } from "./job";

/** The net under importing: the next import of a variant ends a dead one by itself, and this one does so when none comes. */
export const finishImportsJob: Job = {
  name: "finish-imports",
  everySeconds: 30,
  timeoutSeconds: 600,
  run: ({ deps }) => finishAbandonedImports(deps),
};
