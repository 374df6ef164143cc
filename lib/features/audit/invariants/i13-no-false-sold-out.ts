import { AT_REST, type Invariant } from "../invariant";

/** A card lies there when it is on sale and no entry of the ledger has moved it for as long as rest takes. */
export const noFalseSoldOut: Invariant = {
  id: "I13",
  name: "no_false_sold_out",
  kind: "liveness",
  sentence: {
    zh: "有货就能买到：过期的预扣一分钟内放回；有可售卡的规格不会一直显示售罄；有货时，欠着卡的已付款订单和等着换的卡先被补上。",
    en: "What is there can be bought: a lapsed reservation is free within a minute, a variant with cards does not go on saying sold out, and no paid order and no replacement waits while its cards lie there.",
  },
  names: { variant_id: "variant", order_id: "order", card_id: "card" },
  window: null,
  sql: `
WITH moved AS MATERIALIZED (SELECT unnest(card_ids) AS card_id FROM stock_entry WHERE created_at > now() - ${AT_REST}),
lying AS MATERIALIZED (
  SELECT c.variant_id, c.pool_id, count(*) AS cards
    FROM card c
   WHERE c.status = 'available' AND c.pick >= 0 AND (c.expires_at IS NULL OR c.expires_at > now())
     AND NOT EXISTS (SELECT 1 FROM moved m WHERE m.card_id = c.id)
   GROUP BY c.variant_id, c.pool_id)
SELECT 'lapsed reservation still held' AS fault, c.variant_id, c.id AS card_id, c.order_id, NULL AS cards, c.reserved_until AS since
  FROM card c WHERE c.status = 'reserved' AND c.reserved_until < now() - interval '60 seconds' - ${AT_REST}
UNION ALL
SELECT 'says sold out while cards are on sale', v.id, NULL, NULL, s.cards, b.refreshed_at
  FROM lying s
  JOIN variant v ON v.id = s.variant_id AND s.pool_id = ANY (v.pool_id || v.fallback_pool_ids) AND v.status = 'published' AND s.cards >= v.quantity_min
  JOIN product p ON p.id = v.product_id AND p.status = 'published' AND p.halted_at IS NULL
  JOIN variant_stock b ON b.variant_id = v.id AND b.band = 'sold_out'
UNION ALL
SELECT 'paid order waits while cards are on sale', l.variant_id, NULL, o.id, s.cards, o.owed_at
  FROM orders o
  JOIN order_line l ON l.order_id = o.id
  JOIN variant v ON v.id = l.variant_id
  JOIN lying s ON s.variant_id = l.variant_id AND s.pool_id = ANY (l.pool_id || (v.pool_id || v.fallback_pool_ids))
 WHERE o.owed_at < now() - ${AT_REST} AND o.disputed_at IS NULL AND o.stock_policy <> 'pick'
   AND l.quantity > (SELECT count(*) FROM card h WHERE h.id = ANY (o.card_ids) AND h.variant_id = l.variant_id)
UNION ALL
SELECT 'paid order waits while the card it chose is on sale', k.variant_id, c.id, o.id, NULL, o.owed_at
  FROM orders o JOIN order_pick k ON k.order_id = o.id
  JOIN card c ON c.id = k.card_id AND c.status = 'available' AND (c.expires_at IS NULL OR c.expires_at > now())
 WHERE o.owed_at < now() - ${AT_REST} AND o.disputed_at IS NULL AND o.stock_policy = 'pick'
   AND NOT EXISTS (SELECT 1 FROM moved m WHERE m.card_id = c.id)
UNION ALL
SELECT 'replacement waits while cards are on sale', r.variant_id, NULL, r.order_id, s.cards, r.requested_at
  FROM replacement r
  JOIN orders o ON o.id = r.order_id AND o.status = 'delivered' AND o.disputed_at IS NULL
  JOIN variant v ON v.id = r.variant_id
  JOIN lying s ON s.variant_id = r.variant_id AND s.pool_id = ANY (r.pool_id || (v.pool_id || v.fallback_pool_ids))
 WHERE r.status = 'waiting' AND r.requested_at < now() - ${AT_REST}`,
};
