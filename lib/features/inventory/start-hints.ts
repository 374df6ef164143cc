import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";

/** Where stock lies: a variant's cards in one pool. */
export interface StockPlace {
  readonly variantId: string;
  readonly poolId: string;
}

export const placeKey = ({ variantId, poolId }: StockPlace): string => `${variantId}|${poolId}`;

interface Hint {
  readonly pick: bigint;
  readonly bornAt: number;
}

const hintsOf = (deps: Deps): Map<string, Hint> => ofDeps(deps, "inventory.start-hints", () => new Map());

/**
 * Where the search for available cards may begin: past the cards this process has just sold, whose dead index entries cost
 * buffers under an old snapshot. Only a hint: it starts again from zero every few seconds, after a release or publish, and
 * whenever a pick came back short.
 */
export function startOf(deps: Deps, place: StockPlace): bigint {
  const hint = hintsOf(deps).get(placeKey(place));
  if (!hint || deps.clock.elapsed() - hint.bornAt > limits.startHintAgeMs) return 0n;
  return hint.pick;
}

/** Moves the hint forward after a pick. */
export function advanceStart(deps: Deps, place: StockPlace, pick: bigint): void {
  const hints = hintsOf(deps);
  const key = placeKey(place);
  const known = hints.get(key);
  const now = deps.clock.elapsed();
  const isOld = !known || now - known.bornAt > limits.startHintAgeMs;
  if (!isOld && known.pick >= pick) return;
  if (hints.size >= limits.variantCacheEntriesMax) hints.clear();
  hints.set(key, { pick, bornAt: isOld ? now : known.bornAt });
}

/** Forgets every hint of a variant; called when its cards became available. */
export function resetStarts(deps: Deps, variantId: string): void {
  const hints = hintsOf(deps);
  for (const key of hints.keys()) if (key.startsWith(variantId)) hints.delete(key);
}
