import type { Invariant } from "../invariant";

export const paymentIdentity: Invariant = {
  id: "I8",
  name: "payment_identity",
  kind: "safety",
  sentence: {
    zh: "渠道的一个流水号只算一笔到账；一个订单收到 k 笔不同的钱，就有 k−1 条差异或退款；每笔已判定的到账都记在账上。",
    en: "One gateway trade number is one payment; k payments of one order leave k − 1 findings or refunds; every judged payment event has its payment on record.",
  },
  names: { order_id: "order", order_ids: "order" },
  window: "same",
  sql: `
WITH several AS (SELECT order_id, count(*) AS payments FROM payment GROUP BY order_id HAVING count(*) > 1)
SELECT 'trade number recorded twice' AS fault, min(order_id::text) AS order_id, array_agg(DISTINCT order_id) AS order_ids, account_id, gateway_trade_number, count(*) AS payments
  FROM payment GROUP BY account_id, gateway_trade_number HAVING count(*) > 1
UNION ALL
SELECT 'further payment that nobody was told of', s.order_id::text, NULL, NULL, NULL, s.payments
  FROM several s
 WHERE s.payments - 1 > (SELECT count(*) FROM payment p
                          WHERE p.order_id = s.order_id
                            AND (EXISTS (SELECT 1 FROM finding f WHERE f.event_id = p.event_id)
                                 OR EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = p.id)))
UNION ALL
SELECT 'order settled by another number of payments than one', p.order_id::text, NULL, NULL, NULL, count(*)
  FROM payment p WHERE p.verdict = 'settled' GROUP BY p.order_id HAVING count(*) > 1
UNION ALL
SELECT 'settled payment that its order does not name', p.order_id::text, NULL, p.account_id, p.gateway_trade_number, 1
  FROM payment p JOIN orders o ON o.id = p.order_id WHERE p.verdict = 'settled' AND o.settled_payment_id IS DISTINCT FROM p.id
UNION ALL
SELECT 'judged event without a payment', e.order_id::text, NULL, e.account_id, e.gateway_trade_number, 0
  FROM payment_event e
 WHERE e.verdict IN ('settled', 'double', 'underpaid', 'overpaid', 'wrong_currency')
   AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.account_id = e.account_id AND p.gateway_trade_number = e.gateway_trade_number
                                             AND p.order_id = e.order_id)`,
};
