import { findSealingState } from "@/lib/features/ledger/sealing-state";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { type Finding, fine, problem, warning } from "./finding";

/** Whether the ledger is being sealed. Whether it is as it was sealed, kapu verify-ledger says. */
export async function checkLedger(deps: Deps): Promise<Finding[]> {
  const { lastBlock, isKeyOurs, oldestUnsealedSeconds } = await findSealingState(deps);
  if (!isKeyOurs) {
    return [
      problem(
        "ledger",
        "Its blocks were signed under another KAPU_SECRET, so no new ones are sealed: start the shop with that secret.",
      ),
    ];
  }
  if (oldestUnsealedSeconds !== null && oldestUnsealedSeconds > limits.ledgerUnsealedSecondsMax) {
    const minutes = Math.round(oldestUnsealedSeconds / 60);
    return [
      warning(
        "ledger",
        `An entry has waited for ${minutes} minutes to be sealed: is there a process with ROLE=worker, or a transaction that stays open in this Postgres?`,
      ),
    ];
  }
  if (lastBlock === null) return [fine("ledger", "Nothing is sealed yet.")];
  return [fine("ledger", `Sealed up to block ${lastBlock}.`)];
}
