import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db, Tx } from "@/lib/platform/db";
import type { MovedCard } from "./card-moves";
import { CHOSEN_BIT, NEVER_PICK } from "./pick";
import type { StockPlace } from "./start-hints";

/** The two halves of a place: cards that buyers choose themselves stand below zero, in the same order as the others above it. */
const HALVES = Prisma.sql`(VALUES (${CHOSEN_BIT}::bigint, ${CHOSEN_BIT + NEVER_PICK}::bigint), (0, ${NEVER_PICK}::bigint)) AS half (first, never)`;

/**
 * Places whose soonest card is past its time, or will be within a day: `pick` sorts by the day of expiry, so one look at the beginning of a
 * place's index says so, and a place where nothing ever expires costs no more.
 */
export const findExpiringPlaces = (db: Db): Promise<StockPlace[]> =>
  db.$queryRaw`
    SELECT v.id AS "variantId", p.id AS "poolId"
      FROM variant v JOIN stock_pool p ON p.merchant_id = v.merchant_id
      CROSS JOIN ${HALVES}
      CROSS JOIN LATERAL (
        SELECT c.expires_at FROM card c
         WHERE c.variant_id = v.id AND c.pool_id = p.id AND c.status = 'available' AND c.pick >= half.first AND c.pick < half.never
         ORDER BY c.pick LIMIT 1) soonest
     WHERE soonest.expires_at <= clock_timestamp() + interval '1 day'
     GROUP BY v.id, p.id ORDER BY v.id, p.id LIMIT ${limits.expiringPlacesPerRun}::int`;

/** Withdraws up to a chunk of a place's cards that are past their time; one that a buyer is taking at this moment is passed by. */
export function withdrawExpiredCards(
  tx: Tx,
  { variantId, poolId }: StockPlace,
): Promise<(MovedCard & { merchantId: string })[]> {
  return tx.$queryRaw`
    UPDATE card SET status = 'withdrawn'
     WHERE id = ANY (ARRAY(
             SELECT id FROM card
              WHERE id = ANY (ARRAY(
                      SELECT s.id FROM ${HALVES} CROSS JOIN LATERAL (
                        SELECT id, expires_at FROM card
                         WHERE variant_id = ${variantId}::uuid AND pool_id = ${poolId}::uuid AND status = 'available'
                           AND pick >= half.first AND pick < half.never
                         ORDER BY pick LIMIT ${limits.ledgerCardIdsPerEntry}::int) s
                       WHERE s.expires_at <= clock_timestamp() LIMIT ${limits.ledgerCardIdsPerEntry}::int))
                AND status = 'available' FOR NO KEY UPDATE SKIP LOCKED))
       AND status = 'available' AND expires_at <= clock_timestamp()
    RETURNING id, batch_id AS "batchId", variant_id AS "variantId", pool_id AS "poolId", merchant_id AS "merchantId"`;
}

/** A variant some of whose cards expire soon. */
export interface ExpiringRow {
  readonly variantId: string;
  readonly productId: string;
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  /** Counted up to `limits.expiringCountMax`. */
  readonly cards: number;
  readonly soonest: Date;
}

/** What of the viewer's stock expires within the next days, the most pressing first. */
export function listExpiring({ db }: { readonly db: Db }, viewer: Viewer): Promise<ExpiringRow[]> {
  const scope = merchantScope(viewer);
  return db.$queryRaw`
    SELECT v.id AS "variantId", v.product_id AS "productId", v.sku, p.title_zh || ' · ' || v.title_zh AS "titleZh",
           p.title_en || ' · ' || v.title_en AS "titleEn", sum(s.cards)::int AS cards, min(s.soonest) AS soonest
      FROM variant v
      JOIN product p ON p.id = v.product_id
      JOIN stock_pool pool ON pool.merchant_id = v.merchant_id
      CROSS JOIN LATERAL (
        SELECT count(*) AS cards, min(first.expires_at) AS soonest FROM (
          SELECT c.expires_at FROM ${HALVES} CROSS JOIN LATERAL (
            SELECT c.expires_at FROM card c
             WHERE c.variant_id = v.id AND c.pool_id = pool.id AND c.status = 'available' AND c.pick >= half.first AND c.pick < half.never
             ORDER BY c.pick LIMIT ${limits.expiringCountMax}::int) c) first
         WHERE first.expires_at <= clock_timestamp() + make_interval(days => ${limits.expiringDays}::int)) s
     WHERE s.cards > 0 AND (${scope}::uuid IS NULL OR v.merchant_id = ${scope}::uuid)
     GROUP BY v.id, v.product_id, v.sku, p.title_zh, v.title_zh, p.title_en, v.title_en
     ORDER BY min(s.soonest), v.sku LIMIT ${limits.listRowsPerPage}::int`;
}
