import { AT_REST, type Invariant } from "../invariant";

export const outbox: Invariant = {
  id: "I12",
  name: "outbox",
  kind: "liveness",
  sentence: {
    zh: "每个已发卡的订单，每种通知在发件箱里恰好有一行；说过在退款，就要说退款的结果；每一行两分钟内都被取走处理，该写的信一封不少。",
    en: "Each order that was placed, delivered, owed or expired has exactly one outbox row of that kind, a buyer who was told of a refund is told how it ended, every row is taken up within two minutes, and its mail is on record.",
  },
  names: { order_id: "order" },
  window: null,
  sql: `
SELECT 'announced twice' AS fault, order_id, kind, count(*) AS rows, min(created_at) AS created_at
  FROM outbox GROUP BY order_id, kind, refund_id, replacement_id HAVING count(*) > 1
UNION ALL
SELECT 'never announced', o.id, k.kind, 0, o.created_at
  FROM orders o CROSS JOIN LATERAL (
    SELECT 'order.placed' AS kind
    UNION ALL SELECT 'order.delivered' WHERE o.delivered_at IS NOT NULL
    UNION ALL SELECT 'order.owed' WHERE o.owed_at IS NOT NULL
    UNION ALL SELECT 'order.expired' WHERE o.status = 'expired') k
 WHERE NOT EXISTS (SELECT 1 FROM outbox b WHERE b.order_id = o.id AND b.kind = k.kind)
UNION ALL
SELECT 'replacement never announced', r.order_id, 'card.replaced', 0, r.done_at
  FROM replacement r WHERE r.status = 'done' AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.replacement_id = r.id)
UNION ALL
SELECT 'announces what has not happened', b.order_id, b.kind, 1, b.created_at
  FROM outbox b JOIN orders o ON o.id = b.order_id WHERE b.kind = 'order.delivered' AND o.delivered_at IS NULL
UNION ALL
SELECT 'refund announced and its end not', r.order_id, r.status, 1, r.finished_at
  FROM refund r
 WHERE r.status IN ('succeeded', 'failed') AND EXISTS (SELECT 1 FROM outbox b WHERE b.refund_id = r.id AND b.kind = 'refund.requested')
   AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.refund_id = r.id
                    AND b.kind IN (CASE r.status WHEN 'succeeded' THEN 'refund.succeeded' ELSE 'refund.failed' END,
                                   CASE r.status WHEN 'failed' THEN 'refund.cancelled' END))
UNION ALL
SELECT 'taken up without its mail', b.order_id, b.kind, 1, b.created_at
  FROM outbox b
 WHERE (b.kind IN ('order.delivered', 'order.owed') OR b.refund_id IS NOT NULL OR b.replacement_id IS NOT NULL) AND b.drained_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.outbox_id = b.id)
UNION ALL
SELECT 'left lying', order_id, kind, 1, created_at FROM outbox WHERE drained_at IS NULL AND created_at < now() - ${AT_REST}`,
};
