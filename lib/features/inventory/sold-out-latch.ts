import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { placeKey, type StockPlace } from "./start-hints";

interface Latch {
  readonly available: number;
  readonly until: number;
}

const latchesOf = (deps: Deps): Map<string, Latch> => ofDeps(deps, "inventory.sold-out", () => new Map());

/**
 * Whether the last count without locks, a moment ago, found fewer cards than this. It spares the database the crowd after
 * a sell-out; it opens again by itself after `limits.soldOutLatchMs`, and at once when cards become available.
 */
export function isSoldOut(deps: Deps, place: StockPlace, quantity: number): boolean {
  const latch = latchesOf(deps).get(placeKey(place));
  return latch !== undefined && deps.clock.now() < latch.until && quantity > latch.available;
}

/** Remembers what a count without locks found. */
export function latchSoldOut(deps: Deps, place: StockPlace, available: number): void {
  const latches = latchesOf(deps);
  if (latches.size >= limits.variantCacheEntriesMax) latches.clear();
  latches.set(placeKey(place), { available, until: deps.clock.now() + limits.soldOutLatchMs });
}

/** Opens the latch of a variant; called when its cards became available. */
export function dropLatch(deps: Deps, variantId: string): void {
  const latches = latchesOf(deps);
  for (const key of latches.keys()) if (key.startsWith(variantId)) latches.delete(key);
}
