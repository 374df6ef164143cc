import { AT_REST, type Invariant } from "../invariant";

/**
 * A refund or a dispute that the gateway told of has its order, or a finding. An open finding names who must act. A resolved one counts for money that a person has dealt with outside the shop, but
 * never for an order that still stands paid and undelivered. An event that could not be judged needs an open one of its own.
 */
export const nothingLost: Invariant = {
  id: "I7",
  name: "nothing_lost",
  kind: "liveness",
  sentence: {
    zh: "每一笔验签通过的到账，两分钟内都有着落：已发卡，或已退款（退款中），或有一条未结的差异写明了它。",
    en: "Within two minutes every verified payment event has led to a delivered, refunding or refunded order, or to a finding that names it.",
  },
  names: { order_id: "order", event_id: "event" },
  window: "same",
  sql: `
SELECT CASE WHEN e.verdict IS NULL THEN 'never judged' WHEN e.order_id IS NULL THEN 'money for no known order'
            ELSE 'paid, but neither delivered nor refunded nor named' END AS fault,
       e.id AS event_id, e.account_id, e.gateway_trade_number, e.amount_minor, e.verdict, e.order_id, o.status AS order_status
  FROM payment_event e LEFT JOIN orders o ON o.id = e.order_id
 WHERE e.received_at < now() - ${AT_REST}
   AND (e.verdict IS NULL OR o.id IS NULL OR (e.kind = 'payment' AND o.status NOT IN ('delivered', 'refunding', 'refunded')))
   AND NOT EXISTS (
     SELECT 1 FROM finding f
      WHERE CASE WHEN e.verdict IS NULL THEN f.event_id = e.id AND f.status IN ('open', 'in_work')
                 ELSE (f.event_id = e.id OR f.order_id = e.order_id)
                      AND (f.status IN ('open', 'in_work') OR (f.kind <> 'owed_order' AND f.resolution <> 'vanished' AND o.status IS DISTINCT FROM 'paid')) END)`,
};
