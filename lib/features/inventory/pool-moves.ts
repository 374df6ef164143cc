import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import type { MovedCard } from "./card-moves";
import type { StockPlace } from "./start-hints";

/** A card that lies in another pool now; `poolId` is the one it has left. */
export type TransferredCard = MovedCard & { readonly status: string };

/**
 * Lays those of the named cards into a pool that are in no buyer's hands and do not lie there already. A card that a buyer is taking at
 * this moment is waited for: either it is his, and it stays where it was, or it goes, and he looks further.
 */
export function transferNamed(tx: Tx, cardIds: readonly string[], toPoolId: string): Promise<TransferredCard[]> {
  return tx.$queryRaw`
    WITH picked AS MATERIALIZED (
      SELECT id, pool_id FROM card
       WHERE id = ANY (${[...cardIds]}::uuid[]) AND status IN ('available', 'quarantined') AND pool_id <> ${toPoolId}::uuid
       ORDER BY id FOR NO KEY UPDATE)
    UPDATE card c SET pool_id = ${toPoolId}::uuid FROM picked p
     WHERE c.id = ANY (ARRAY(SELECT id FROM picked)) AND c.id = p.id AND c.status IN ('available', 'quarantined') AND c.pool_id = p.pool_id
    RETURNING c.id, c.batch_id AS "batchId", c.variant_id AS "variantId", p.pool_id AS "poolId", c.status`;
}

/** Up to `quantity` cards of a place that are on sale and that nobody need choose, those that would be sold last; one that somebody is taking is passed by. */
export async function pickLast(tx: Tx, { variantId, poolId }: StockPlace, quantity: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM card
     WHERE variant_id = ${variantId}::uuid AND pool_id = ${poolId}::uuid AND status = 'available' AND pick >= 0
       AND (expires_at IS NULL OR expires_at > clock_timestamp())
     ORDER BY pick DESC LIMIT ${Math.min(quantity, limits.ledgerCardIdsPerEntry)}::int FOR NO KEY UPDATE SKIP LOCKED`;
  return rows.map((row) => row.id);
}

export interface PoolTransferDraft {
  readonly moveId: string;
  readonly merchantId: string;
  readonly variantId: string;
  readonly batchId: string;
  readonly fromPoolId: string;
  readonly toPoolId: string;
  readonly cardCount: number;
}

/** Counts what went from one pool to another, beside the two entries of the ledger that name the cards. */
export async function countTransfer(tx: Tx, draft: PoolTransferDraft): Promise<void> {
  await tx.poolTransfer.create({ data: draft });
}
