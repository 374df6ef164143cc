import { limits } from "@/lib/kernel/limits";
import type { Secret } from "@/lib/kernel/secret";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import { sha256 } from "@/lib/platform/crypto";
import type { Db } from "@/lib/platform/db";

interface Reads {
  readonly db: Db;
}

/** How often a key may be used, and was. */
export interface QuotaFigures {
  readonly used: number;
  readonly usesMax: number;
}

/** The figures of a key that its order gives out now; null for any other text. */
export async function findQuota({ db }: Reads, key: Secret): Promise<QuotaFigures | null> {
  const rows = await db.$queryRaw<QuotaFigures[]>`
    SELECT q.used, q.uses_max AS "usesMax" FROM quota q
      JOIN card c ON c.id = q.card_id AND c.status = 'delivered'
      JOIN orders o ON o.id = c.order_id AND o.status = 'delivered' AND c.id = ANY (o.card_ids)
     WHERE q.key_hash = ${sha256(key.reveal())}`;
  return rows[0] ?? null;
}

export interface QuotaOfOrder extends QuotaFigures {
  /** Which card of the order it is, from 1. */
  readonly position: number;
}

/** The first keys among the cards of a delivered order, as its buyer counts them; for whoever has established who asks. */
export const listQuotasOfOrder = ({ db }: Reads, orderId: string): Promise<QuotaOfOrder[]> =>
  db.$queryRaw`
    SELECT u.position::int AS position, q.used, q.uses_max AS "usesMax"
      FROM orders o CROSS JOIN LATERAL unnest(o.card_ids) WITH ORDINALITY AS u (card_id, position)
      JOIN quota q ON q.card_id = u.card_id
     WHERE o.id = ${orderId}::uuid AND o.status = 'delivered' ORDER BY u.position LIMIT ${limits.quotaRowsShown}::int`;

/** What is spent of one card; null when it is no such key, or not there for this viewer. */
export async function findQuotaOfCard({ db }: Reads, viewer: Viewer, cardId: string): Promise<QuotaFigures | null> {
  const scope = merchantScope(viewer);
  const rows = await db.$queryRaw<QuotaFigures[]>`
    SELECT q.used, q.uses_max AS "usesMax" FROM quota q WHERE q.card_id = ${cardId}::uuid AND (${scope}::uuid IS NULL OR q.merchant_id = ${scope}::uuid)`;
  return rows[0] ?? null;
}

export interface QuotaOfBatch {
  readonly keys: number;
  /** Of how many of them anything is spent. */
  readonly begun: number;
  readonly used: bigint;
  readonly usesMax: bigint;
}

/** What is spent of the keys of a batch; null when it has none, or is not there for this viewer. */
export async function sumQuotasOfBatch({ db }: Reads, viewer: Viewer, batchId: string): Promise<QuotaOfBatch | null> {
  const scope = merchantScope(viewer);
  const [row] = await db.$queryRaw<QuotaOfBatch[]>`
    SELECT count(*)::int AS keys, count(*) FILTER (WHERE used > 0)::int AS begun, coalesce(sum(used), 0)::bigint AS used,
           coalesce(sum(uses_max), 0)::bigint AS "usesMax"
      FROM quota WHERE batch_id = ${batchId}::uuid AND (${scope}::uuid IS NULL OR merchant_id = ${scope}::uuid)`;
  return row && row.keys > 0 ? row : null;
}
