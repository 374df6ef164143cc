import type { Break } from "./break";
import {
  AGED,
  AVAILABLE,
  DELIVERED,
  DOUBLE,
  EXPIRED,
  earlierEntry,
  LEDGER_AGED,
  OTHER_MERCHANT,
  OTHER_POOL,
  OWED,
  PAIR,
  PENDING,
} from "./rows";

/** What can go wrong with cards, orders and their record. */
export const BREAKS_OF_CARDS: readonly Break[] = [
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
    also: ["I17", "I5"],
    sql: `INSERT INTO reveal_record (order_id, card_ids, actor_kind, reason) SELECT ${PENDING}, card_ids, 'buyer', 'x' FROM reveal_record LIMIT 1`,
  },
  {
    id: "I2",
    what: "a delivered order with another number of cards than its line",
    fault: "another number of cards than was bought",
    also: ["I17"],
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
    what: "a card that was put aside without an entry",
    fault: "ledger and stock differ",
    sql: `UPDATE card SET status = 'quarantined' WHERE id = ${AVAILABLE}`,
  },
  {
    id: "I4",
    what: "a card that is on sale again and, by the ledger, still aside",
    fault: "ledger and stock differ",
    sql: "UPDATE card SET status = 'available' WHERE status = 'quarantined'",
  },
  {
    id: "I4",
    what: "a card that the ledger reserved for another order",
    fault: "ledger names another order",
    sql: `INSERT INTO stock_entry (kind, merchant_id, order_id, card_ids, canonical)
          SELECT 'bind', merchant_id, ${OWED}, card_ids, stock_canonical('bind', merchant_id, ${OWED}, NULL, '', card_ids) FROM stock_entry WHERE order_id = ${PENDING} AND kind = 'reserve'`,
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
    also: ["I17"],
    sql: [
      `DELETE FROM order_event WHERE order_id = ${DELIVERED} AND to_status = 'delivered'`,
      `DELETE FROM outbox WHERE order_id = ${DELIVERED} AND kind = 'order.delivered'`,
      `UPDATE orders SET status = 'paid', delivered_at = NULL WHERE id = ${DELIVERED}`,
    ],
  },
  {
    id: "I5",
    what: "a card of an order whose money was given back",
    fault: "order refunded, card not withdrawn",
    sql: [
      `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
       SELECT ${DELIVERED}, e.*, 'none', 'none', 'x', now() FROM (VALUES ('delivered', 'refunding'), ('refunding', 'refunded')) e`,
      `INSERT INTO refund (id, payment_id, order_id, refund_no, amount_minor, status, reason)
       SELECT gen_random_uuid(), id, order_id, 'r', amount_minor, 'succeeded', 'x' FROM payment WHERE order_id = ${DELIVERED}`,
      `UPDATE orders SET status = 'refunded' WHERE id = ${DELIVERED}`,
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
    what: "an order that was handed out while the buyer's bank was deciding about its money",
    fault: "handed out under a dispute",
    sql: [
      `UPDATE orders SET disputed_at = now(), exception = 'disputed' WHERE id = ${DELIVERED}`,
      `UPDATE order_event SET to_exception = 'disputed' WHERE order_id = ${DELIVERED}`,
      `UPDATE order_event SET from_exception = 'disputed' WHERE order_id = ${DELIVERED} AND to_status = 'delivered'`,
    ],
  },
  {
    id: "I6",
    what: "an order that came back from its refund as something that it was not",
    fault: "came back from a refund to another state than it had",
    sql: [
      `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
       SELECT ${EXPIRED}, e.f, e.t, 'none', 'none', 'x', now()
         FROM (VALUES (1, 'expired', 'refunding'), (2, 'refunding', 'cancelled')) AS e (n, f, t) ORDER BY e.n`,
      `UPDATE orders SET status = 'cancelled' WHERE id = ${EXPIRED}`,
    ],
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
    id: "I24",
    what: "a replacement whose new card stands elsewhere",
    fault: "new card does not stand in the old one's place",
    also: ["I26"],
    sql: "UPDATE replacement SET position = 2 WHERE status = 'done'",
  },
  {
    id: "I24",
    what: "a replacement that stands with another merchant",
    fault: "replacement of another merchant's order",
    sql: "UPDATE replacement SET merchant_id = gen_random_uuid()",
  },
  {
    id: "I24",
    what: "a replacement that the ledger does not tell of",
    fault: "replacement without its entries",
    also: ["I4"],
    sql: "DELETE FROM stock_entry WHERE kind = 'replace'",
  },
  {
    id: "I5",
    what: "a card that was taken from a delivered order without a replacement",
    fault: "card and order do not name each other",
    also: ["I2", "I24", "I26"],
    sql: "DELETE FROM replacement",
  },
  {
    id: "I12",
    what: "a replacement that its buyer was not told of",
    fault: "replacement never announced",
    sql: "DELETE FROM outbox WHERE kind = 'card.replaced'",
  },
  {
    id: "I13",
    what: "a replacement that waits while cards lie there",
    fault: "replacement waits while cards are on sale",
    sql: [
      LEDGER_AGED,
      `INSERT INTO replacement (id, order_id, merchant_id, variant_id, pool_id, position, old_card_id, old_batch_id, reason, requested_by_kind, requested_by, requested_at)
       SELECT gen_random_uuid(), o.id, c.merchant_id, c.variant_id, c.pool_id, 1, c.id, c.batch_id, 'used', 'admin', gen_random_uuid(), ${AGED}
         FROM orders o JOIN card c ON c.id = o.card_ids[1] WHERE o.id = ${DELIVERED}`,
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
    id: "I25",
    what: "a card laid into another pool without a word",
    fault: "card lies in another pool than the ledger says",
    sql: "UPDATE card SET pool_id = (SELECT to_pool_id FROM pool_transfer ORDER BY id LIMIT 1) WHERE id = (SELECT id FROM card WHERE status = 'draft' LIMIT 1)",
  },
  {
    id: "I25",
    what: "a transfer that left one pool and entered none",
    fault: "transfer with one side",
    sql: `DELETE FROM stock_entry WHERE id = (SELECT max(id) FROM stock_entry WHERE kind = 'transfer_out')`,
  },
  {
    id: "I25",
    what: "a transfer that was counted otherwise",
    fault: "transfer counted otherwise than the ledger says",
    sql: "UPDATE pool_transfer SET card_count = card_count + 1 WHERE id = (SELECT max(id) FROM pool_transfer)",
  },
  {
    id: "I19",
    what: "a variant that falls back to another merchant's pool",
    fault: "variant and pool that it falls back to",
    sql: [
      ...OTHER_MERCHANT,
      `UPDATE variant SET fallback_pool_ids = ARRAY[${OTHER_POOL}::uuid] WHERE id = (SELECT variant_id FROM card LIMIT 1)`,
    ],
  },
];
