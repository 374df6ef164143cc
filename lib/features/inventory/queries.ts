import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { MoveKind } from "./card-moves";

/** Something that was done to cards of a batch, by a person. */
export interface MoveRow {
  readonly id: string;
  readonly kind: MoveKind;
  readonly reason: string;
  readonly cards: number;
  readonly left: number;
  readonly isWhole: boolean;
  readonly isFinished: boolean;
  readonly at: Date;
  readonly actorKind: string;
  /** Shown to admins, and to merchants of their own people. */
  readonly email: string | null;
}

/**
 * What was put aside, returned, withdrawn and laid into other pools of a batch, the newest first. Single cards are counted as far as they are of this batch; who of
 * the platform it was is told to admins alone.
 */
export function listMoves({ db }: { readonly db: Db }, viewer: Viewer, batchId: string): Promise<MoveRow[]> {
  const scope = merchantScope(viewer);
  return db.$queryRaw`
    WITH named AS (
      SELECT DISTINCT left(e.reference, 36)::uuid AS id FROM stock_entry e
       WHERE e.batch_id = ${batchId}::uuid AND e.kind IN ('quarantine', 'restore', 'withdraw', 'transfer_in') AND e.reference ~ '^[0-9a-f-]{36}(/|$)')
    SELECT m.id, m.kind, m.reason, m.card_count AS cards, m.left_count AS left, m.batch_id IS NOT NULL AS "isWhole",
           m.finished_at IS NOT NULL AS "isFinished", m.created_at AS at, m.actor_kind AS "actorKind",
           CASE WHEN ${scope}::uuid IS NULL OR u.merchant_id = ${scope}::uuid THEN u.email END AS email
      FROM card_move m LEFT JOIN app_user u ON u.id = m.actor_id
     WHERE (m.batch_id = ${batchId}::uuid OR m.id IN (SELECT id FROM named))
       AND (${scope}::uuid IS NULL OR m.merchant_id = ${scope}::uuid)
     ORDER BY m.created_at DESC, m.id DESC LIMIT ${limits.movesListed}::int`;
}
