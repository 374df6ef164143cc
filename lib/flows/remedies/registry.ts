import type { FindingHead } from "@/lib/features/reconciliation/find-finding";
import { type RemedyName, ruleOf } from "@/lib/features/reconciliation/kinds";
import { rebuildCache, reseal } from "./books";
import { replaceOne, withdrawCard } from "./cards";
import { deliver } from "./deliver";
import { fillFromPool } from "./fill-from-pool";
import { haltOne, resumeOne } from "./product";
import { refundBalance, refundSource } from "./refund";
import { release } from "./release";
import type { AnyRemedy } from "./remedy";
import { rerunJob } from "./rerun";
import { markNotOurs, recordPayment } from "./stray-money";
import { waiveChosen } from "./waive-choice";

/** Everything that may be done about a finding. */
const ALL: readonly AnyRemedy[] = [
  deliver,
  fillFromPool,
  waiveChosen,
  release,
  refundSource,
  refundBalance,
  recordPayment,
  markNotOurs,
  rebuildCache,
  reseal,
  rerunJob,
  withdrawCard,
  replaceOne,
  haltOne,
  resumeOne,
];

const BY_NAME: ReadonlyMap<string, AnyRemedy> = new Map(ALL.map((remedy) => [remedy.name, remedy]));

/** A remedy by its name, or null where there is none. */
export const findRemedy = (name: string): AnyRemedy | null => BY_NAME.get(name) ?? null;

/**
 * What may be done about a finding: by its kind; a product that is off sale can be put back, whatever it is about, and a choice given up only
 * where one was made.
 */
export function remediesFor({
  kind,
  isHalted,
  isChosen,
}: Pick<FindingHead, "kind" | "isHalted" | "isChosen">): readonly RemedyName[] {
  const names = ruleOf(kind).remedies.filter((name) => BY_NAME.has(name) && (name !== "waive_choice" || isChosen));
  return isHalted && !names.includes("resume_product") ? [...names, "resume_product"] : names;
}

/** The names of what the shop may do by itself, once somebody has turned it on. */
export const AUTOMATIC: readonly RemedyName[] = ALL.filter(
  (remedy) => !remedy.needsProof && remedy.isAutomatic === true,
).map(({ name }) => name);
