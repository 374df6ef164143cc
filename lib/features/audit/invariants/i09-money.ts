import type { Invariant } from "../invariant";

/** Balances and coupons join when there are balances and coupons. */
export const money: Invariant = {
  id: "I9",
  name: "money",
  kind: "safety",
  sentence: {
    zh: "钱数对得上：订单总额是各行单价乘数量之和，订单的已收金额与笔数是其到账记录之和，付款单金额就是订单总额，退款不超过实收。",
    en: "Money adds up: an order's total is the sum of its lines, what it received is the sum of its payments, an attempt asks for exactly the total, refunds never exceed what was paid.",
  },
  names: { order_id: "order" },
  window: "same",
  sql: `
SELECT 'total is not the sum of the lines' AS fault, o.id AS order_id, o.total_minor::text AS stands, sum(l.quantity * l.unit_price_minor)::text AS should_be
  FROM orders o JOIN order_line l ON l.order_id = o.id
 GROUP BY o.id, o.total_minor HAVING sum(l.quantity * l.unit_price_minor) <> o.total_minor
UNION ALL
SELECT 'received is not the sum of the payments', o.id, o.paid_minor || ' in ' || o.payment_count, coalesce(p.minor, 0) || ' in ' || coalesce(p.payments, 0)
  FROM orders o
  LEFT JOIN (SELECT p.order_id, count(*) AS payments, coalesce(sum(p.amount_minor) FILTER (WHERE p.currency = o.currency), 0) AS minor
               FROM payment p JOIN orders o ON o.id = p.order_id GROUP BY p.order_id) p ON p.order_id = o.id
 WHERE o.paid_minor <> coalesce(p.minor, 0) OR o.payment_count <> coalesce(p.payments, 0)
UNION ALL
SELECT 'attempt asks for another amount or currency', o.id, a.amount_minor || ' ' || a.currency, o.total_minor || ' ' || o.currency
  FROM payment_attempt a JOIN orders o ON o.id = a.order_id WHERE (a.amount_minor, a.currency) <> (o.total_minor, o.currency)
UNION ALL
SELECT 'more refunded than was paid', p.order_id, sum(r.amount_minor)::text, p.amount_minor::text
  FROM refund r JOIN payment p ON p.id = r.payment_id
 WHERE r.status <> 'failed' GROUP BY p.id, p.order_id, p.amount_minor HAVING sum(r.amount_minor) > p.amount_minor
UNION ALL
-- What an order stands or falls with: the payment that settled it, or, where none did, every payment that it got before it was refunded. What
-- came afterwards is before a person, and the order stays as it is.
SELECT 'refunded, and money of it was kept', o.id, coalesce(r.minor, 0)::text, p.amount_minor::text
  FROM orders o JOIN payment p ON p.order_id = o.id
       AND (o.settled_payment_id = p.id OR (o.settled_payment_id IS NULL AND p.received_at <= coalesce(
            (SELECT min(e.at) FROM order_event e WHERE e.order_id = o.id AND e.to_status = 'refunded'), 'infinity')))
  LEFT JOIN (SELECT payment_id, sum(amount_minor) AS minor FROM refund WHERE status = 'succeeded' GROUP BY payment_id) r ON r.payment_id = p.id
 WHERE o.status = 'refunded' AND coalesce(r.minor, 0) <> p.amount_minor
UNION ALL
SELECT 'refund of another order''s payment', r.order_id, p.order_id::text, r.order_id::text
  FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.order_id <> p.order_id`,
};
