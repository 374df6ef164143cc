import type { Tx } from "@/lib/platform/db";
import type { ReplacementReason, ReplacementState } from "./rules";

/** A replacement as it is on record. */
export interface Replacement {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly position: number;
  readonly reason: ReplacementReason;
  readonly note: string;
  readonly status: ReplacementState;
}

/** One replacement by its id, or null. */
export async function findReplacement(tx: Tx, id: string): Promise<Replacement | null> {
  const rows = await tx.$queryRaw<Replacement[]>`
    SELECT id, order_id AS "orderId", merchant_id AS "merchantId", position, reason, note, status FROM replacement WHERE id = ${id}::uuid`;
  return rows[0] ?? null;
}

export interface ReplacementDraft {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly variantId: string;
  readonly poolId: string;
  readonly position: number;
  readonly oldCardId: string;
  readonly oldBatchId: string;
  readonly reason: ReplacementReason;
  readonly note: string;
  readonly isGoodwill: boolean;
  readonly requestedBy: { readonly kind: "merchant" | "admin"; readonly userId: string };
}

/** Puts a replacement on record, waiting; the caller has locked its order. False when the card is being replaced already. */
export async function insertReplacement(tx: Tx, draft: ReplacementDraft): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    INSERT INTO replacement (id, order_id, merchant_id, variant_id, pool_id, position, old_card_id, old_batch_id, reason, note, is_goodwill,
                             requested_by_kind, requested_by)
    VALUES (${draft.id}::uuid, ${draft.orderId}::uuid, ${draft.merchantId}::uuid, ${draft.variantId}::uuid, ${draft.poolId}::uuid, ${draft.position}::int,
            ${draft.oldCardId}::uuid, ${draft.oldBatchId}::uuid, ${draft.reason}, ${draft.note}, ${draft.isGoodwill}, ${draft.requestedBy.kind}, ${draft.requestedBy.userId}::uuid)
    ON CONFLICT (old_card_id) WHERE status <> 'cancelled' DO NOTHING`;
  return inserted === 1;
}

/** How many replacements an order has, by kind of card: all that were ever asked for, and those that count against its warranty. */
export async function countReplacements(
  tx: Tx,
  { orderId, variantId }: { orderId: string; variantId: string },
): Promise<{ all: number; used: number }> {
  const [row] = await tx.$queryRaw<[{ all: number; used: number }]>`
    SELECT count(*)::int AS all, count(*) FILTER (WHERE variant_id = ${variantId}::uuid AND status <> 'cancelled')::int AS used
      FROM replacement WHERE order_id = ${orderId}::uuid`;
  return row;
}

/** Ends a replacement that waits; false when it did not, or not any more. The order keeps its card. */
export async function cancelWaiting(tx: Tx, id: string): Promise<boolean> {
  const cancelled = await tx.$executeRaw`
    UPDATE replacement SET status = 'cancelled', done_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ${id}::uuid AND status = 'waiting'`;
  return cancelled === 1;
}

/** The same of all that an order waits for: its money went back. */
export async function cancelWaitingOf(tx: Tx, orderId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE replacement SET status = 'cancelled', done_at = date_trunc('milliseconds', clock_timestamp())
     WHERE order_id = ${orderId}::uuid AND status = 'waiting'`;
}
