import { sealLedger } from "@/lib/features/ledger/seal";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Chains what happened into signed blocks, some seconds after it happened and apart from any sale. */
export const sealLedgerJob: Job = {
  name: "seal-ledger",
  everySeconds: 10,
  timeoutSeconds: 60,
  batch: limits.ledgerBlocksPerRun,
  run: ({ deps }) => sealLedger(deps),
};
