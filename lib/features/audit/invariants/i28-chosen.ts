import type { Invariant } from "../invariant";

/** A card with a preview stands below zero, where nobody meets it who did not choose it; and who chose has what he chose, or nothing. */
export const chosen: Invariant = {
  id: "I28",
  name: "chosen",
  kind: "safety",
  sentence: {
    zh: "自选的卡密只归选了它的订单；选了卡的订单，要么拿到选的那一张，要么还没有卡，不会换成别的。",
    en: "A card that buyers choose goes to whoever chose it and to nobody else; an order that chose holds that very card, or none.",
  },
  names: { order_id: "order", card_id: "card" },
  window: "same",
  sql: `
SELECT 'went to somebody who did not choose it' AS fault, c.id AS card_id, c.order_id
  FROM card c JOIN card_preview p ON p.card_id = c.id
 WHERE c.status IN ('reserved', 'delivered') AND NOT EXISTS (SELECT 1 FROM order_pick k WHERE k.order_id = c.order_id AND k.card_id = c.id)
UNION ALL
SELECT 'lies among those that nobody chooses', c.id, c.order_id FROM card c JOIN card_preview p ON p.card_id = c.id WHERE c.pick >= 0
UNION ALL
SELECT 'can be chosen by nothing', c.id, NULL
  FROM card c WHERE c.pick < 0 AND c.status = 'available' AND NOT EXISTS (SELECT 1 FROM card_preview p WHERE p.card_id = c.id)
UNION ALL
SELECT 'order holds another card than it chose', held.card_id, o.id
  FROM orders o JOIN order_pick k ON k.order_id = o.id CROSS JOIN LATERAL unnest(o.card_ids) AS held (card_id)
 WHERE o.stock_policy = 'pick' AND held.card_id <> k.card_id
UNION ALL
SELECT 'order without what it chose', NULL, o.id
  FROM orders o WHERE o.stock_policy = 'pick' AND NOT EXISTS (SELECT 1 FROM order_pick k WHERE k.order_id = o.id AND k.waived_at IS NULL)`,
};
