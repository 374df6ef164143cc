/** One way to break an invariant in rows that were healthy, and what the audit must call it. */
export interface Break {
  readonly id: string;
  readonly what: string;
  readonly fault: string;
  /** Other invariants that the same rows cannot help breaking. */
  readonly also?: readonly string[];
  readonly sql: string | readonly string[];
}

const DELIVERED = "(SELECT id FROM orders WHERE status = 'delivered' AND exception = 'none' ORDER BY id LIMIT 1)";
const PAIR = "(SELECT id FROM orders WHERE status = 'delivered' AND exception = 'none' AND quantity = 2 LIMIT 1)";
const PENDING = "(SELECT id FROM orders WHERE status = 'pending' AND exception = 'none' LIMIT 1)";
const EXPIRED = "(SELECT id FROM orders WHERE status = 'expired' AND card_ids = '{}' LIMIT 1)";
const DOUBLE = "(SELECT id FROM orders WHERE exception = 'double_paid' ORDER BY id LIMIT 1)";
const OWED = "(SELECT id FROM orders WHERE owed_at IS NOT NULL)";
const AVAILABLE = "(SELECT id FROM card WHERE status = 'available' ORDER BY id LIMIT 1)";
const OTHER_MERCHANT = [
  "INSERT INTO merchant (id, slug, name) VALUES ('00000000-0000-7000-8000-000000000001', 'other', 'Other')",
  "INSERT INTO stock_pool (id, merchant_id, slug, name) VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'main', 'Main')",
];
const OTHER = "'00000000-0000-7000-8000-000000000001'";
const OTHER_POOL = "'00000000-0000-7000-8000-000000000002'";
const AGED = "now() - interval '10 minutes'";
const LEDGER_AGED = `UPDATE stock_entry SET created_at = ${AGED}`;

/** An entry that lies before all others, so that replaying the ledger ends where it did. */
const earlierEntry = (kind: string, orderId: string, from: string): string => `
  INSERT INTO stock_entry (id, kind, merchant_id, order_id, card_ids, canonical) OVERRIDING SYSTEM VALUE
  SELECT -1, '${kind}', merchant_id, ${orderId}, card_ids, canonical FROM stock_entry WHERE ${from} LIMIT 1`;

export const BREAKS: readonly Break[] = [
  {
    id: "I1",
    what: "a card that the ledger delivered to two orders",
    fault: "delivered twice",
    sql: earlierEntry("deliver", PENDING, `order_id = ${DELIVERED} AND kind = 'deliver'`),
  },
  {
    id: "I1",
    what: "a card that two orders hold",
    fault: "held by two orders",
    also: ["I5"],
    sql: `UPDATE orders SET card_ids = (SELECT card_ids[1:1] FROM orders WHERE id = ${PENDING}) WHERE id = ${EXPIRED}`,
  },
  {
    id: "I1",
    what: "a card that was shown to two orders",
    fault: "shown to two orders",
    also: ["I5"],
    sql: `INSERT INTO reveal_record (order_id, card_ids, actor_kind, reason) SELECT ${PENDING}, card_ids, 'buyer', 'x' FROM reveal_record LIMIT 1`,
  },
  {
    id: "I2",
    what: "a delivered order with another number of cards than its line",
    fault: "another number of cards than was bought",
    sql: [
      `UPDATE order_line SET quantity = 1, unit_price_minor = unit_price_minor * 2 WHERE order_id = ${PAIR}`,
      "ALTER TABLE orders DROP CONSTRAINT orders_delivered_ck",
      "ALTER TABLE orders DROP CONSTRAINT orders_cards_ck",
      `UPDATE orders SET quantity = 1 WHERE id = ${PAIR}`,
    ],
  },
  {
    id: "I2",
    what: "lines that do not add up to the order",
    fault: "lines do not add up to the order",
    sql: `UPDATE order_line SET quantity = 1, unit_price_minor = unit_price_minor * 3
           WHERE order_id = (SELECT id FROM orders WHERE status = 'pending' AND quantity = 3)`,
  },
  {
    id: "I3",
    what: "a card delivered for a fen less than its price",
    fault: "another amount or currency",
    sql: [
      `UPDATE payment_event SET amount_minor = amount_minor - 1 WHERE order_id = ${DELIVERED}`,
      `UPDATE payment SET amount_minor = amount_minor - 1 WHERE order_id = ${DELIVERED}`,
      `UPDATE orders SET paid_minor = paid_minor - 1 WHERE id = ${DELIVERED}`,
    ],
  },
  {
    id: "I3",
    what: "a card delivered for a payment that was judged underpaid",
    fault: "no settled payment",
    sql: `UPDATE payment SET verdict = 'underpaid' WHERE order_id = ${DELIVERED}`,
  },
  {
    id: "I3",
    what: "a payment that no verified event stands behind",
    fault: "payment without its verified event",
    sql: `UPDATE payment SET event_id = (SELECT event_id FROM payment WHERE order_id = ${DOUBLE} LIMIT 1) WHERE order_id = ${DELIVERED}`,
  },
  {
    id: "I4",
    what: "a card that vanished",
    fault: "batch does not add up",
    sql: [`DELETE FROM card_secret WHERE card_id = ${AVAILABLE}`, `DELETE FROM card WHERE id = ${AVAILABLE}`],
  },
  {
    id: "I4",
    what: "a card that moved without an entry",
    fault: "ledger and stock differ",
    sql: `UPDATE card SET status = 'withdrawn' WHERE id = ${AVAILABLE}`,
  },
  {
    id: "I4",
    what: "a card that the ledger reserved for another order",
    fault: "ledger names another order",
    sql: `INSERT INTO stock_entry (kind, merchant_id, order_id, card_ids, canonical)
          SELECT 'bind', merchant_id, ${OWED}, card_ids, '' FROM stock_entry WHERE order_id = ${PENDING} AND kind = 'reserve'`,
  },
  {
    id: "I5",
    what: "a pending order that lost hold of its cards",
    fault: "card and order do not name each other",
    sql: `UPDATE orders SET card_ids = '{}' WHERE id = ${PENDING}`,
  },
  {
    id: "I5",
    what: "a delivered card of an order that is not delivered",
    fault: "card delivered, order not",
    sql: [
      `DELETE FROM order_event WHERE order_id = ${DELIVERED} AND to_status = 'delivered'`,
      `DELETE FROM outbox WHERE order_id = ${DELIVERED} AND kind = 'order.delivered'`,
      `UPDATE orders SET status = 'paid', delivered_at = NULL WHERE id = ${DELIVERED}`,
    ],
  },
  {
    id: "I5",
    what: "a card that an expired order still reserves",
    fault: "reserved for an order that may no longer hold it",
    sql: [
      `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
       SELECT id, 'pending', 'expired', 'none', 'none', 'x', now() FROM orders WHERE id = ${PENDING}`,
      `INSERT INTO outbox (kind, order_id) SELECT 'order.expired', ${PENDING}`,
      `UPDATE orders SET status = 'expired', closed_at = now(), created_at = now() - interval '1 hour', deadline_at = now() - interval '1 minute' WHERE id = ${PENDING}`,
      "UPDATE order_event SET at = now() WHERE reason = 'x'",
    ],
  },
  {
    id: "I6",
    what: "an edge that the rules exclude",
    fault: "edge that the rules exclude",
    sql: `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
          SELECT id, e.f, e.t, 'none', 'none', 'x', now() FROM orders,
                 (VALUES (1, 'expired', 'delivered'), (2, 'delivered', 'expired')) AS e (n, f, t) WHERE id = ${EXPIRED} ORDER BY e.n`,
  },
  {
    id: "I6",
    what: "a change that is missing from the record",
    fault: "gap between two changes",
    sql: `DELETE FROM order_event WHERE order_id = ${DELIVERED} AND to_status = 'paid'`,
  },
  {
    id: "I6",
    what: "a state that no change led to",
    fault: "order is not where its last change left it",
    sql: `UPDATE orders SET exception = 'disputed' WHERE id = ${DELIVERED}`,
  },
  {
    id: "I6",
    what: "an exception that the facts do not bear out",
    fault: "exception does not follow from the facts",
    sql: [
      `UPDATE order_event SET to_exception = 'none' WHERE order_id = ${DOUBLE} AND to_exception = 'double_paid'
          AND id = (SELECT max(id) FROM order_event WHERE order_id = ${DOUBLE})`,
      `UPDATE orders SET exception = 'none' WHERE id = ${DOUBLE}`,
    ],
  },
  {
    id: "I7",
    what: "money for an unknown order that nobody was told of",
    fault: "money for no known order",
    sql: [
      "DELETE FROM finding WHERE kind = 'unknown_order'",
      `UPDATE payment_event SET received_at = ${AGED} WHERE verdict = 'unknown_order'`,
    ],
  },
  {
    id: "I7",
    what: "a paid order that waits and whose finding was closed",
    fault: "paid, but neither delivered nor refunded nor named",
    sql: [
      "UPDATE finding SET status = 'resolved', resolved_at = now(), resolution = 'x' WHERE kind = 'owed_order'",
      `UPDATE payment_event SET received_at = ${AGED}`,
    ],
  },
  {
    id: "I7",
    what: "a verified notice that was never judged",
    fault: "never judged",
    sql: `UPDATE payment_event SET verdict = NULL, received_at = ${AGED} WHERE order_id = ${DELIVERED}`,
  },
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
    sql: [...OTHER_MERCHANT, `UPDATE card SET pool_id = ${OTHER_POOL} WHERE id = ${AVAILABLE}`],
  },
  {
    id: "I19",
    what: "a ledger entry on another merchant's account",
    fault: "ledger entry and its order or batch",
    sql: [...OTHER_MERCHANT, `UPDATE stock_entry SET merchant_id = ${OTHER} WHERE order_id = ${PENDING}`],
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

const NOWHERE = "gen_random_uuid()";
const dangling = (table: string, column: string, to: string, value = NOWHERE): [string, string] => [
  `${table}.${column} leads to no ${to}`,
  `UPDATE ${table} SET ${column} = ${value} WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1)`,
];

/** Every reference that no foreign key guards: the fault's name, and the statement that cuts it. */
export const DANGLING: [string, string][] = [
  dangling("card", "batch_id", "batch"),
  ["card.id leads to no card_secret", "DELETE FROM card_secret WHERE ctid = (SELECT ctid FROM card_secret LIMIT 1)"],
  dangling("card_secret", "card_id", "card"),
  dangling("order_line", "order_id", "orders"),
  dangling("order_line", "variant_id", "variant"),
  dangling("order_event", "order_id", "orders"),
  [
    "orders.settled_payment_id leads to no payment",
    `UPDATE orders SET settled_payment_id = ${NOWHERE} WHERE settled_payment_id IS NOT NULL`,
  ],
  dangling("payment_attempt", "order_id", "orders"),
  dangling("payment_attempt", "account_id", "gateway_account", "'nobody'"),
  dangling("payment_event", "order_id", "orders"),
  dangling("payment", "order_id", "orders"),
  dangling("payment", "attempt_id", "payment_attempt"),
  dangling("payment", "event_id", "payment_event"),
  dangling("stock_entry", "order_id", "orders"),
  dangling("stock_entry", "batch_id", "batch"),
  dangling("outbox", "order_id", "orders"),
  dangling("mail", "order_id", "orders"),
  dangling("reveal_record", "order_id", "orders"),
  dangling("finding", "order_id", "orders"),
  dangling("finding", "event_id", "payment_event"),
  [
    "refund.order_id leads to no orders",
    `INSERT INTO refund (id, payment_id, order_id, refund_no, amount_minor, status, reason)
     SELECT ${NOWHERE}, id, ${NOWHERE}, 'r', 1, 'requested', 'x' FROM payment LIMIT 1`,
  ],
];
