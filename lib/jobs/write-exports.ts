import { writeExport } from "@/lib/flows/write-export";
import type { Job } from "./job";

/** Writes the files that people asked for, one at a time in each process, and throws old ones away. */
export const writeExportsJob: Job = {
  name: "write-exports",
  everySeconds: 3,
  timeoutSeconds: 1_800,
  batch: 1,
  run: ({ deps }) => writeExport(deps),
};
