import { findHeldBatches, moveOfBatch } from "@/lib/features/inventory/card-moves";
import { appendEntry } from "@/lib/features/ledger/append";
import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";

/**
 * Puts aside what has become available of batches that are under a hold, before anybody is offered it; the caller has locked the
 * variant's stock. A bounded number of cards: of a batch whose hold has only begun, the rest follows by its own move.
 */
export async function putHeldAside(tx: Tx, variantId: string): Promise<number> {
  let moved = 0;
  for (const { id: batchId, merchantId, holdId } of await findHeldBatches(tx, variantId)) {
    for (let chunk = 0; chunk < limits.heldChunksPerTransaction; chunk++) {
      const cards = await moveOfBatch(tx, "quarantine", { batchId, limit: limits.ledgerCardIdsPerEntry });
      if (cards.length === 0) break;
      const cardIds = cards.map(({ id }) => id);
      await appendEntry(tx, { kind: "quarantine", merchantId, batchId, reference: holdId, cardIds });
      moved += cards.length;
    }
  }
  return moved;
}
