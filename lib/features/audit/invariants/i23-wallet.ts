import type { Invariant } from "../invariant";

/** A window asks it about the wallets that its orders touched; adjustments without an order are seen by the full pass. */
export const wallet: Invariant = {
  id: "I23",
  name: "wallet",
  kind: "safety",
  sentence: {
    zh: "余额分毫不差：每次变动两边相抵为零，余额就是流水之和，任何时刻都不为负；每笔余额付款都有扣款，每笔退到余额的退款都有入账，反过来也一样。",
    en: "Balances are exact: the two sides of each movement sum to zero, a balance is the sum of its entries and was never below zero; each payment by balance has its debit and each refund to a balance its credit, and the other way round.",
  },
  names: { order_id: "order" },
  window: "same",
  sql: `
SELECT 'movement does not sum to zero' AS fault, min(order_id::text) AS order_id, movement_id::text AS subject, sum(amount_minor)::text AS stands, '0' AS should_be
  FROM wallet_entry GROUP BY movement_id HAVING sum(amount_minor) <> 0 OR count(*) <> 2 OR count(DISTINCT side) <> 2 OR count(DISTINCT currency) <> 1
UNION ALL
SELECT 'balance is not the sum of its entries', e.order_id, w.id::text, w.balance_minor::text, coalesce(e.minor, 0)::text
  FROM wallet w
  LEFT JOIN (SELECT wallet_id, sum(amount_minor) AS minor, max(order_id::text) AS order_id FROM wallet_entry WHERE side = 'buyer' GROUP BY wallet_id) e
    ON e.wallet_id = w.id
 WHERE w.balance_minor <> coalesce(e.minor, 0)
UNION ALL
SELECT 'balance was below zero', e.order_id::text, e.wallet_id::text, e.standing::text, '0'
  FROM (SELECT wallet_id, order_id, sum(amount_minor) OVER (PARTITION BY wallet_id ORDER BY id) AS standing FROM wallet_entry WHERE side = 'buyer') e
 WHERE e.standing < 0
UNION ALL
SELECT 'entry in another currency than its wallet', e.order_id::text, e.wallet_id::text, e.currency, w.currency
  FROM wallet_entry e JOIN wallet w ON w.id = e.wallet_id WHERE e.currency <> w.currency
UNION ALL
SELECT 'payment by balance without its debit', p.order_id::text, p.gateway_trade_number, p.amount_minor::text, coalesce(-e.amount_minor, 0)::text
  FROM payment p JOIN payment_event v ON v.id = p.event_id AND v.source = 'balance'
  LEFT JOIN wallet_entry e ON e.movement_id::text = p.gateway_trade_number AND e.side = 'buyer' AND e.kind = 'payment' AND e.order_id = p.order_id
 WHERE e.id IS NULL OR -e.amount_minor <> p.amount_minor OR e.currency <> p.currency
UNION ALL
SELECT 'debit without its payment', e.order_id::text, e.movement_id::text, (-e.amount_minor)::text, '0'
  FROM wallet_entry e JOIN orders o ON o.id = e.order_id
 WHERE e.side = 'buyer' AND e.kind = 'payment'
   AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.order_id = e.order_id AND p.gateway_trade_number = e.movement_id::text)
UNION ALL
SELECT 'refund to a balance without its credit', r.order_id::text, r.id::text, r.amount_minor::text, coalesce(e.amount_minor, 0)::text
  FROM refund r LEFT JOIN wallet_entry e ON e.request_key = 'refund:' || r.id AND e.side = 'buyer' AND e.order_id = r.order_id
 WHERE r.method = 'balance' AND r.status = 'succeeded' AND e.amount_minor IS DISTINCT FROM r.amount_minor
UNION ALL
SELECT 'credit without its refund', e.order_id::text, e.movement_id::text, e.amount_minor::text, '0'
  FROM wallet_entry e JOIN orders o ON o.id = e.order_id
 WHERE e.side = 'buyer' AND e.kind = 'refund'
   AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.order_id = e.order_id AND r.method = 'balance' AND r.status = 'succeeded' AND e.request_key = 'refund:' || r.id)`,
};
