import type { Invariant } from "../invariant";

/** The table of transitions, written down a second time on purpose: the checker must not share the code it checks. */
const EDGES = [
  ["pending", "paid"],
  ["pending", "expired"],
  ["pending", "cancelled"],
  ["paid", "delivered"],
  ["paid", "refunding"],
  ["delivered", "refunding"],
  ["expired", "paid"],
  ["expired", "refunding"],
  ["cancelled", "paid"],
  ["cancelled", "refunding"],
  ["refunding", "refunded"],
  ["refunding", "paid"],
  ["refunding", "delivered"],
  ["refunding", "expired"],
  ["refunding", "cancelled"],
]
  .map(([from, to]) => `('${from}', '${to}')`)
  .join(", ");

export const machine: Invariant = {
  id: "I6",
  name: "machine",
  kind: "safety",
  sentence: {
    zh: "订单的每一次状态变化都有记录、都走允许的路，一步接一步没有缺口；拒付未了不发卡；退款没成的订单只能回到退款前的状态；订单的异常标记，正是由它的收款事实推出的那一个。",
    en: "Every recorded change of an order is an allowed edge, nothing is handed out under a dispute, a refund that came to nothing leads back to where the order stood, the edges chain without a gap up to its present state, and its exception is the one that follows from its facts.",
  },
  names: { order_id: "order" },
  window: "same",
  sql: `
WITH step AS (
  SELECT id, order_id, from_status, to_status, from_exception, to_exception,
         lag(to_status, 1, 'pending') OVER w AS expected_status, lag(to_exception, 1, 'none') OVER w AS expected_exception,
         lead(id) OVER w IS NULL AS is_last
    FROM order_event WINDOW w AS (PARTITION BY order_id ORDER BY id))
SELECT 'edge that the rules exclude' AS fault, order_id, id AS event_id, from_status, to_status, NULL AS order_status
  FROM step WHERE from_status <> to_status AND (from_status, to_status) NOT IN (${EDGES})
UNION ALL
SELECT 'came back from a refund to another state than it had', s.order_id, s.id, s.from_status, s.to_status, NULL
  FROM step s
 WHERE s.from_status = 'refunding' AND s.to_status NOT IN ('refunding', 'refunded')
   AND s.to_status IS DISTINCT FROM (
     SELECT e.from_status FROM order_event e
      WHERE e.order_id = s.order_id AND e.id < s.id AND e.to_status = 'refunding' AND e.from_status <> 'refunding' ORDER BY e.id DESC LIMIT 1)
UNION ALL
SELECT 'handed out under a dispute', order_id, id, from_status, to_status, NULL
  FROM step WHERE from_status NOT IN ('delivered', 'refunding') AND to_status = 'delivered' AND from_exception = 'disputed'
UNION ALL
SELECT 'gap between two changes', order_id, id, expected_status || '/' || expected_exception, from_status || '/' || from_exception, NULL
  FROM step WHERE (from_status, from_exception) <> (expected_status, expected_exception)
UNION ALL
SELECT 'order is not where its last change left it', o.id, s.id, NULL,
       coalesce(s.to_status, 'pending') || '/' || coalesce(s.to_exception, 'none'), o.status || '/' || o.exception
  FROM orders o LEFT JOIN step s ON s.order_id = o.id AND s.is_last
 WHERE (o.status, o.exception) <> (coalesce(s.to_status, 'pending'), coalesce(s.to_exception, 'none'))
UNION ALL
SELECT 'exception does not follow from the facts', o.id, NULL, NULL, f.expected, o.status || '/' || o.exception
  FROM orders o CROSS JOIN LATERAL (SELECT CASE
         WHEN o.disputed_at IS NOT NULL THEN 'disputed'
         WHEN o.settled_payment_id IS NOT NULL AND o.payment_count > 1 THEN 'double_paid'
         WHEN o.owed_at IS NOT NULL THEN 'owed'
         WHEN o.settled_payment_id IS NULL AND o.payment_count > 0
           THEN CASE WHEN o.paid_minor > o.total_minor THEN 'overpaid' ELSE 'underpaid' END
         WHEN o.settled_payment_id IS NOT NULL AND o.is_late THEN 'paid_late' ELSE 'none' END AS expected) f
 WHERE o.exception <> f.expected`,
};
