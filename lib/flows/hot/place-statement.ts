import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";

/** One order as the statement takes it: everything computed before, bound to a variant's version. */
export interface PlaceRow {
  readonly id: string;
  readonly number: string;
  readonly merchant_id: string;
  readonly scope: string;
  readonly request_key: string;
  readonly request_hash: string;
  readonly token_hash: string;
  readonly email: string;
  readonly locale: string;
  readonly lookup_hash: string | null;
  readonly device_id: string | null;
  readonly stock_policy: string;
  readonly quantity: number;
  readonly total_minor: string;
  readonly currency: string;
  readonly reservation_seconds: number;
  readonly attempt_id: string;
  readonly account_id: string;
  readonly out_trade_no: string;
  readonly presentation: unknown;
  readonly query_after_seconds: number;
}

export interface PlaceLine {
  readonly order_id: string;
  readonly line: number;
  readonly variant_id: string;
  readonly pool_id: string;
  readonly quantity: number;
  /** Of a line that is shared among pools: what it asks for in all, in its first part, and 0 in the others. */
  readonly ordered?: number;
  readonly unit_price_minor: string;
  readonly variant_version: number;
  /** Where the search for available cards may begin; only a hint. */
  readonly start: string;
}

/** `conflict`: the key is taken (read the order back). `stale`: priced with an old version. `closed`: outside its window. `short`: run again alone. */
export type PlaceVerdict = "placed" | "conflict" | "stale" | "closed" | "capped" | "short";

export interface PlaceAnswer {
  readonly n: number;
  readonly verdict: PlaceVerdict;
  readonly deadline_at: Date | null;
  /** The highest pick that this order took, for the next start hint. */
  readonly last_pick: bigint | null;
}

/**
 * Places a batch of orders, each whole or not at all. $1 the orders, $2 their lines, as JSON arrays.
 * - One lateral pick per variant and pool for the sum of quantities: SKIP LOCKED does not skip the transaction's own locks.
 * - Orders are inserted with their cards, sorted by (scope, request_key): an UPDATE cannot see a row inserted in the same
 *   statement, and unsorted inserts of crossed keys in two processes deadlock.
 * - Cards are marked only for orders that came back from the insert, so a key that was taken changes nothing.
 * - Tables are reached by arrays of keys and the batch's own rows are joined by hashing: the hot client forbids the planner
 *   nested loops and sequential scans, whose cost it cannot judge for a batch of unknown size.
 * - A line may come in parts, one for each pool that it is taken from: the order gets every part, and one line; or nothing.
 * - An order that does not fit is `short` and takes nothing; its neighbours keep theirs.
 */
export const PLACE_SQL = `
WITH t AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS at),
req AS MATERIALIZED (
  SELECT r.*, row_number() OVER w - 1 AS before_count,
         sum(r.quantity) OVER w - r.quantity AS before_quantity, first_value(r.quantity) OVER w AS first_quantity
    FROM jsonb_to_recordset($1::jsonb) AS r (n int, id uuid, number text, merchant_id uuid, scope text, request_key text,
         request_hash text, token_hash text, email text, locale text, lookup_hash text, device_id text, stock_policy text,
         quantity int, total_minor bigint, currency text, reservation_seconds int, attempt_id uuid, account_id text,
         out_trade_no text, presentation jsonb, query_after_seconds int)
  WINDOW w AS (PARTITION BY r.email ORDER BY r.n)),
line AS MATERIALIZED (
  SELECT l.*, v.version IS NOT DISTINCT FROM l.variant_version AS is_fresh,
         coalesce(v.sale_from <= clock_timestamp(), true) AND coalesce(v.sale_until > clock_timestamp(), true) AS is_open
    FROM jsonb_to_recordset($2::jsonb) AS l (order_id uuid, line int, variant_id uuid, pool_id uuid, quantity int,
         unit_price_minor bigint, variant_version int, start bigint, ordered int)
    LEFT JOIN (SELECT id, version, sale_from, sale_until FROM variant
                WHERE id = ANY (ARRAY(SELECT (x ->> 'variant_id')::uuid FROM jsonb_array_elements($2::jsonb) AS x))) v ON v.id = l.variant_id),
-- What the same buyer holds open. Risk control, read without locks: two batches at once may exceed it a little. Its share is of what the
-- buyer could be given: cards that are chosen lie below zero, and count for those who choose.
holds AS MATERIALIZED (
  SELECT r.n,
         ARRAY(SELECT o.id FROM orders o
                WHERE o.email = r.email AND o.email <> '' AND o.status = 'pending' AND o.deadline_at > t.at
                LIMIT ${limits.openOrdersPerBuyerMax}) AS by_email,
         ARRAY(SELECT o.id FROM orders o
                WHERE o.device_id = r.device_id AND o.status = 'pending' AND o.deadline_at > t.at
                LIMIT ${limits.openOrdersPerBuyerMax}) AS by_device
    FROM req r, t),
judged AS MATERIALIZED (
  SELECT r.*,
         NOT EXISTS (SELECT 1 FROM line l WHERE l.order_id = r.id AND NOT l.is_fresh) AS is_fresh,
         NOT EXISTS (SELECT 1 FROM line l WHERE l.order_id = r.id AND NOT l.is_open) AS is_open,
         cardinality(h.by_email) + r.before_count >= ${limits.openOrdersPerBuyerMax}
           OR cardinality(h.by_device) >= ${limits.openOrdersPerBuyerMax}
           OR CASE WHEN cardinality(h.by_email) + cardinality(h.by_device) + r.before_count = 0 OR r.stock_policy = 'promise' THEN false ELSE
             EXISTS (
               SELECT 1 FROM line l
                CROSS JOIN LATERAL (
                  SELECT coalesce(sum(ol.quantity), 0) AS held, coalesce(sum(ol.quantity) FILTER (WHERE NOT x.is_first), 0) AS later
                    FROM (SELECT u.id, row_number() OVER (ORDER BY u.id) = 1 AS is_first
                            FROM (SELECT DISTINCT unnest(h.by_email || h.by_device) AS id) u) x
                    JOIN order_line ol ON ol.order_id = x.id
                   WHERE ol.variant_id = l.variant_id AND ol.order_id = ANY (h.by_email || h.by_device)) own
                CROSS JOIN LATERAL (
                  SELECT count(*) AS available
                    FROM (SELECT 1 FROM card c WHERE c.variant_id = l.variant_id AND c.status = 'available'
                             AND c.pick >= CASE r.stock_policy WHEN 'pick' THEN -9223372036854775808 ELSE 0 END
                           LIMIT ${limits.openShareCountedCardsMax}) s) stock
                WHERE l.order_id = r.id
                  AND (own.later + coalesce(l.ordered, l.quantity)
                       + CASE WHEN own.held > 0 THEN r.before_quantity ELSE greatest(r.before_quantity - r.first_quantity, 0) END) * 100
                      > (stock.available + own.held) * ${limits.openShareOfStockPercentMax})
           END AS is_capped
    FROM req r JOIN holds h ON h.n = r.n),
want AS MATERIALIZED (
  SELECT l.order_id, l.line, l.variant_id, l.pool_id, l.quantity, l.start,
         sum(l.quantity) OVER (PARTITION BY l.variant_id, l.pool_id ORDER BY j.scope, j.request_key) AS hi
    FROM line l JOIN judged j ON j.id = l.order_id
   WHERE j.is_fresh AND j.is_open AND NOT j.is_capped AND j.stock_policy NOT IN ('claim_on_payment', 'promise')),
need AS MATERIALIZED (
  SELECT variant_id, pool_id, sum(quantity)::int AS quantity, min(start) AS start
    FROM want GROUP BY variant_id, pool_id ORDER BY variant_id, pool_id),
picked AS MATERIALIZED (
  SELECT need.variant_id, need.pool_id, p.id, p.pick
    FROM need CROSS JOIN LATERAL (
      SELECT c.id, c.pick FROM card c
       WHERE c.variant_id = need.variant_id AND c.pool_id = need.pool_id AND c.status = 'available' AND c.pick >= need.start
         AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())
       ORDER BY c.pick LIMIT need.quantity FOR NO KEY UPDATE SKIP LOCKED) p),
numbered AS MATERIALIZED (
  SELECT id, variant_id, pool_id, pick, row_number() OVER (PARTITION BY variant_id, pool_id ORDER BY pick) AS k FROM picked),
found AS MATERIALIZED (SELECT variant_id, pool_id, count(*) AS quantity FROM picked GROUP BY variant_id, pool_id),
fits AS MATERIALIZED (
  SELECT w.order_id FROM want w LEFT JOIN found f ON f.variant_id = w.variant_id AND f.pool_id = w.pool_id
   GROUP BY w.order_id HAVING bool_and(w.hi <= coalesce(f.quantity, 0))),
slot AS MATERIALIZED (
  SELECT w.order_id, w.line, w.variant_id, w.pool_id, generate_series(w.hi - w.quantity + 1, w.hi) AS k
    FROM want w JOIN fits ON fits.order_id = w.order_id),
assigned AS MATERIALIZED (
  SELECT s.order_id, s.line, m.id AS card_id, m.pick
    FROM slot s JOIN numbered m ON m.variant_id = s.variant_id AND m.pool_id = s.pool_id AND m.k = s.k),
taken AS MATERIALIZED (
  SELECT order_id, array_agg(card_id ORDER BY line, pick) AS card_ids, max(pick) AS last_pick FROM assigned GROUP BY order_id),
-- Claimed when paid: nothing is taken now, but a buyer is not asked to pay for what is not there; unless that is what he was promised.
promised AS MATERIALIZED (
  SELECT j.id AS order_id FROM judged j
   WHERE j.is_fresh AND j.is_open AND NOT j.is_capped AND j.stock_policy IN ('claim_on_payment', 'promise')
     AND (j.stock_policy = 'promise' OR NOT EXISTS (
       SELECT 1 FROM line l
        WHERE l.order_id = j.id AND l.quantity > (
          SELECT count(*) FROM (
            SELECT 1 FROM card c WHERE c.variant_id = l.variant_id AND c.pool_id = l.pool_id AND c.status = 'available' AND c.pick >= 0
               AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp()) LIMIT l.quantity) s)))),
placed AS (
  INSERT INTO orders (id, number, merchant_id, scope, request_key, request_hash, token_hash, email, locale, lookup_hash, device_id,
                      stock_policy, quantity, total_minor, currency, card_ids, created_at, deadline_at)
  SELECT j.id, j.number, j.merchant_id, j.scope, j.request_key, decode(j.request_hash, 'hex'), decode(j.token_hash, 'hex'), j.email,
         j.locale, j.lookup_hash, j.device_id, j.stock_policy, j.quantity, j.total_minor, j.currency, coalesce(k.card_ids, '{}'),
         t.at, t.at + make_interval(secs => j.reservation_seconds)
    FROM judged j CROSS JOIN t LEFT JOIN taken k ON k.order_id = j.id
   WHERE k.order_id IS NOT NULL OR EXISTS (SELECT 1 FROM promised p WHERE p.order_id = j.id)
   ORDER BY j.scope, j.request_key
  ON CONFLICT (scope, request_key) DO NOTHING
  RETURNING id, deadline_at),
-- The guard compares with a column: against the literal, the planner may read the whole index of available cards beside the key.
mark AS MATERIALIZED (
  SELECT a.card_id, a.order_id, 'available' AS from_status, CASE WHEN j.stock_policy = 'deduct_on_order' THEN NULL ELSE p.deadline_at END AS reserved_until
    FROM assigned a JOIN placed p ON p.id = a.order_id JOIN judged j ON j.id = a.order_id),
marked AS (
  UPDATE card c SET status = 'reserved', order_id = m.order_id, reserved_until = m.reserved_until
    FROM mark m
   WHERE c.id = m.card_id AND c.status = m.from_status AND c.id = ANY (ARRAY(SELECT card_id FROM mark))
  RETURNING c.id),
lines AS (
  INSERT INTO order_line (order_id, line, variant_id, pool_id, quantity, unit_price_minor)
  SELECT l.order_id, l.line, l.variant_id, l.pool_id, coalesce(l.ordered, l.quantity), l.unit_price_minor
    FROM line l JOIN placed p ON p.id = l.order_id WHERE l.ordered IS DISTINCT FROM 0),
attempts AS (
  INSERT INTO payment_attempt (id, order_id, account_id, out_trade_no, amount_minor, currency, presentation, created_at, next_query_at)
  SELECT j.attempt_id, j.id, j.account_id, j.out_trade_no, j.total_minor, j.currency, j.presentation, t.at,
         least(t.at + make_interval(secs => j.query_after_seconds), p.deadline_at)
    FROM judged j JOIN placed p ON p.id = j.id CROSS JOIN t),
entries AS (
  INSERT INTO stock_entry (kind, merchant_id, order_id, card_ids, canonical)
  SELECT 'reserve', j.merchant_id, j.id, k.card_ids, stock_canonical('reserve', j.merchant_id, j.id, NULL, '', k.card_ids)
    FROM judged j JOIN placed p ON p.id = j.id JOIN taken k ON k.order_id = j.id),
posted AS (INSERT INTO outbox (kind, order_id) SELECT 'order.placed', id FROM placed)
SELECT j.n, p.deadline_at, k.last_pick,
       CASE WHEN p.id IS NOT NULL THEN 'placed' WHEN NOT j.is_fresh THEN 'stale' WHEN NOT j.is_open THEN 'closed'
            WHEN j.is_capped THEN 'capped'
            WHEN k.order_id IS NOT NULL OR EXISTS (SELECT 1 FROM promised s WHERE s.order_id = j.id) THEN 'conflict'
            ELSE 'short' END AS verdict
  FROM judged j LEFT JOIN placed p ON p.id = j.id LEFT JOIN taken k ON k.order_id = j.id
 WHERE (SELECT count(*) FROM marked) = (SELECT count(*) FROM mark)
    OR refuse_statement('place marked another number of cards than it assigned')
 ORDER BY j.n`;

/** Runs the statement once, in a transaction of its own or in the one that is handed in. Answers in the order of `rows`. */
export async function runPlace(
  hot: Db | Tx,
  rows: readonly PlaceRow[],
  lines: readonly PlaceLine[],
): Promise<PlaceAnswer[]> {
  const numbered = rows.map((row, n) => ({ n, ...row }));
  return hot.$queryRawUnsafe<PlaceAnswer[]>(PLACE_SQL, JSON.stringify(numbered), JSON.stringify(lines));
}
