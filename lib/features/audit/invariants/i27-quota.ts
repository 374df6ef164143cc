import type { Invariant } from "../invariant";

/** Came after the design's list, with keys that are spent piece by piece. A use is not in the ledger: it moves no card. */
export const quota: Invariant = {
  id: "I27",
  name: "quota",
  kind: "safety",
  sentence: {
    zh: "按次使用的密钥，记下的已用次数等于每次使用之和，从不超过上限；只有已经发给买家的才用得掉，被退款、换掉以后就用不了。",
    en: "What is spent of a key is the sum of its uses and never beyond its maximum; only what was delivered is ever spent, and a key that its order no longer gives out is closed.",
  },
  names: { order_id: "order", card_id: "card" },
  window: "same",
  sql: `
WITH spent AS MATERIALIZED (SELECT card_id, sum(uses) AS uses, max(used_after) AS last FROM quota_use GROUP BY card_id)
SELECT 'metered otherwise than its uses say' AS fault, q.card_id, q.order_id, q.used::bigint AS stands, coalesce(s.uses, 0) AS should
  FROM quota q LEFT JOIN spent s ON s.card_id = q.card_id WHERE (q.used, q.used) IS DISTINCT FROM (coalesce(s.uses, 0), coalesce(s.last, 0))
UNION ALL
SELECT 'spent beyond its maximum', q.card_id, q.order_id, q.used, q.uses_max FROM quota q WHERE q.used > q.uses_max
UNION ALL
SELECT 'uses of a card that is no key', s.card_id, NULL, s.uses, 0
  FROM spent s WHERE NOT EXISTS (SELECT 1 FROM public.quota q WHERE q.card_id = s.card_id)
UNION ALL
SELECT 'spent, and its card was never delivered', q.card_id, q.order_id, q.used, 0
  FROM quota q LEFT JOIN public.card c ON c.id = q.card_id
 WHERE q.used > 0 AND (c.id IS NULL OR c.delivered_at IS NULL OR c.order_id IS DISTINCT FROM q.order_id)
UNION ALL
SELECT 'open, and its order does not give it out', q.card_id, q.order_id, q.used, q.uses_max
  FROM quota q LEFT JOIN public.orders o ON o.id = q.order_id
 WHERE q.is_open AND (o.id IS NULL OR o.status <> 'delivered' OR q.card_id <> ALL (o.card_ids))
UNION ALL
SELECT 'stands with another merchant, variant or batch than its card', q.card_id, q.order_id, NULL, NULL
  FROM quota q LEFT JOIN public.card c ON c.id = q.card_id
 WHERE (c.merchant_id, c.variant_id, c.batch_id) IS DISTINCT FROM (q.merchant_id, q.variant_id, q.batch_id)`,
};
