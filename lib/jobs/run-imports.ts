import { runImports } from "@/lib/flows/run-imports";
import type { Job } from "./job";

/** Imports the files that merchants have sent; a run only begins them, and they go on by themselves. */
export const runImportsJob: Job = {
  name: "run-imports",
  everySeconds: 1,
  timeoutSeconds: 30,
  run: ({ deps }) => runImports(deps),
};
