import type { Db } from "@/lib/platform/db";

/** How good the cards of a batch were. */
export interface BatchQuality {
  /** Handed to buyers, replaced and taken back ones included. */
  readonly sold: number;
  readonly replaced: number;
  /** Taken back because the money was given back. */
  readonly refunded: number;
}

/**
 * How many cards of each batch came back, for batches that the viewer was found to own. What was sold is counted only where something
 * came back: a batch without bad cards costs an index entry, however large it is. Such a batch is not in the answer.
 */
export async function readQuality(
  { db }: { readonly db: Db },
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, BatchQuality>> {
  const rows = await db.$queryRaw<(BatchQuality & { id: string })[]>`
    SELECT b.id, r.n AS replaced, back.n - r.n AS refunded,
           (back.n + (SELECT count(*) FROM card c WHERE c.batch_id = b.id AND c.status = 'delivered'))::int AS sold
      FROM unnest(${[...batchIds]}::uuid[]) AS b (id)
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS n FROM card c WHERE c.batch_id = b.id AND c.status = 'withdrawn' AND c.delivered_at IS NOT NULL) back
      CROSS JOIN LATERAL (SELECT count(*)::int AS n FROM replacement WHERE old_batch_id = b.id AND status = 'done') r
     WHERE back.n > 0`;
  return new Map(rows.map(({ id, ...quality }) => [id, quality]));
}
