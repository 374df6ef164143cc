import type { Invariant } from "../invariant";

/** Came after the design's list, with disputes themselves. */
export const dispute: Invariant = {
  id: "I26",
  name: "dispute",
  kind: "safety",
  sentence: {
    zh: "售后说到做到：说换卡的有且只有那一次换卡，说退款、补偿的有同一笔、同样数目的钱；没有兑现的决定不算数，一条售后不会同时有两个决定。",
    en: "A dispute keeps its word: decided as replaced it has that one replacement, as refunded or compensated that one sum; what was not carried out decides nothing, and no dispute has two decisions at once.",
  },
  names: { order_id: "order", card_id: "card" },
  window: "same",
  sql: `
WITH done AS (SELECT * FROM dispute_decision WHERE state = 'done')
SELECT 'decided as replaced, and no replacement bears its number' AS fault, x.id AS decision_id, x.order_id, d.card_id
  FROM done x JOIN dispute d ON d.id = x.dispute_id
 WHERE x.outcome = 'replace'
   AND NOT EXISTS (SELECT 1 FROM replacement r WHERE r.id = x.id AND r.order_id = x.order_id AND r.position = d.position AND r.old_card_id = d.card_id)
UNION ALL
SELECT 'decided as refunded, and no refund bears its number', x.id, x.order_id, NULL
  FROM done x WHERE x.outcome = 'refund'
   AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.id = x.id AND r.order_id = x.order_id AND r.amount_minor = x.amount_minor AND r.method = x.method)
UNION ALL
SELECT 'decided as compensated, and no balance was given it', x.id, x.order_id, NULL
  FROM done x WHERE x.outcome = 'compensate'
   AND NOT EXISTS (SELECT 1 FROM public.wallet_adjustment w WHERE w.request_key = x.id::text AND w.status = 'confirmed'
                      AND w.amount_minor = x.amount_minor AND w.currency = x.currency)
UNION ALL
SELECT 'dropped, and yet it was carried out', x.id, x.order_id, NULL
  FROM dispute_decision x
 WHERE x.state = 'dropped' AND (EXISTS (SELECT 1 FROM replacement r WHERE r.id = x.id) OR EXISTS (SELECT 1 FROM refund r WHERE r.id = x.id)
       OR EXISTS (SELECT 1 FROM public.wallet_adjustment w WHERE w.request_key = x.id::text AND w.status = 'confirmed'))
UNION ALL
SELECT 'decided without a decision that is carried out', d.decision_id, d.order_id, d.card_id
  FROM dispute d LEFT JOIN dispute_decision x ON x.id = d.decision_id AND x.dispute_id = d.id AND x.order_id = d.order_id
 WHERE (d.status = 'decided' AND x.state IS DISTINCT FROM 'done') OR (d.status = 'deciding' AND x.state IS DISTINCT FROM 'pending')
UNION ALL
SELECT 'a decision is being carried out, and its dispute does not know', x.id, x.order_id, NULL
  FROM dispute_decision x LEFT JOIN dispute d ON d.id = x.dispute_id
 WHERE x.state = 'pending' AND (d.status, d.decision_id) IS DISTINCT FROM ('deciding', x.id)
UNION ALL
SELECT 'dispute of another merchant, or of a card that the order never had', d.id, d.order_id, d.card_id
  FROM dispute d LEFT JOIN orders o ON o.id = d.order_id LEFT JOIN card c ON c.id = d.card_id
 WHERE d.merchant_id IS DISTINCT FROM o.merchant_id OR (d.card_id IS NOT NULL AND (c.order_id, c.batch_id) IS DISTINCT FROM (d.order_id, d.batch_id))`,
};
