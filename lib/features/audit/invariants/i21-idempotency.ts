import type { Invariant } from "../invariant";

/** That another body is refused cannot be seen in rows; that one key had one effect can. */
export const idempotency: Invariant = {
  id: "I21",
  name: "idempotency",
  kind: "safety",
  sentence: {
    zh: "同一来源、同一请求键只有一个订单、一次预扣；订单号、付款单号、渠道通知各自只记一次。",
    en: "The same scope and key made one order with one reservation; order numbers, attempt numbers and gateway notices are each on record once.",
  },
  names: { order_ids: "order" },
  window: "same",
  sql: `
SELECT 'key with several orders' AS fault, array_agg(id) AS order_ids, scope || ' / ' || left(request_key, 12) AS subject, count(*) AS times
  FROM orders GROUP BY scope, request_key HAVING count(*) > 1
UNION ALL
SELECT 'number with several orders', array_agg(id), number, count(*) FROM orders GROUP BY number HAVING count(*) > 1
UNION ALL
SELECT 'reserved more than once', ARRAY[order_id], 'reserve', count(*)
  FROM stock_entry WHERE kind = 'reserve' GROUP BY order_id HAVING count(*) > 1
UNION ALL
SELECT 'attempt number used twice', array_agg(DISTINCT order_id), account_id || ' / ' || out_trade_no, count(*)
  FROM payment_attempt GROUP BY account_id, out_trade_no HAVING count(*) > 1
UNION ALL
SELECT 'notice on record twice', array_agg(DISTINCT order_id), account_id || ' / ' || gateway_trade_number, count(*)
  FROM payment_event GROUP BY account_id, dedupe, gateway_trade_number HAVING count(*) > 1`,
};
