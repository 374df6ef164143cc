/**
 * The two statements that find a page of cards. Neither reads more of `card` than probes of its indexes: everything that a whole
 * batch has in common (merchant, variant, product, and the pools it has ever had cards in) is asked of `batch`, which is small, and then each batch is asked for its
 * next cards in one state at a time, by `card_state_ix` or, where expiry matters, `card_state_expiry_ix`. A filter that matches
 * nothing costs one probe for each batch and state, and never a walk over cards.
 */

/** $1 merchant, $2 batch, $3 variant, $4 product, $5 pool; null asks for all. */
const BATCHES = `
  SELECT b.id, b.number FROM batch b
   WHERE ($1::uuid IS NULL OR b.merchant_id = $1::uuid) AND ($2::uuid IS NULL OR b.id = $2::uuid)
     AND ($3::uuid IS NULL OR b.variant_id = $3::uuid) 
     AND ($5::uuid IS NULL OR b.pool_id = $5::uuid OR EXISTS (SELECT 1 FROM pool_transfer t WHERE t.batch_id = b.id AND t.to_pool_id = $5::uuid))
     AND ($4::uuid IS NULL OR b.variant_id IN (SELECT v.id FROM variant v WHERE v.product_id = $4::uuid))`;

const NO_CARD = "00000000-0000-0000-0000-000000000000";

/** $6 states, $7 rows, $8 number of the batch to go on from, $9 card to go on after. Batches in one order, cards as in their file. */
const byBatch = (order: "DESC" | "ASC", isAtOrPast: "<=" | ">="): string => `
SELECT c.id::text AS id, k.number AS place
  FROM (${BATCHES} AND ($8::bigint IS NULL OR b.number ${isAtOrPast} $8::bigint) ORDER BY b.number ${order}) k
 CROSS JOIN LATERAL (
   SELECT p.id FROM unnest($6::text[]) AS s (status)
    CROSS JOIN LATERAL (
      SELECT c.id FROM card c
       WHERE c.batch_id = k.id AND c.status = s.status AND ($5::uuid IS NULL OR c.pool_id = $5::uuid)
         AND c.id > CASE WHEN k.number = $8::bigint THEN $9::uuid ELSE '${NO_CARD}'::uuid END
       ORDER BY c.id LIMIT $7::int) p
    ORDER BY p.id LIMIT $7::int) c
 ORDER BY k.number ${order}, c.id LIMIT $7::int`;

export const NEWEST_SQL = byBatch("DESC", "<=");
export const OLDEST_SQL = byBatch("ASC", ">=");

/** $8 moment and $9 card to go on after, $10 and $11 the moments between which cards expire. The soonest to expire comes first. */
export const EXPIRY_SQL = `
SELECT c.id::text AS id, (extract(epoch FROM c.expires_at) * 1000)::bigint AS place
  FROM (${BATCHES}) k
 CROSS JOIN unnest($6::text[]) AS s (status)
 CROSS JOIN LATERAL (
   SELECT c.id, c.expires_at FROM card c
    WHERE c.batch_id = k.id AND c.status = s.status AND c.expires_at IS NOT NULL AND ($5::uuid IS NULL OR c.pool_id = $5::uuid)
      AND c.expires_at >= greatest($10::timestamptz, to_timestamp($8::bigint / 1000.0), '-infinity'::timestamptz)
      AND c.expires_at < least($11::timestamptz, 'infinity'::timestamptz)
      AND ($8::bigint IS NULL OR (c.expires_at, c.id) > (to_timestamp($8::bigint / 1000.0), $9::uuid))
    ORDER BY c.expires_at, c.id LIMIT $7::int) c
 ORDER BY c.expires_at, c.id LIMIT $7::int`;
