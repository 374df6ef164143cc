import type { Invariant } from "../invariant";

/** Five seconds of grace: `now()` is when the transaction began, and its snapshot is a little younger. */
export const time: Invariant = {
  id: "I15",
  name: "time",
  kind: "safety",
  sentence: {
    zh: "以数据库的时钟为准，没有订单在期限之前被判过期，也没有来自未来的记录，不管应用服务器的钟怎么走。",
    en: "By the database's clock no order expired before its deadline and nothing is recorded in the future, whatever the application's clock says.",
  },
  names: { order_id: "order" },
  window: "same",
  sql: `
SELECT 'expired before its deadline' AS fault, o.id AS order_id, o.deadline_at AS due, e.at AS happened
  FROM order_event e JOIN orders o ON o.id = e.order_id WHERE e.to_status = 'expired' AND e.from_status <> 'expired' AND e.at < o.deadline_at
UNION ALL
SELECT 'closed as expired before its deadline', id, deadline_at, closed_at FROM orders WHERE status = 'expired' AND closed_at < deadline_at
UNION ALL
SELECT 'deadline before its order', id, deadline_at, created_at FROM orders WHERE deadline_at <= created_at
UNION ALL
SELECT 'placed in the future', id, NULL, created_at FROM orders WHERE created_at > now() + interval '5 seconds'
UNION ALL
SELECT 'changed in the future', order_id, NULL, at FROM order_event WHERE at > now() + interval '5 seconds'
UNION ALL
SELECT 'paid in the future', order_id, NULL, received_at FROM payment WHERE received_at > now() + interval '5 seconds'
UNION ALL
SELECT 'handed over before the order was placed', o.id, o.created_at, c.delivered_at
  FROM card c JOIN orders o ON o.id = c.order_id WHERE c.delivered_at < o.created_at`,
};
