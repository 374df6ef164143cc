/** Where the rows of a lived-in shop are, as SQL. */
export const DELIVERED =
  "(SELECT id FROM orders WHERE status = 'delivered' AND exception = 'none' ORDER BY id LIMIT 1)";
export const PAIR =
  "(SELECT id FROM orders WHERE status = 'delivered' AND exception = 'none' AND quantity = 2 LIMIT 1)";
export const PENDING = "(SELECT id FROM orders WHERE status = 'pending' AND exception = 'none' LIMIT 1)";
export const EXPIRED = "(SELECT id FROM orders WHERE status = 'expired' AND card_ids = '{}' LIMIT 1)";
export const DOUBLE = "(SELECT id FROM orders WHERE exception = 'double_paid' ORDER BY id LIMIT 1)";
export const OWED = "(SELECT id FROM orders WHERE owed_at IS NOT NULL)";
export const AVAILABLE = "(SELECT id FROM card WHERE status = 'available' ORDER BY id LIMIT 1)";
export const OTHER_MERCHANT = [
  "INSERT INTO merchant (id, slug, name) VALUES ('00000000-0000-7000-8000-000000000001', 'other', 'Other')",
  "INSERT INTO stock_pool (id, merchant_id, slug, name) VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'main', 'Main')",
];
export const OTHER = "'00000000-0000-7000-8000-000000000001'";
export const OTHER_POOL = "'00000000-0000-7000-8000-000000000002'";
export const AGED = "now() - interval '10 minutes'";
export const LEDGER_AGED = `UPDATE stock_entry SET created_at = ${AGED}`;

/** An entry that lies before all others, so that replaying the ledger ends where it did. */
export const earlierEntry = (kind: string, orderId: string, from: string): string => `
  INSERT INTO stock_entry (id, kind, merchant_id, order_id, card_ids, canonical) OVERRIDING SYSTEM VALUE
  SELECT -1, '${kind}', merchant_id, ${orderId}, card_ids, stock_canonical('${kind}', merchant_id, ${orderId}, NULL, '', card_ids) FROM stock_entry WHERE ${from} LIMIT 1`;
