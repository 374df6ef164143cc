import { findExpiringPlaces, withdrawExpiredCards } from "@/lib/features/inventory/expiry";
import type { StockPlace } from "@/lib/features/inventory/start-hints";
import { appendEntry } from "@/lib/features/ledger/append";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { refreshStockBand } from "./refresh-stock-bands";

async function withdrawChunk(tx: Tx, place: StockPlace): Promise<number> {
  const cards = await withdrawExpiredCards(tx, place);
  const batches = new Map<string, string[]>();
  for (const { batchId } of cards) batches.set(batchId, []);
  for (const { id, batchId } of cards) batches.get(batchId)?.push(id);
  const merchantId = cards[0]?.merchantId;
  if (!merchantId) return 0;
  for (const [batchId, cardIds] of batches) {
    await appendEntry(tx, { kind: "withdraw", merchantId, batchId, reference: "expired", cardIds });
    await recordAudit(tx, {
      actor: { kind: "system" },
      action: "cards.expired",
      subjectKind: "batch",
      subjectId: batchId,
      merchantId,
      detail: { cards: cardIds.length },
    });
  }
  return cards.length;
}

/**
 * Takes cards that are past their time off the shelf, with their entries in the ledger. Nobody was sold them anyway: whatever sells
 * asks for the time, too. In bounded chunks, safe twice and by two at once. Returns how many it withdrew.
 */
export async function withdrawExpired(deps: Deps): Promise<number> {
  let withdrawn = 0;
  for (const place of await findExpiringPlaces(deps.db)) {
    const before = withdrawn;
    for (let chunk = 0; chunk < limits.expiredChunksPerRun; chunk++) {
      const result = await inTransaction(deps.db, async (tx) => ok(await withdrawChunk(tx, place)));
      if (!result.ok || result.value === 0) break;
      withdrawn += result.value;
    }
    if (withdrawn === before) continue;
    await refreshStockBand(deps, place.variantId);
    deps.log.info("cards.expired", { variantId: place.variantId, cards: withdrawn - before });
  }
  return withdrawn;
}
