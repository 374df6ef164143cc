/** One way to make the shop's books differ for real, and what a run must call it. */
export interface Cause {
  readonly kind: string;
  readonly what: string;
  /** What the same rows cannot help showing, too. */
  readonly also?: readonly string[];
  /** Rows as they must not be; `$order` is a delivered order of one card that is this cause's alone, `$pair` one of two cards. */
  readonly sql: readonly string[];
  /** What mends it, where putting the rows back is not enough. */
  readonly mend?: readonly string[];
}

const FILE = "(SELECT id FROM statement_file ORDER BY id LIMIT 1)";
const PAID = "(SELECT id FROM payment WHERE order_id = $order ORDER BY received_at LIMIT 1)";
const TRADE = "(SELECT gateway_trade_number FROM payment WHERE order_id = $order ORDER BY received_at LIMIT 1)";
const NUMBER = "(SELECT out_trade_no FROM payment_attempt WHERE order_id = $order LIMIT 1)";
const UNBIND = "UPDATE card SET status = 'available', order_id = NULL, delivered_at = NULL WHERE order_id = $order";

/** A row of the gateway's books, beside those that are right. */
const row = (kind: string, trade: string, columns: Readonly<Record<string, string>> = {}): string => {
  const all: Record<string, string> = {
    file_id: FILE,
    line: "(SELECT max(line) + 1 FROM statement_row)",
    kind: `'${kind}'`,
    account_id: "'epay'",
    gateway_trade_number: trade,
    amount_minor: "1000",
    currency: "'CNY'",
    occurred_at: "now() - interval '20 minutes'",
    raw: "'[]'",
    ...columns,
  };
  return `INSERT INTO statement_row (${Object.keys(all).join(", ")}) VALUES (${Object.values(all).join(", ")})`;
};

const refund = (columns: Readonly<Record<string, string>>): string => {
  const all: Record<string, string> = {
    id: "gen_random_uuid()",
    payment_id: PAID,
    order_id: "$order",
    refund_no: "'R' || replace($order::text, '-', '')",
    amount_minor: "100",
    status: "'succeeded'",
    reason: "'test'",
    finished_at: "now() - interval '30 minutes'",
    next_ask_at: "NULL",
    ...columns,
  };
  return `INSERT INTO refund (${Object.keys(all).join(", ")}) VALUES (${Object.values(all).join(", ")})`;
};

const FORGOTTEN = "DELETE FROM finding WHERE order_id = $order";

/** A table of every kind of difference that a run finds. */
export const CAUSES: readonly Cause[] = [
  // Orders, cards and the ledger
  {
    kind: "paid_without_card",
    what: "a paid order that was never delivered and that nobody owes anything",
    sql: [UNBIND, "UPDATE orders SET status = 'paid', delivered_at = NULL, card_ids = '{}' WHERE id = $order"],
  },
  {
    kind: "card_count_mismatch",
    what: "one of two cards is not the order's",
    sql: [
      "UPDATE card SET status = 'available', order_id = NULL, delivered_at = NULL WHERE id = (SELECT card_ids[2] FROM orders WHERE id = $pair)",
    ],
  },
  {
    kind: "card_count_mismatch",
    what: "a card more than was bought is bound to the order",
    sql: [
      "UPDATE card SET status = 'delivered', order_id = $order, delivered_at = now() WHERE id = (SELECT id FROM card WHERE status = 'available' ORDER BY id DESC LIMIT 1)",
    ],
  },
  {
    kind: "card_without_payment",
    what: "cards for a payment that is not there",
    also: ["gateway_only"],
    sql: ["DELETE FROM payment WHERE order_id = $order"],
  },
  {
    kind: "card_sold_twice",
    what: "an order names a card that another buyer has",
    also: ["paid_without_card", "ledger_gap"],
    sql: [UNBIND, "UPDATE orders SET card_ids = (SELECT card_ids[1:1] FROM orders WHERE id = $pair) WHERE id = $order"],
  },
  {
    kind: "card_sold_twice",
    what: "a card that was handed out once is held for another buyer",
    sql: [
      "UPDATE stock_entry SET card_ids = card_ids || (SELECT card_ids[1:1] FROM orders WHERE id = $pending) WHERE order_id = $order AND kind IN ('deliver', 'claim')",
    ],
  },
  {
    kind: "reservation_lapsed",
    what: "cards held for an order that ended long ago",
    sql: ["UPDATE orders SET deadline_at = now() - interval '1 hour' WHERE id = $pending"],
  },
  {
    kind: "mail_missing",
    what: "a delivery that became no mail",
    sql: ["DELETE FROM mail WHERE order_id = $order AND kind = 'order_delivered'"],
  },
  {
    kind: "mail_missing",
    what: "a delivery that was never announced",
    sql: ["DELETE FROM outbox WHERE order_id = $order AND kind = 'order.delivered'"],
  },
  {
    kind: "ledger_gap",
    what: "a delivery of which the ledger says nothing",
    sql: ["DELETE FROM stock_entry WHERE order_id = $order AND kind IN ('deliver', 'claim')"],
  },
  {
    kind: "price_anomaly",
    what: "a total that its lines do not add up to",
    sql: ["UPDATE order_line SET unit_price_minor = unit_price_minor - 1 WHERE order_id = $order"],
  },
  {
    kind: "price_anomaly",
    what: "a price far below every price of the product",
    also: ["bill_amount_mismatch"],
    sql: [
      "UPDATE order_line SET unit_price_minor = 1 WHERE order_id = $order",
      "UPDATE orders SET total_minor = 1, paid_minor = 1 WHERE id = $order",
      "UPDATE payment SET amount_minor = 1 WHERE order_id = $order",
    ],
  },
  {
    kind: "balance_difference",
    what: "a balance that its entries do not add up to",
    sql: ["UPDATE wallet SET balance_minor = balance_minor + 1"],
  },
  // Money
  {
    kind: "owed_order",
    what: "an owed order of which nobody was told",
    sql: ["DELETE FROM finding WHERE order_id = $owed"],
  },
  {
    kind: "double_payment",
    what: "a second payment of which nobody was told",
    sql: [
      `INSERT INTO payment SELECT gen_random_uuid(), account_id, 'again-' || id, order_id, attempt_id, event_id, amount_minor, currency, 'double', received_at
         FROM payment WHERE order_id = $order`,
      FORGOTTEN,
      row("payment", `'again-' || ${PAID}`, { out_trade_no: NUMBER }),
    ],
  },
  {
    kind: "amount_mismatch",
    what: "money of another sum of which nobody was told",
    sql: [
      `INSERT INTO payment SELECT gen_random_uuid(), account_id, 'less-' || id, order_id, attempt_id, event_id, 900, currency, 'underpaid', received_at
         FROM payment WHERE order_id = $order`,
      row("payment", `'less-' || ${PAID}`, { out_trade_no: NUMBER, amount_minor: "900" }),
    ],
  },
  {
    kind: "currency_mismatch",
    what: "money of another currency of which nobody was told",
    sql: [
      `INSERT INTO payment SELECT gen_random_uuid(), account_id, 'usd-' || id, order_id, attempt_id, event_id, 1000, 'USD', 'wrong_currency', received_at
         FROM payment WHERE order_id = $order`,
      row("payment", `'usd-' || ${PAID}`, { out_trade_no: NUMBER, currency: "'USD'" }),
    ],
  },
  {
    kind: "refund_stuck",
    what: "a refund without an answer for an hour",
    sql: [refund({ status: "'processing'", finished_at: "NULL", created_at: "now() - interval '1 hour'" })],
  },
  // The gateway's books
  {
    kind: "gateway_only",
    what: "money for an order that the shop thinks unpaid",
    sql: [
      row("payment", "'stray-1'", {
        out_trade_no: "(SELECT out_trade_no FROM payment_attempt WHERE order_id = $unpaid)",
      }),
    ],
  },
  {
    kind: "gateway_only",
    what: "money with a number that is not ours",
    sql: [
      row("payment", "'stray-2'", { out_trade_no: "'SOMEBODYELSES0001'", occurred_at: "now() - interval '6 minutes'" }),
    ],
  },
  {
    kind: "duplicate_payment",
    what: "a second payment that the shop never heard of",
    sql: [row("payment", `'second-' || ${PAID}`, { out_trade_no: NUMBER })],
  },
  {
    kind: "local_only",
    what: "a payment that the gateway's books do not have",
    sql: [`DELETE FROM statement_row WHERE gateway_trade_number = ${TRADE}`],
  },
  {
    kind: "bill_amount_mismatch",
    what: "another sum in the gateway's books",
    sql: [`UPDATE statement_row SET amount_minor = 999 WHERE gateway_trade_number = ${TRADE}`],
  },
  {
    kind: "bill_currency_mismatch",
    what: "another currency in the gateway's books",
    sql: [`UPDATE statement_row SET currency = 'USD' WHERE gateway_trade_number = ${TRADE}`],
  },
  {
    kind: "refund_missing_local",
    what: "a refund in the gateway's books that nobody asked for",
    sql: [row("refund", TRADE, { part: "'RX1'", gateway_refund_number: "'RX1'", amount_minor: "300" })],
  },
  {
    kind: "refund_missing_gateway",
    what: "a refund that the gateway's books do not have",
    sql: [refund({})],
  },
  {
    kind: "refund_mismatch",
    what: "a refund of another sum in the gateway's books",
    sql: [
      refund({ refund_no: "'RM1'" }),
      row("refund", TRADE, { part: "'RM1'", refund_number: "'RM1'", amount_minor: "200" }),
    ],
  },
  {
    kind: "bill_anomaly",
    what: "a refund older than what it gives back",
    sql: [
      refund({ refund_no: "'RO1'" }),
      row("refund", TRADE, {
        part: "'RO1'",
        refund_number: "'RO1'",
        amount_minor: "100",
        occurred_at: "now() - interval '3 days'",
      }),
    ],
  },
  {
    kind: "bill_anomaly",
    what: "a row of the day after tomorrow",
    sql: [row("payment", "'tomorrow'", { occurred_at: "now() + interval '2 days'" })],
  },
  {
    kind: "bill_anomaly",
    what: "a row of an account that the shop has not",
    sql: [row("payment", "'elsewhere'", { account_id: "'not-ours'" })],
  },
  {
    kind: "bill_anomaly",
    what: "more given back than was paid",
    sql: [
      refund({ refund_no: "'RB1'", amount_minor: "600" }),
      row("refund", TRADE, { part: "'RB1'", refund_number: "'RB1'", amount_minor: "600" }),
      refund({ id: "gen_random_uuid()", refund_no: "'RB2'", amount_minor: "500" }),
      row("refund", TRADE, { part: "'RB2'", refund_number: "'RB2'", amount_minor: "500" }),
    ],
  },
  {
    kind: "fee_anomaly",
    what: "a fee beyond what the account costs",
    sql: [
      "UPDATE gateway_account SET fee_rate = 60 WHERE id = 'epay'",
      `UPDATE statement_row SET fee = '0.99' WHERE gateway_trade_number = ${TRADE}`,
    ],
  },
  {
    kind: "statement_missing",
    what: "a day of books that was given up",
    sql: [
      "INSERT INTO statement_day (account_id, day, state, failure) VALUES ('epay', '2026-01-02', 'failed', 'refused')",
    ],
  },
  {
    kind: "stuck_import",
    what: "an import whose heart stands still",
    sql: [
      `INSERT INTO batch (id, merchant_id, variant_id, pool_id, status, key_id, data_key, heartbeat_at)
       SELECT gen_random_uuid(), merchant_id, variant_id, pool_id, 'importing', key_id, data_key, now() - interval '1 hour' FROM batch LIMIT 1`,
    ],
  },
];
