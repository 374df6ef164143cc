import type { Invariant } from "../invariant";

export const complete: Invariant = {
  id: "I2",
  name: "complete",
  kind: "safety",
  sentence: {
    zh: "已发卡的订单，每一行都恰好拿到所购规格、所购数量的卡密，不多不少。",
    en: "A delivered order has, per line, exactly its quantity of delivered cards of that line's variant; never a part.",
  },
  names: { order_id: "order", variant_id: "variant" },
  window: "same",
  // A card withdrawn after delivery was delivered all the same; one that was replaced, in its successor.
  sql: `
WITH wanted AS (
  SELECT o.id AS order_id, l.variant_id, l.quantity
    FROM orders o JOIN order_line l ON l.order_id = o.id WHERE o.status IN ('delivered', 'refunding', 'refunded') AND o.delivered_at IS NOT NULL),
had AS (
  SELECT c.order_id, c.variant_id, count(*) AS cards
    FROM card c JOIN orders o ON o.id = c.order_id AND o.delivered_at IS NOT NULL
   WHERE c.delivered_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM replacement r WHERE r.old_card_id = c.id AND r.order_id = o.id AND r.status = 'done')
   GROUP BY c.order_id, c.variant_id)
SELECT 'another number of cards than was bought' AS fault, coalesce(w.order_id, h.order_id) AS order_id,
       coalesce(w.variant_id, h.variant_id) AS variant_id, w.quantity, h.cards
  FROM wanted w FULL JOIN had h ON h.order_id = w.order_id AND h.variant_id = w.variant_id
 WHERE w.quantity IS DISTINCT FROM h.cards
UNION ALL
SELECT 'lines do not add up to the order', o.id, NULL, o.quantity, sum(l.quantity)
  FROM orders o LEFT JOIN order_line l ON l.order_id = o.id
 GROUP BY o.id, o.quantity HAVING sum(l.quantity) IS DISTINCT FROM o.quantity`,
};
