import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { placeKey, type StockPlace } from "./start-hints";

interface Latch {
  readonly available: number;
  readonly until: number;
}

interface State {
  readonly latches: Map<string, Latch>;
  /** How often cards became available, of whatever variant. */
  arrivals: number;
}

const stateOf = (deps: Deps): State => ofDeps(deps, "inventory.sold-out", () => ({ latches: new Map(), arrivals: 0 }));

/**
 * Whether the last count without locks, a moment ago, found fewer cards than this. It spares the database the crowd after
 * a sell-out; it opens again by itself after `limits.soldOutLatchMs`, and at once when cards become available.
 */
export function isSoldOut(deps: Deps, place: StockPlace, quantity: number): boolean {
  const latch = stateOf(deps).latches.get(placeKey(place));
  return latch !== undefined && deps.clock.elapsed() < latch.until && quantity > latch.available;
}

/** The same of several places together: what one has too few of, another may have. */
export function isSoldOutIn(deps: Deps, places: readonly StockPlace[], quantity: number): boolean {
  const { latches } = stateOf(deps);
  const now = deps.clock.elapsed();
  let left = 0;
  for (const place of places) {
    const latch = latches.get(placeKey(place));
    if (latch === undefined || now >= latch.until) return false;
    left += latch.available;
  }
  return quantity > left;
}

/** Called before a count without locks; returns how to remember what it found, unless cards arrived in the meantime. */
export function startCount(deps: Deps, place: StockPlace): (available: number) => void {
  const state = stateOf(deps);
  const { arrivals } = state;
  return (available) => {
    if (state.arrivals !== arrivals) return;
    if (state.latches.size >= limits.variantCacheEntriesMax) state.latches.clear();
    state.latches.set(placeKey(place), { available, until: deps.clock.elapsed() + limits.soldOutLatchMs });
  };
}

/** Opens the latch of a variant; called when its cards became available. */
export function dropLatch(deps: Deps, variantId: string): void {
  const state = stateOf(deps);
  state.arrivals++;
  const { latches } = state;
  for (const key of latches.keys()) if (key.startsWith(variantId)) latches.delete(key);
}
