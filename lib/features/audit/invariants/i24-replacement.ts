import type { Invariant } from "../invariant";

/** Came after the design's list, with replacements themselves. */
export const replacement: Invariant = {
  id: "I24",
  name: "replacement",
  kind: "safety",
  sentence: {
    zh: "换卡有始有终：旧卡永远作废、留在原订单名下，新卡是同一规格、顶替的正是那个位置；一张卡只换一次，每次换卡在流水里都有两笔。",
    en: "A replacement is whole: the old card is withdrawn for ever and stays with its order, the new one is of the same variant and stands in the same place, no card is replaced twice, and the ledger tells both ways.",
  },
  names: { order_id: "order", card_id: "card" },
  window: "same",
  sql: `
WITH done AS (SELECT * FROM replacement WHERE status = 'done')
SELECT 'replaced card is not withdrawn' AS fault, r.id AS replacement_id, r.order_id, r.old_card_id AS card_id
  FROM done r LEFT JOIN card c ON c.id = r.old_card_id
 WHERE c.id IS NULL OR c.status <> 'withdrawn' OR c.order_id IS DISTINCT FROM r.order_id OR c.delivered_at IS NULL
UNION ALL
SELECT 'new card is of another kind or another order', r.id, r.order_id, r.new_card_id
  FROM done r LEFT JOIN card o ON o.id = r.old_card_id LEFT JOIN card n ON n.id = r.new_card_id
 WHERE n.id IS NULL OR n.order_id IS DISTINCT FROM r.order_id OR (n.variant_id, n.merchant_id) IS DISTINCT FROM (o.variant_id, o.merchant_id)
UNION ALL
SELECT 'new card does not stand in the old one''s place', r.id, r.order_id, r.new_card_id
  FROM done r JOIN orders o ON o.id = r.order_id
 WHERE o.card_ids[r.position] IS DISTINCT FROM r.new_card_id
   AND NOT EXISTS (SELECT 1 FROM done later WHERE later.old_card_id = r.new_card_id AND later.position = r.position)
UNION ALL
SELECT 'replacement of another merchant''s order', r.id, r.order_id, r.old_card_id
  FROM replacement r JOIN orders o ON o.id = r.order_id WHERE r.merchant_id <> o.merchant_id
UNION ALL
SELECT 'replacement without its entries', r.id, r.order_id, r.new_card_id
  FROM done r
 WHERE NOT EXISTS (SELECT 1 FROM stock_entry e WHERE e.order_id = r.order_id AND e.kind = 'replace' AND e.reference = r.id::text AND e.card_ids = ARRAY[r.new_card_id])
    OR NOT EXISTS (SELECT 1 FROM stock_entry e WHERE e.order_id = r.order_id AND e.kind = 'withdraw' AND e.reference = r.id::text AND e.card_ids = ARRAY[r.old_card_id])
UNION ALL
SELECT 'entry of a replacement that nobody asked for', NULL, e.order_id, e.card_ids[1]
  FROM stock_entry e WHERE e.kind = 'replace' AND NOT EXISTS (SELECT 1 FROM done r WHERE r.id::text = e.reference AND r.order_id = e.order_id)`,
};
