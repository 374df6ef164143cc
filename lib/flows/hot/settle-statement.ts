import type { Db } from "@/lib/platform/db";

/** One verified payment: a notice, a query's answer, a statement row or a person's word, with the ids its records will have. */
export interface SettleRow {
  readonly event_id: string;
  readonly payment_id: string;
  readonly account_id: string;
  readonly source: "notice" | "query" | "statement" | "manual" | "balance";
  readonly dedupe: string;
  readonly out_trade_no: string;
  readonly gateway_trade_number: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly raw: string;
}

export interface SettleHint {
  readonly variant_id: string;
  readonly pool_id: string;
  readonly start: string;
}

/**
 * `settled`: paid and delivered now. `repeat`: it was, before. `held`: somebody else is at this order; ask again. `alone`: not
 * the plain case; judge it in a transaction.
 */
export type SettleVerdict = "settled" | "repeat" | "held" | "alone";

export interface SettleAnswer {
  readonly n: number;
  readonly order_id: string | null;
  readonly verdict: SettleVerdict;
}

/**
 * Settles a batch of verified payments in the plain case: the first payment of an order, of exactly its total, with cards
 * that are reserved for it or can be claimed now. $1 the payments, $2 the start hints, as JSON arrays.
 * - An order that somebody else has locked is skipped: a batch waits for no order, so a stuck one delays its own payment only.
 *   A row locked after it changed is newer than the snapshot of every other table, so only columns of the locked order row
 *   decide; the cards are locked and counted before anything changes.
 * - Payments are inserted after all order locks are held, in key order: no deadlock with another process.
 * - Everything that does not add up is answered `alone`, having changed nothing; so is an order that chose its card and has lost it.
 * - An event that the inbox got after the snapshot without a change of its order (only a refund at the gateway's own desk comes so)
 *   refuses the statement: each payment of the batch is asked again, one by one, and that one is then judged alone.
 */
export const SETTLE_SQL = `
WITH t AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS at),
notice AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS x (n int, event_id uuid, payment_id uuid, account_id text, source text, dedupe text,
         out_trade_no text, gateway_trade_number text, amount_minor bigint, currency text, raw text)),
hint AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($2::jsonb) AS h (variant_id uuid, pool_id uuid, start bigint)),
attempt AS MATERIALIZED (
  SELECT x.*, a.id AS attempt_id, a.order_id, count(*) OVER (PARTITION BY a.order_id) AS of_this_order
    FROM notice x
    JOIN (SELECT id, order_id, account_id, out_trade_no FROM payment_attempt
           WHERE account_id = ANY (ARRAY(SELECT DISTINCT account_id FROM notice))
             AND out_trade_no = ANY (ARRAY(SELECT out_trade_no FROM notice))) a
      ON a.account_id = x.account_id AND a.out_trade_no = x.out_trade_no),
o AS MATERIALIZED (
  SELECT id, merchant_id, status, exception, stock_policy, quantity, total_minor, payment_count, currency, card_ids, deadline_at
    FROM orders WHERE id = ANY (ARRAY(SELECT order_id FROM attempt)) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED),
-- In the inbox already, from before its order was there: the payment must name that event, so it is judged alone.
seen AS MATERIALIZED (
  SELECT account_id, dedupe FROM payment_event
   WHERE account_id = ANY (ARRAY(SELECT DISTINCT account_id FROM notice))
     AND dedupe = ANY (ARRAY(SELECT decode(dedupe, 'hex') FROM notice))),
plain AS MATERIALIZED (
  SELECT a.*, o.merchant_id, o.status, o.exception, o.stock_policy, o.quantity, o.card_ids, o.status <> 'pending' OR o.deadline_at <= t.at AS is_late
    FROM attempt a JOIN o ON o.id = a.order_id CROSS JOIN t
   WHERE a.of_this_order = 1 AND o.status IN ('pending', 'expired', 'cancelled') AND o.payment_count = 0
     AND a.amount_minor = o.total_minor AND a.currency = o.currency
     AND NOT EXISTS (SELECT 1 FROM seen s WHERE s.account_id = a.account_id AND s.dedupe = decode(a.dedupe, 'hex'))),
held AS MATERIALIZED (
  SELECT c.id, c.order_id FROM card c
   WHERE c.id = ANY (ARRAY(SELECT unnest(card_ids) FROM plain)) AND c.status = 'reserved'
     AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp()) FOR NO KEY UPDATE),
-- Counted before the join: beside each of 5,000 cards the list of all 5,000 would be carried and compared.
held_by AS MATERIALIZED (SELECT order_id, count(*) AS quantity FROM held GROUP BY order_id),
ready AS MATERIALIZED (
  SELECT p.order_id, p.card_ids FROM plain p JOIN held_by h ON h.order_id = p.order_id
   WHERE cardinality(p.card_ids) = p.quantity AND h.quantity = p.quantity),
want AS MATERIALIZED (
  SELECT p.order_id, l.line, l.variant_id, l.pool_id, l.quantity,
         sum(l.quantity) OVER (PARTITION BY l.variant_id, l.pool_id ORDER BY p.order_id) AS hi
    FROM plain p
    JOIN (SELECT * FROM order_line WHERE order_id = ANY (ARRAY(SELECT order_id FROM plain WHERE card_ids = '{}' AND stock_policy <> 'pick'))) l
      ON l.order_id = p.order_id),
need AS MATERIALIZED (
  SELECT w.variant_id, w.pool_id, sum(w.quantity)::int AS quantity, coalesce(min(h.start), 0) AS start
    FROM want w LEFT JOIN hint h ON h.variant_id = w.variant_id AND h.pool_id = w.pool_id
   GROUP BY w.variant_id, w.pool_id ORDER BY w.variant_id, w.pool_id),
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
claimed AS MATERIALIZED (
  SELECT s.order_id, array_agg(m.id ORDER BY s.line, m.pick) AS card_ids
    FROM slot s JOIN numbered m ON m.variant_id = s.variant_id AND m.pool_id = s.pool_id AND m.k = s.k
   GROUP BY s.order_id),
filled AS MATERIALIZED (
  SELECT order_id, card_ids, 'deliver' AS kind FROM ready UNION ALL SELECT order_id, card_ids, 'claim' FROM claimed),
paid AS (
  INSERT INTO payment (id, account_id, gateway_trade_number, order_id, attempt_id, event_id, amount_minor, currency, verdict, received_at)
  SELECT p.payment_id, p.account_id, p.gateway_trade_number, p.order_id, p.attempt_id, p.event_id, p.amount_minor, p.currency, 'settled', t.at
    FROM plain p JOIN filled f ON f.order_id = p.order_id CROSS JOIN t
   ORDER BY p.account_id, p.gateway_trade_number
  ON CONFLICT (account_id, gateway_trade_number) DO NOTHING
  RETURNING id, order_id),
done AS MATERIALIZED (
  SELECT p.*, f.card_ids AS filled_ids, f.kind, t.at
    FROM paid JOIN plain p ON p.order_id = paid.order_id JOIN filled f ON f.order_id = paid.order_id CROSS JOIN t),
inbox AS (
  INSERT INTO payment_event (id, account_id, source, dedupe, out_trade_no, gateway_trade_number, amount_minor, currency, raw,
                             received_at, order_id, verdict)
  SELECT d.event_id, d.account_id, d.source, decode(d.dedupe, 'hex'), d.out_trade_no, d.gateway_trade_number, d.amount_minor, d.currency,
         d.raw, d.at, d.order_id, 'settled'
    FROM done d
   ORDER BY d.account_id, d.dedupe
  ON CONFLICT (account_id, dedupe) DO NOTHING
  RETURNING id),
handed AS MATERIALIZED (SELECT d.order_id, d.kind, d.at, unnest(d.filled_ids) AS card_id FROM done d),
delivered AS (
  UPDATE card c SET status = 'delivered', order_id = m.order_id, reserved_until = NULL, delivered_at = m.at
    FROM handed m
   WHERE c.id = m.card_id AND c.id = ANY (ARRAY(SELECT card_id FROM handed))
     AND c.status = CASE m.kind WHEN 'deliver' THEN 'reserved' ELSE 'available' END
  RETURNING c.id),
closed AS (
  UPDATE orders u
     SET status = 'delivered', exception = CASE WHEN d.is_late THEN 'paid_late' ELSE 'none' END, is_late = d.is_late,
         paid_minor = u.paid_minor + d.amount_minor, payment_count = u.payment_count + 1, settled_payment_id = d.payment_id,
         card_ids = d.filled_ids, paid_at = d.at, delivered_at = d.at
    FROM done d
   WHERE u.id = d.order_id AND u.id = ANY (ARRAY(SELECT order_id FROM done)) AND u.status = d.status AND u.payment_count = 0
  RETURNING u.id),
events AS (
  INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
  SELECT d.order_id, e.from_status, e.to_status, e.from_exception, CASE WHEN d.is_late THEN 'paid_late' ELSE 'none' END, e.reason, d.at
    FROM done d CROSS JOIN LATERAL (VALUES
      (1, d.status, 'paid', d.exception, 'payment_settled'),
      (2, 'paid', 'delivered', CASE WHEN d.is_late THEN 'paid_late' ELSE 'none' END, 'cards_delivered'))
      AS e (step, from_status, to_status, from_exception, reason)
   ORDER BY d.order_id, e.step),
entries AS (
  INSERT INTO stock_entry (kind, merchant_id, order_id, reference, card_ids, canonical)
  SELECT d.kind, d.merchant_id, d.order_id, d.payment_id::text, d.filled_ids,
         stock_canonical(d.kind, d.merchant_id, d.order_id, NULL, d.payment_id::text, d.filled_ids)
    FROM done d),
posted AS (INSERT INTO outbox (kind, order_id) SELECT 'order.delivered', order_id FROM done),
known AS MATERIALIZED (
  SELECT account_id, gateway_trade_number, order_id, amount_minor FROM payment
   WHERE account_id = ANY (ARRAY(SELECT DISTINCT account_id FROM notice))
     AND gateway_trade_number = ANY (ARRAY(SELECT gateway_trade_number FROM notice)))
SELECT x.n, a.order_id,
       CASE WHEN paid.id IS NOT NULL THEN 'settled'
            WHEN o.status = 'delivered' AND known.order_id = a.order_id AND known.amount_minor = x.amount_minor THEN 'repeat'
            WHEN a.order_id IS NOT NULL AND o.id IS NULL THEN 'held'
            ELSE 'alone' END AS verdict
  FROM notice x
  LEFT JOIN attempt a ON a.n = x.n LEFT JOIN o ON o.id = a.order_id LEFT JOIN paid ON paid.order_id = a.order_id
  LEFT JOIN known ON known.account_id = x.account_id AND known.gateway_trade_number = x.gateway_trade_number
 WHERE (SELECT count(*) FROM delivered) = (SELECT coalesce(sum(cardinality(filled_ids)), 0) FROM done)
   AND (SELECT count(*) FROM closed) = (SELECT count(*) FROM done)
   AND (SELECT count(*) FROM inbox) = (SELECT count(*) FROM done)
    OR refuse_statement('settle changed another number of rows than it decided')
 ORDER BY x.n`;

/** Runs the statement once: one transaction of its own. Answers in the order of `rows`. */
export async function runSettle(
  hot: Db,
  rows: readonly SettleRow[],
  hints: readonly SettleHint[],
): Promise<SettleAnswer[]> {
  const numbered = rows.map((row, n) => ({ n, ...row }));
  return hot.$queryRawUnsafe<SettleAnswer[]>(SETTLE_SQL, JSON.stringify(numbered), JSON.stringify(hints));
}
