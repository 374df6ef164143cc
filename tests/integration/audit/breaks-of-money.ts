import type { Break } from "./break";
import {
  AGED,
  AVAILABLE,
  DELIVERED,
  DOUBLE,
  earlierEntry,
  LEDGER_AGED,
  OTHER,
  OTHER_MERCHANT,
  OTHER_POOL,
  OWED,
  PENDING,
} from "./rows";

/** What can go wrong with money, announcements, stock on sale, imports, time, tenants and keys. */
export const BREAKS_OF_MONEY: readonly Break[] = [
  {
    id: "I8",
    what: "one trade number with two payments",
    fault: "trade number recorded twice",
    sql: [
      "DROP INDEX payment_trade_uq",
      `INSERT INTO payment SELECT gen_random_uuid(), account_id, gateway_trade_number, order_id, attempt_id, event_id, amount_minor, currency, verdict, received_at
         FROM payment WHERE order_id = ${DOUBLE} AND verdict <> 'settled' LIMIT 1`,
      `UPDATE orders o SET payment_count = 3, paid_minor = (SELECT sum(amount_minor) FROM payment p WHERE p.order_id = o.id) WHERE id = ${DOUBLE}`,
    ],
  },
  {
    id: "I8",
    what: "a second payment that nobody was told of",
    fault: "further payment that nobody was told of",
    sql: `DELETE FROM finding WHERE order_id = ${DOUBLE}`,
  },
  {
    id: "I8",
    what: "a judged notice without its payment",
    fault: "judged event without a payment",
    sql: `UPDATE payment_event SET verdict = 'underpaid', gateway_trade_number = 'x', order_id = ${DELIVERED} WHERE verdict = 'unknown_order'`,
  },
  {
    id: "I9",
    what: "an order that received another sum than its payments",
    fault: "received is not the sum of the payments",
    sql: `UPDATE orders SET paid_minor = paid_minor + 1 WHERE id = ${DELIVERED}`,
  },
  {
    id: "I9",
    what: "a total that is not the sum of its lines",
    fault: "total is not the sum of the lines",
    sql: `UPDATE order_line SET unit_price_minor = unit_price_minor - 1 WHERE order_id = ${PENDING}`,
  },
  {
    id: "I9",
    what: "an attempt that asks for another amount",
    fault: "attempt asks for another amount or currency",
    sql: `UPDATE payment_attempt SET amount_minor = amount_minor + 1 WHERE order_id = ${PENDING}`,
  },
  {
    id: "I9",
    what: "more refunded than paid",
    fault: "more refunded than was paid",
    sql: `INSERT INTO refund (id, payment_id, order_id, refund_no, amount_minor, status, reason)
          SELECT gen_random_uuid(), id, order_id, n::text, amount_minor, 'succeeded', 'x' FROM payment, generate_series(1, 2) AS n WHERE order_id = ${DELIVERED}`,
  },
  {
    id: "I9",
    what: "an order that is called refunded and whose money was kept, and whose cards were not withdrawn",
    fault: "refunded, and money of it was kept",
    also: ["I5"],
    sql: [
      `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
       SELECT ${DELIVERED}, e.*, 'none', 'none', 'x', now() FROM (VALUES ('delivered', 'refunding'), ('refunding', 'refunded')) e`,
      `UPDATE orders SET status = 'refunded' WHERE id = ${DELIVERED}`,
    ],
  },
  {
    id: "I23",
    what: "a balance that is not the sum of its entries",
    fault: "balance is not the sum of its entries",
    sql: `UPDATE wallet SET balance_minor = balance_minor + 1`,
  },
  {
    id: "I23",
    what: "a movement with one side",
    fault: "movement does not sum to zero",
    sql: `DELETE FROM wallet_entry WHERE side = 'house' AND kind = 'payment'`,
  },
  {
    id: "I23",
    what: "more spent than there ever was, and made up for afterwards",
    fault: "balance was below zero",
    sql: `WITH moved AS (DELETE FROM wallet_entry WHERE kind = 'adjustment' RETURNING *)
          INSERT INTO wallet_entry (id, movement_id, wallet_id, side, book, kind, amount_minor, currency, request_key, at) OVERRIDING SYSTEM VALUE
          SELECT id + 1000, movement_id, wallet_id, side, book, kind, amount_minor, currency, request_key, at FROM moved`,
  },
  {
    id: "I23",
    what: "an order paid by balance without a debit",
    fault: "payment by balance without its debit",
    sql: [
      "UPDATE wallet w SET balance_minor = balance_minor - e.amount_minor FROM wallet_entry e WHERE e.wallet_id = w.id AND e.kind = 'payment' AND e.side = 'buyer'",
      "DELETE FROM wallet_entry WHERE kind = 'payment'",
    ],
  },
  {
    id: "I23",
    what: "a refund to a balance that is not there",
    fault: "refund to a balance without its credit",
    sql: [
      "UPDATE wallet w SET balance_minor = balance_minor - e.amount_minor FROM wallet_entry e WHERE e.wallet_id = w.id AND e.kind = 'refund' AND e.side = 'buyer'",
      "DELETE FROM wallet_entry WHERE kind = 'refund'",
    ],
  },
  {
    id: "I12",
    what: "a delivery that was never announced",
    fault: "never announced",
    sql: `DELETE FROM outbox WHERE order_id = ${DELIVERED} AND kind = 'order.delivered'`,
  },
  {
    id: "I12",
    what: "a delivery announced twice",
    fault: "announced twice",
    sql: `INSERT INTO outbox (kind, order_id) SELECT kind, order_id FROM outbox WHERE order_id = ${DELIVERED} AND kind = 'order.delivered'`,
  },
  {
    id: "I12",
    what: "a row that nobody took up",
    fault: "left lying",
    sql: [
      `DELETE FROM mail WHERE order_id = ${DELIVERED}`,
      `UPDATE outbox SET drained_at = NULL, created_at = ${AGED} WHERE order_id = ${DELIVERED}`,
    ],
  },
  {
    id: "I12",
    what: "a letter that was never written",
    fault: "taken up without its mail",
    sql: `DELETE FROM mail WHERE order_id = ${DELIVERED}`,
  },
  {
    id: "I12",
    what: "a buyer who was told of a refund and never how it ended",
    fault: "refund announced and its end not",
    sql: [
      `INSERT INTO refund (id, payment_id, order_id, refund_no, amount_minor, status, reason, failure)
       SELECT gen_random_uuid(), id, order_id, 'r', amount_minor, 'failed', 'x', 'x' FROM payment WHERE order_id = ${DELIVERED}`,
      "INSERT INTO outbox (kind, order_id, refund_id) SELECT 'refund.requested', order_id, id FROM refund",
    ],
  },
  {
    id: "I13",
    what: "a lapsed reservation that is never given back",
    fault: "lapsed reservation still held",
    sql: `UPDATE card SET reserved_until = ${AGED} WHERE order_id = ${PENDING}`,
  },
  {
    id: "I13",
    what: "a variant that says sold out while its cards lie there",
    fault: "says sold out while cards are on sale",
    sql: [LEDGER_AGED, "UPDATE variant_stock SET band = 'sold_out'"],
  },
  {
    id: "I13",
    what: "a paid order that waits while its cards lie there",
    fault: "paid order waits while cards are on sale",
    sql: [
      LEDGER_AGED,
      `UPDATE orders SET owed_at = ${AGED} WHERE owed_at IS NOT NULL`,
      `UPDATE order_line SET (variant_id, pool_id) = (SELECT variant_id, pool_id FROM card WHERE id = ${AVAILABLE}) WHERE order_id = ${OWED}`,
    ],
  },
  {
    id: "I14",
    what: "a batch whose lines do not add up",
    fault: "lines do not add up",
    sql: [
      "ALTER TABLE batch DROP CONSTRAINT batch_count_ck",
      "UPDATE batch SET duplicate_count = duplicate_count + 1 WHERE status = 'draft'",
    ],
  },
  {
    id: "I14",
    what: "one text twice in a variant",
    fault: "same text twice in a variant",
    sql: [
      "DROP INDEX card_secret_fingerprint_uq",
      `UPDATE card_secret SET fingerprint = (SELECT fingerprint FROM card_secret WHERE card_id = ${AVAILABLE})
        WHERE variant_id = (SELECT variant_id FROM card WHERE id = ${AVAILABLE})`,
    ],
  },
  {
    id: "I14",
    what: "cards on sale from a batch that was never published",
    fault: "card of an unpublished batch on sale or sold",
    sql: `UPDATE batch SET status = 'draft' WHERE id = (SELECT batch_id FROM card WHERE id = ${AVAILABLE})`,
  },
  {
    id: "I14",
    what: "a published batch that keeps cards back",
    fault: "published batch keeps a draft back",
    sql: `UPDATE batch SET status = 'published', published_at = ${AGED}, heartbeat_at = ${AGED} WHERE status = 'draft'`,
  },
  {
    id: "I14",
    what: "a card on sale of a batch that was put aside",
    fault: "card of a batch under a hold on sale",
    sql: [
      `INSERT INTO card_move (id, kind, merchant_id, batch_id, reason, content_hash, actor_kind, created_at)
       SELECT gen_random_uuid(), 'quarantine', merchant_id, batch_id, 'hold', sha256('x'), 'admin', ${AGED} FROM card WHERE id = ${AVAILABLE}`,
      "UPDATE batch SET hold_id = m.id FROM card_move m WHERE m.reason = 'hold' AND batch.id = m.batch_id",
    ],
  },
  {
    id: "I15",
    what: "an order that expired before its deadline",
    fault: "expired before its deadline",
    sql: `UPDATE order_event SET at = at - interval '1 day' WHERE to_status = 'expired'`,
  },
  {
    id: "I15",
    what: "an order from the future",
    fault: "placed in the future",
    sql: `UPDATE orders SET created_at = now() + interval '1 minute' WHERE id = ${PENDING}`,
  },
  {
    id: "I17",
    what: "an entry that was rewritten",
    fault: "ledger entry whose bytes say something else",
    sql: `UPDATE stock_entry SET reference = 'changed' WHERE order_id = ${PENDING}`,
  },
  {
    id: "I17",
    what: "cards that were shown before they were delivered",
    fault: "shown before it was delivered",
    sql: "UPDATE reveal_record SET at = at - interval '1 hour'",
  },
  {
    id: "I17",
    what: "a reveal that keeps a card to itself",
    fault: "shown in part",
    sql: "UPDATE reveal_record SET card_ids = card_ids[1:1] WHERE cardinality(card_ids) > 1",
  },
  {
    id: "I19",
    what: "an order of another merchant than its cards",
    fault: "card and order",
    sql: [...OTHER_MERCHANT, `UPDATE orders SET merchant_id = ${OTHER} WHERE id = ${PENDING}`],
  },
  {
    id: "I19",
    what: "a card of another merchant than its variant",
    fault: "card and variant",
    sql: [...OTHER_MERCHANT, `UPDATE card SET merchant_id = ${OTHER} WHERE id = ${AVAILABLE}`],
  },
  {
    id: "I19",
    what: "a card in another merchant's pool",
    fault: "card and pool",
    also: ["I25"],
    sql: [...OTHER_MERCHANT, `UPDATE card SET pool_id = ${OTHER_POOL} WHERE id = ${AVAILABLE}`],
  },
  {
    id: "I19",
    what: "a ledger entry on another merchant's account",
    fault: "ledger entry and its order or batch",
    sql: [
      ...OTHER_MERCHANT,
      `UPDATE stock_entry SET merchant_id = ${OTHER}, canonical = stock_canonical(kind, ${OTHER}, order_id, batch_id, reference, card_ids)
        WHERE order_id = ${PENDING}`,
    ],
  },
  {
    id: "I21",
    what: "one key with two orders",
    fault: "key with several orders",
    sql: [
      "ALTER TABLE orders DROP CONSTRAINT orders_request_uq",
      `UPDATE orders SET request_key = (SELECT request_key FROM orders WHERE id = ${DELIVERED}) WHERE id = ${PENDING}`,
    ],
  },
  {
    id: "I21",
    what: "an order that reserved twice",
    fault: "reserved more than once",
    sql: earlierEntry("reserve", "order_id", `order_id = ${PENDING} AND kind = 'reserve'`),
  },
  {
    id: "I21",
    what: "a notice that is on record twice",
    fault: "notice on record twice",
    sql: [
      "DROP INDEX payment_event_dedupe_uq",
      `INSERT INTO payment_event SELECT gen_random_uuid(), account_id, source, dedupe, out_trade_no, gateway_trade_number, amount_minor, currency, raw,
              received_at, order_id, verdict FROM payment_event WHERE order_id = ${DELIVERED}`,
    ],
  },
];
