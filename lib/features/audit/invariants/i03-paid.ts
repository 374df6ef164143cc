import type { Invariant } from "../invariant";

/** Every total is above zero (a CHECK), and admin grants do not exist yet: there is no other way to a card. */
export const paid: Invariant = {
  id: "I3",
  name: "paid",
  kind: "safety",
  sentence: {
    zh: "每张已发出的卡密，都对应同一订单、同一收款账户、同一币种、金额分毫不差的一笔到账，且能追溯到渠道的原始通知。",
    en: "A delivered card has a settled payment of the same order, account and currency, of exactly the order's total, that leads back to the gateway's own word.",
  },
  names: { order_id: "order" },
  window: "same",
  sql: `
WITH delivered AS (SELECT DISTINCT order_id FROM card WHERE status = 'delivered')
SELECT CASE WHEN o.id IS NULL THEN 'no order' WHEN p.id IS NULL THEN 'no settled payment'
            WHEN a.id IS NULL THEN 'payment of another attempt or account' WHEN e.id IS NULL THEN 'payment without its verified event'
            ELSE 'another amount or currency' END AS fault,
       d.order_id, p.id AS payment_id, o.total_minor, o.currency, p.amount_minor, p.currency AS paid_currency
  FROM delivered d
  LEFT JOIN orders o ON o.id = d.order_id
  LEFT JOIN payment p ON p.id = o.settled_payment_id AND p.order_id = o.id AND p.verdict = 'settled'
  LEFT JOIN payment_attempt a ON a.id = p.attempt_id AND a.order_id = o.id AND a.account_id = p.account_id
  LEFT JOIN payment_event e ON e.id = p.event_id AND e.account_id = p.account_id AND e.gateway_trade_number = p.gateway_trade_number
                           AND e.out_trade_no = a.out_trade_no AND e.amount_minor = p.amount_minor AND e.currency = p.currency
 WHERE o.id IS NULL OR p.id IS NULL OR a.id IS NULL OR e.id IS NULL
    OR p.amount_minor <> o.total_minor OR p.currency <> o.currency`,
};
