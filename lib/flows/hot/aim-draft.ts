import { countByPool } from "@/lib/features/inventory/pools";
import { isSoldOut, isSoldOutIn, startCount } from "@/lib/features/inventory/sold-out-latch";
import { type StockPlace, startOf } from "@/lib/features/inventory/start-hints";
import { assert } from "@/lib/kernel/assert";
import type { Deps } from "@/lib/platform/deps";
import type { OrderDraft } from "./draft-order";
import type { PlaceLine } from "./place-statement";

/** Where a line may be taken from, in order; nearly always one place. */
export const placesOf = ({ lines, pools }: OrderDraft, index: number): StockPlace[] => {
  const [line, poolIds] = [lines[index], pools[index]];
  assert(line && poolIds, "a draft has pools for each of its lines");
  return poolIds.map((poolId) => ({ variantId: line.variant_id, poolId }));
};

/** Whether some line may be taken from more than one pool. */
export const hasFallback = ({ pools }: OrderDraft): boolean => pools.some((poolIds) => poolIds.length > 1);

/** Whether the last counts, a moment ago, found fewer cards of some line in all of its pools together than it asks for. */
export const isGone = (deps: Deps, draft: OrderDraft): boolean =>
  draft.lines.some((line, index) => isSoldOutIn(deps, placesOf(draft, index), line.quantity));

/** The draft with each line at the first of its pools that is not known to have too few; null when some line fits into none. */
export function aim(deps: Deps, draft: OrderDraft): OrderDraft | null {
  if (!hasFallback(draft)) return draft;
  const lines: PlaceLine[] = [];
  for (const [index, line] of draft.lines.entries()) {
    const place = placesOf(draft, index).find((one) => !isSoldOut(deps, one, line.quantity));
    if (!place) return null;
    lines.push({ ...line, pool_id: place.poolId, start: startOf(deps, place).toString() });
  }
  return { ...draft, lines };
}

/** How many cards each pool of a line has; a pool with too few for it is remembered for a moment. */
async function count(deps: Deps, draft: OrderDraft, index: number): Promise<ReadonlyMap<string, number>> {
  const places = placesOf(draft, index);
  const { variant_id: variantId, quantity } = draft.lines[index] as PlaceLine;
  const latches = new Map(places.map((place) => [place.poolId, startCount(deps, place)]));
  const counts = await countByPool(deps.db, { variantId, poolIds: [...latches.keys()] }, quantity);
  for (const [poolId, n] of counts) if (n < quantity) latches.get(poolId)?.(n);
  return counts;
}

/** Counts the pools of a draft whose aim was short, unless somebody before it in the line has: the crowd behind it then goes on elsewhere. */
export async function countPools(deps: Deps, aimed: OrderDraft): Promise<void> {
  for (const [index, { variant_id: variantId, pool_id: poolId, quantity }] of aimed.lines.entries()) {
    if (isSoldOut(deps, { variantId, poolId }, quantity)) continue;
    if (placesOf(aimed, index).length > 1) await count(deps, aimed, index);
  }
}

/**
 * The lines of a draft shared among their pools as these have cards, in order: exactly what is left of the first, and the rest from those
 * behind it. Null when all of them together have too few. The statement takes every part, or nothing of the order.
 */
export async function splitLines(deps: Deps, draft: OrderDraft): Promise<PlaceLine[] | null> {
  const parts: PlaceLine[] = [];
  for (const [index, line] of draft.lines.entries()) {
    const places = placesOf(draft, index);
    if (places.length === 1) {
      parts.push(line);
      continue;
    }
    const counts = await count(deps, draft, index);
    let lacking = line.quantity;
    for (const { poolId } of places) {
      const quantity = Math.min(lacking, counts.get(poolId) ?? 0);
      if (quantity === 0) continue;
      const ordered = lacking === line.quantity ? line.quantity : 0;
      parts.push({ ...line, pool_id: poolId, quantity, ordered });
      lacking -= quantity;
    }
    if (lacking > 0) return null;
  }
  return parts;
}
