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
  dangling("mail", "refund_id", "refund"),
  dangling("mail", "restock_id", "restock_request"),
  dangling("mail", "stock_merchant_id", "merchant"),
  [
    "outbox.replacement_id leads to no replacement",
    `UPDATE outbox SET replacement_id = ${NOWHERE} WHERE replacement_id IS NOT NULL`,
  ],
  [
    "outbox.refund_id leads to no refund",
    `INSERT INTO outbox (kind, order_id, refund_id) SELECT 'refund.failed', order_id, ${NOWHERE} FROM outbox LIMIT 1`,
  ],
  dangling("reveal_record", "order_id", "orders"),
  dangling("finding", "order_id", "orders"),
  dangling("finding", "event_id", "payment_event"),
  [
    "refund.order_id leads to no orders",
    `INSERT INTO refund (id, payment_id, order_id, refund_no, amount_minor, status, reason)
     SELECT ${NOWHERE}, id, ${NOWHERE}, 'r', 1, 'requested', 'x' FROM payment LIMIT 1`,
  ],
];
