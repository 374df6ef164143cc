import type { Invariant } from "../invariant";

/** What rows can tell of the record. That no text is opened without one, the database's roles and their tests see to. */
export const recorded: Invariant = {
  id: "I17",
  name: "recorded",
  kind: "safety",
  sentence: {
    zh: "每次展示卡密都有记录，且只发生在发卡之后；流水里每一条的封存字节，正是它各列所说的内容。",
    en: "Every reveal is on record and none came before its delivery; the sealed bytes of each ledger entry say exactly what its columns say.",
  },
  names: { order_id: "order", batch_id: "batch", card_id: "card" },
  window: "same",
  sql: `
SELECT 'ledger entry whose bytes say something else' AS fault, e.order_id, e.batch_id, e.card_ids[1] AS card_id, e.id AS record_id, e.created_at AS at
  FROM stock_entry e
 WHERE e.canonical <> convert_to('kapu1|' || e.kind || '|' || e.merchant_id || '|' || coalesce(e.order_id::text, '') || '|'
                                 || coalesce(e.batch_id::text, '') || '|' || e.reference || '|' || array_to_string(e.card_ids, ','), 'UTF8')
UNION ALL
SELECT 'shown before it was delivered', r.order_id, NULL, r.card_ids[1], r.id, r.at
  FROM reveal_record r LEFT JOIN orders o ON o.id = r.order_id
 WHERE o.delivered_at IS NULL OR r.at < o.delivered_at - interval '1 second'
UNION ALL
SELECT 'shown in part', r.order_id, NULL, r.card_ids[1], r.id, r.at
  FROM reveal_record r JOIN orders o ON o.id = r.order_id WHERE cardinality(r.card_ids) <> o.quantity AND r.reason <> 'replaced'`,
};
