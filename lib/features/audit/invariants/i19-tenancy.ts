import type { Invariant } from "../invariant";

/** Payouts and webhooks join the chain when there are payouts and webhooks. */
export const tenancy: Invariant = {
  id: "I19",
  name: "tenancy",
  kind: "safety",
  sentence: {
    zh: "卡、批次、规格、库存池、订单行、订单、收款账户与流水，自始至终属于同一个商户。",
    en: "One merchant along the whole chain: card, batch, variant, pool, order line, order, gateway account and ledger entry.",
  },
  names: { card_id: "card", batch_id: "batch", variant_id: "variant", order_id: "order" },
  window: "same",
  sql: `
SELECT 'card and variant' AS fault, c.id AS card_id, c.batch_id, NULL::uuid AS variant_id, NULL::uuid AS order_id,
       c.merchant_id, v.merchant_id AS other_merchant_id
  FROM card c LEFT JOIN variant v ON v.id = c.variant_id WHERE c.merchant_id IS DISTINCT FROM v.merchant_id
UNION ALL
SELECT 'card and batch', c.id, b.id, NULL, NULL, c.merchant_id, b.merchant_id
  FROM card c JOIN batch b ON b.id = c.batch_id WHERE (c.merchant_id, c.variant_id) <> (b.merchant_id, b.variant_id)
UNION ALL
SELECT 'card and pool', c.id, c.batch_id, NULL, NULL, c.merchant_id, p.merchant_id
  FROM card c LEFT JOIN stock_pool p ON p.id = c.pool_id WHERE c.merchant_id IS DISTINCT FROM p.merchant_id
UNION ALL
SELECT 'card and order', c.id, c.batch_id, NULL, o.id, c.merchant_id, o.merchant_id
  FROM card c JOIN orders o ON o.id = c.order_id WHERE c.merchant_id <> o.merchant_id
UNION ALL
SELECT 'batch and variant', NULL, b.id, v.id, NULL, b.merchant_id, v.merchant_id
  FROM batch b JOIN variant v ON v.id = b.variant_id WHERE b.merchant_id <> v.merchant_id
UNION ALL
SELECT 'variant and product', NULL, NULL, v.id, NULL, v.merchant_id, p.merchant_id
  FROM variant v JOIN product p ON p.id = v.product_id WHERE v.merchant_id <> p.merchant_id
UNION ALL
SELECT 'variant and pool', NULL, NULL, v.id, NULL, v.merchant_id, p.merchant_id
  FROM variant v JOIN stock_pool p ON p.id = v.pool_id WHERE v.merchant_id <> p.merchant_id
UNION ALL
SELECT 'variant and pool that it falls back to', NULL, NULL, v.id, NULL, v.merchant_id, p.merchant_id
  FROM variant v CROSS JOIN LATERAL unnest(v.fallback_pool_ids) AS f (pool_id) LEFT JOIN stock_pool p ON p.id = f.pool_id
 WHERE v.merchant_id IS DISTINCT FROM p.merchant_id
UNION ALL
SELECT 'order and its line''s variant', NULL, NULL, v.id, o.id, o.merchant_id, v.merchant_id
  FROM order_line l JOIN orders o ON o.id = l.order_id JOIN variant v ON v.id = l.variant_id WHERE o.merchant_id <> v.merchant_id
UNION ALL
SELECT 'order and its promise', NULL, NULL, NULL, o.id, o.merchant_id, p.merchant_id
  FROM order_promise p JOIN orders o ON o.id = p.order_id WHERE o.merchant_id <> p.merchant_id
UNION ALL
SELECT 'order without a merchant', NULL, NULL, NULL, o.id, o.merchant_id, NULL
  FROM orders o WHERE NOT EXISTS (SELECT 1 FROM merchant m WHERE m.id = o.merchant_id)
UNION ALL
SELECT 'order and gateway account', NULL, NULL, NULL, o.id, o.merchant_id, g.merchant_id
  FROM payment_attempt a JOIN orders o ON o.id = a.order_id JOIN gateway_account g ON g.id = a.account_id
 WHERE g.merchant_id IS NOT NULL AND g.merchant_id <> o.merchant_id
UNION ALL
SELECT 'ledger entry and its order or batch', NULL, b.id, NULL, o.id, e.merchant_id, coalesce(o.merchant_id, b.merchant_id)
  FROM stock_entry e LEFT JOIN orders o ON o.id = e.order_id LEFT JOIN batch b ON b.id = e.batch_id
 WHERE e.merchant_id <> o.merchant_id OR e.merchant_id <> b.merchant_id`,
};
