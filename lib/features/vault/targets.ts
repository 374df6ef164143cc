import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { findPlaces } from "./list-cards";
import type { VaultCursor } from "./rules";
import type { BulkTarget } from "./schema";

/**
 * The ids of the cards that an act on the vault is about, chunk by chunk, `max` at most: the named ones as they are, whosever they are,
 * so that the act must ask for the owner itself; or all that a filter shows this viewer, in the order of its pages.
 */
export async function* readTargets(
  reads: { readonly db: Db },
  viewer: Viewer,
  { target, max }: { target: BulkTarget; max: number },
): AsyncGenerator<readonly string[]> {
  if ("cardIds" in target) {
    if (target.cardIds.length > 0) yield target.cardIds.slice(0, max);
    return;
  }
  const { query } = target;
  let after: VaultCursor | undefined;
  for (let taken = 0; taken < max; ) {
    const size = Math.min(limits.vaultCardsPerChunk, max - taken);
    const places = await findPlaces(reads, viewer, { query, after, size });
    if (places.length > 0) yield places.map(({ id }) => id);
    const last = places.at(-1);
    if (!last || places.length < size) return;
    after = { place: BigInt(last.place), cardId: last.id };
    taken += places.length;
  }
}
