import { fetchStatements } from "@/lib/flows/fetch-statements";
import type { Job } from "./job";

/** Has the statements that gateways make of each day; when a day is due stands in its row. */
export const fetchStatementsJob: Job = {
  name: "fetch-statements",
  everySeconds: 60,
  timeoutSeconds: 120,
  run: ({ deps }) => fetchStatements(deps),
};
