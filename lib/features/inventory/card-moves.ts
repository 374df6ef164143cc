import type { Viewer } from "@/lib/kernel/viewer";
import type { Tx } from "@/lib/platform/db";
import { type CardMoveKind, MOVE_EDGES } from "./rules";

/** A change of state, or a transfer to another pool, which leaves the state as it is. */
export type MoveKind = CardMoveKind | "transfer";

/** A move of cards as it is on record: the intention, and how far it has come. */
export interface CardMove {
  readonly id: string;
  readonly kind: MoveKind;
  readonly merchantId: string;
  readonly contentHash: Uint8Array;
  readonly cardCount: number;
  readonly leftCount: number;
  readonly finishedAt: Date | null;
}

export interface MoveDraft {
  readonly id: string;
  readonly kind: MoveKind;
  readonly merchantId: string;
  readonly batchId: string | null;
  /** Of a transfer, where to. */
  readonly toPoolId?: string | undefined;
  readonly reason: string;
  readonly contentHash: Uint8Array;
  readonly actor: Viewer;
}

/** Puts an intention on record, once; returns it as it stands, from this call or from the one before it. */
export async function recordMove(tx: Tx, draft: MoveDraft): Promise<CardMove> {
  await tx.$executeRaw`
    INSERT INTO card_move (id, kind, merchant_id, batch_id, to_pool_id, reason, content_hash, actor_kind, actor_id)
    VALUES (${draft.id}::uuid, ${draft.kind}, ${draft.merchantId}::uuid, ${draft.batchId}::uuid, ${draft.toPoolId ?? null}::uuid, ${draft.reason},
            ${draft.contentHash}, ${draft.actor.kind}, ${draft.actor.userId}::uuid)
    ON CONFLICT (id) DO NOTHING`;
  const [move] = await tx.$queryRaw<CardMove[]>`
    SELECT id, kind, merchant_id AS "merchantId", content_hash AS "contentHash", card_count AS "cardCount", left_count AS "leftCount",
           finished_at AS "finishedAt" FROM card_move WHERE id = ${draft.id}::uuid FOR NO KEY UPDATE`;
  return move!;
}

/** Adds to what a move has moved; `isOver` ends it, and then its figures stand for ever. */
export async function advanceMove(
  tx: Tx,
  { id, moved, left = 0, isOver }: { id: string; moved: number; left?: number; isOver: boolean },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE card_move SET card_count = card_count + ${moved}::int, left_count = left_count + ${left}::int,
           finished_at = CASE WHEN ${isOver} THEN date_trunc('milliseconds', clock_timestamp()) END
     WHERE id = ${id}::uuid AND finished_at IS NULL`;
}

export interface MovedCard {
  readonly id: string;
  readonly batchId: string;
  readonly variantId: string;
  readonly poolId: string;
}

/**
 * Moves those of the named cards that are in a state the move starts from. A card that a buyer is taking at this moment is waited for:
 * either he has it, and it is not moved, or it is moved, and he was never offered it.
 */
export function moveNamed(tx: Tx, kind: CardMoveKind, cardIds: readonly string[]): Promise<MovedCard[]> {
  const { from, to } = MOVE_EDGES[kind];
  return tx.$queryRaw`
    UPDATE card SET status = ${to}
     WHERE id = ANY (ARRAY(SELECT id FROM card WHERE id = ANY (${[...cardIds]}::uuid[]) AND status = ANY (${[...from]}::text[])
                            ORDER BY id FOR NO KEY UPDATE))
       AND status = ANY (${[...from]}::text[])
    RETURNING id, batch_id AS "batchId", variant_id AS "variantId", pool_id AS "poolId"`;
}

/** The same of up to `limit` cards of a batch; an empty answer means that none is left. */
export function moveOfBatch(
  tx: Tx,
  kind: CardMoveKind,
  { batchId, limit }: { batchId: string; limit: number },
): Promise<MovedCard[]> {
  const { fromOfBatch: from, to } = MOVE_EDGES[kind];
  return tx.$queryRaw`
    UPDATE card SET status = ${to}
     WHERE id = ANY (ARRAY(SELECT id FROM card WHERE batch_id = ${batchId}::uuid AND status = ANY (${[...from]}::text[])
                            LIMIT ${limit}::int FOR NO KEY UPDATE))
       AND status = ANY (${[...from]}::text[])
    RETURNING id, batch_id AS "batchId", variant_id AS "variantId", pool_id AS "poolId"`;
}

/** A batch under a hold: nothing of it is sold. */
export interface HeldBatch {
  readonly id: string;
  readonly merchantId: string;
  readonly holdId: string;
}

/** The batches of a variant that are under a hold. */
export const findHeldBatches = (tx: Tx, variantId: string): Promise<HeldBatch[]> =>
  tx.$queryRaw`
    SELECT id, merchant_id AS "merchantId", hold_id AS "holdId" FROM batch
     WHERE variant_id = ${variantId}::uuid AND hold_id IS NOT NULL ORDER BY id`;

/** The hold that a batch is under at this moment, or null; its row is locked until the transaction ends. */
export async function lockHold(tx: Tx, batchId: string): Promise<{ holdId: string | null; status: string }> {
  const [row] = await tx.$queryRaw<{ holdId: string | null; status: string }[]>`
    SELECT hold_id AS "holdId", status FROM batch WHERE id = ${batchId}::uuid FOR NO KEY UPDATE`;
  return row!;
}

/** Puts a batch under a hold, or, with null, lifts the one it is under. */
export async function setHold(tx: Tx, batchId: string, holdId: string | null): Promise<void> {
  await tx.$executeRaw`UPDATE batch SET hold_id = ${holdId}::uuid WHERE id = ${batchId}::uuid`;
}
