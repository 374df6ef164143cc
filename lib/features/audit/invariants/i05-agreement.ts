import { AT_REST, type Invariant } from "../invariant";

interface Reference {
  readonly from: string;
  readonly column: string;
  readonly to: string;
  readonly key?: string;
  /** Columns of `from` that say what the row is about, where there are any. */
  readonly order?: string;
  readonly card?: string;
  readonly batch?: string;
  /** What of `from` leads nowhere, rightly. */
  readonly unless?: string;
}

/** Of a batch that its merchant took back the texts are gone, and the cards say so. */
const TAKEN_BACK =
  "r.status = 'withdrawn' AND EXISTS (SELECT 1 FROM public.batch b WHERE b.id = r.batch_id AND b.withdrawn_at IS NOT NULL)";

/** The hot rows carry no foreign keys (see the first migration), so here every reference is followed to its row. */
const REFERENCES: readonly Reference[] = [
  { from: "card", column: "batch_id", to: "batch", card: "id" },
  { from: "card", column: "id", to: "card_secret", key: "card_id", card: "id", unless: TAKEN_BACK },
  { from: "card_secret", column: "card_id", to: "card", card: "card_id" },
  { from: "order_line", column: "order_id", to: "orders" },
  { from: "order_line", column: "variant_id", to: "variant", order: "order_id" },
  { from: "order_promise", column: "order_id", to: "orders" },
  { from: "order_event", column: "order_id", to: "orders" },
  { from: "orders", column: "settled_payment_id", to: "payment", order: "id" },
  { from: "payment_attempt", column: "order_id", to: "orders" },
  { from: "payment_attempt", column: "account_id", to: "gateway_account", order: "order_id" },
  { from: "payment_event", column: "order_id", to: "orders" },
  { from: "payment", column: "order_id", to: "orders" },
  { from: "payment", column: "attempt_id", to: "payment_attempt", order: "order_id" },
  { from: "payment", column: "event_id", to: "payment_event", order: "order_id" },
  { from: "stock_entry", column: "order_id", to: "orders", card: "card_ids[1]" },
  { from: "stock_entry", column: "batch_id", to: "batch", card: "card_ids[1]" },
  { from: "outbox", column: "order_id", to: "orders" },
  { from: "outbox", column: "refund_id", to: "refund" },
  { from: "outbox", column: "replacement_id", to: "replacement", order: "order_id" },
  { from: "mail", column: "order_id", to: "orders" },
  { from: "mail", column: "finding_id", to: "finding" },
  { from: "mail", column: "refund_id", to: "refund" },
  { from: "mail", column: "restock_id", to: "restock_request" },
  { from: "mail", column: "stock_merchant_id", to: "merchant" },
  { from: "reveal_record", column: "order_id", to: "orders", card: "card_ids[1]" },
  { from: "finding", column: "order_id", to: "orders" },
  { from: "finding", column: "event_id", to: "payment_event", order: "order_id" },
  { from: "refund", column: "order_id", to: "orders" },
];

const columnOf = (name: string | undefined): string => (name ? `r.${name}` : "NULL");

/** The row that is led to is looked for in the whole table, also when the rows that lead there are only a few. */
const orphans = REFERENCES.map(
  ({ from, column, to, key = "id", order, card, batch, unless }) => `
SELECT '${from}.${column} leads to no ${to}', ${columnOf(order)}, ${columnOf(card)}, ${columnOf(batch)}, NULL, NULL, r.${column}::text FROM ${from} r
 WHERE r.${column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public.${to} t WHERE t.${key} = r.${column})${unless ? ` AND NOT (${unless})` : ""}`,
).join("\nUNION ALL");

/**
 * A reserved card belongs to a pending order until deadline + 30 s; or to an order of *deduct on order*, which keeps it past
 * expiry; or to a paid order that is owed the rest (bound, without an end). A closed order gave its cards back as it closed.
 */
export const agreement: Invariant = {
  id: "I5",
  name: "agreement",
  kind: "safety",
  sentence: {
    zh: "卡密与订单互相指认：卡记着的订单也记着这张卡；卡已发，当且仅当订单已发；预扣着的卡背后，有一个还在期限内的订单。每条引用都能找到它所指的行。",
    en: "Cards and orders name each other; a card is delivered exactly when its order is; a reserved card has an order that may still hold it; and every reference leads to a row.",
  },
  names: { order_id: "order", card_id: "card", batch_id: "batch" },
  window: "same",
  sql: `
WITH held AS (SELECT id AS order_id, status, unnest(card_ids) AS card_id FROM orders)
SELECT 'card and order do not name each other' AS fault, coalesce(h.order_id, c.order_id) AS order_id, coalesce(h.card_id, c.id) AS card_id,
       NULL::uuid AS batch_id, h.status AS order_status, c.status AS card_status, NULL AS reference
  FROM held h FULL JOIN (SELECT id, order_id, status FROM card WHERE order_id IS NOT NULL) c ON c.id = h.card_id AND c.order_id = h.order_id
 WHERE c.id IS NULL OR (h.order_id IS NULL AND NOT (c.status = 'withdrawn' AND EXISTS (
         SELECT 1 FROM replacement r WHERE r.old_card_id = c.id AND r.order_id = c.order_id AND r.status = 'done')))
UNION ALL
SELECT 'card delivered, order not', o.id, c.id, NULL, o.status, c.status, NULL
  FROM card c JOIN orders o ON o.id = c.order_id
 WHERE c.status = 'delivered' AND o.status NOT IN ('delivered', 'refunding', 'refunded')
UNION ALL
SELECT 'order delivered, card not', o.id, c.id, NULL, o.status, c.status, NULL
  FROM orders o JOIN card c ON c.order_id = o.id WHERE o.status = 'delivered' AND c.delivered_at IS NULL
UNION ALL
SELECT 'order refunded, card not withdrawn', o.id, c.id, NULL, o.status, c.status, NULL
  FROM card c JOIN orders o ON o.id = c.order_id WHERE o.status = 'refunded' AND c.status <> 'withdrawn'
UNION ALL
SELECT 'pending order without its reservation', o.id, NULL, NULL, o.status, NULL, NULL
  FROM orders o
 WHERE o.status = 'pending' AND o.stock_policy NOT IN ('claim_on_payment', 'promise') AND cardinality(o.card_ids) <> o.quantity AND now() < o.deadline_at
UNION ALL
SELECT 'order without the promise that it was placed with', o.id, NULL, NULL, o.status, NULL, NULL
  FROM orders o WHERE o.stock_policy = 'promise' AND NOT EXISTS (SELECT 1 FROM order_promise p WHERE p.order_id = o.id AND p.quantity = o.quantity)
UNION ALL
SELECT 'reserved for an order that may no longer hold it', o.id, c.id, NULL, o.status, c.status, NULL
  FROM card c JOIN orders o ON o.id = c.order_id
 WHERE c.status = 'reserved'
   AND NOT (o.status = 'pending' AND (o.stock_policy = 'deduct_on_order' OR now() < o.deadline_at + interval '30 seconds' + ${AT_REST}))
   AND NOT (o.status = 'expired' AND o.stock_policy = 'deduct_on_order')
   AND NOT (o.status = 'paid' AND o.owed_at IS NOT NULL AND c.reserved_until IS NULL)
UNION ALL
SELECT 'shown cards are not the order''s cards', r.order_id, NULL, NULL, o.status, NULL, NULL
  FROM reveal_record r JOIN orders o ON o.id = r.order_id
 WHERE NOT r.card_ids <@ o.card_ids
   AND NOT r.card_ids <@ (o.card_ids || ARRAY(SELECT old_card_id FROM replacement WHERE order_id = o.id AND status = 'done'))
UNION ALL
SELECT 'secret of another variant', NULL, c.id, NULL, NULL, c.status, NULL
  FROM card c JOIN card_secret s ON s.card_id = c.id WHERE s.variant_id <> c.variant_id
UNION ALL
${orphans}`,
};
