import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";

/** Whether a card of the batch is reserved, or was ever handed out. */
export async function isAnySold(tx: Tx, batchId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM card WHERE batch_id = ${batchId}::uuid AND (status IN ('reserved', 'delivered') OR delivered_at IS NOT NULL) LIMIT 1`;
  return rows.length > 0;
}

/** From here on the batch is wanted back and none of its drafts is published; false when it was wanted back before. */
export async function wantBack(tx: Tx, batchId: string): Promise<boolean> {
  const wanted = await tx.$executeRaw`
    UPDATE batch SET withdrawn_at = clock_timestamp() WHERE id = ${batchId}::uuid AND withdrawn_at IS NULL AND status IN ('draft', 'published')`;
  return wanted === 1;
}

/** Takes back what of the batch is neither reserved nor sold, bite by bounded bite; returns how many cards. */
export async function takeBackCards(db: Db, batchId: string): Promise<number> {
  const bitesMax = Math.ceil(limits.importLinesMax / limits.importCardsPerChunk) + 1;
  let taken = 0;
  for (let bite = 0; bite < bitesMax; bite += 1) {
    const [row] = await db.$queryRaw<{ n: number }[]>`
      SELECT take_back_cards(${batchId}::uuid, ${limits.importCardsPerChunk}::int) AS n`;
    if (!row || row.n === 0) break;
    taken += row.n;
  }
  return taken;
}

/** Ends the taking back when nothing of the batch is left with anybody; false while something is. */
export async function endTakingBack(db: Db, batchId: string): Promise<boolean> {
  const ended = await db.$executeRaw`
    UPDATE batch SET status = 'withdrawn'
     WHERE id = ${batchId}::uuid AND withdrawn_at IS NOT NULL AND status IN ('draft', 'published')
       AND NOT EXISTS (SELECT 1 FROM card c WHERE c.batch_id = batch.id AND (c.status <> 'withdrawn' OR c.delivered_at IS NOT NULL))`;
  return ended === 1;
}

/** Batches that are wanted back and of which some cards are still, or again, free to be sold. */
export const findUnfinishedTakingsBack = (db: Db): Promise<{ id: string; variantId: string }[]> =>
  db.$queryRaw`
    SELECT b.id::text, b.variant_id::text AS "variantId" FROM batch b
     WHERE b.withdrawn_at IS NOT NULL AND b.status IN ('draft', 'published')
       AND EXISTS (SELECT 1 FROM card c WHERE c.batch_id = b.id AND c.status IN ('draft', 'available'))
     LIMIT ${limits.listRowsPerPage}`;
