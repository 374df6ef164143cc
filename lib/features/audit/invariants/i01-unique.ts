import type { Invariant } from "../invariant";

/** Three independent witnesses: what orders hold now, what the ledger ever handed over, what was ever shown. */
export const unique: Invariant = {
  id: "I1",
  name: "unique",
  kind: "safety",
  sentence: {
    zh: "一张卡密只属于一个订单：没有两个订单持有同一张卡，历史上也从未把同一张卡发给、展示给两个订单。",
    en: "No card belongs to two orders, and none was ever delivered or shown to two, in all of history.",
  },
  names: { card_id: "card", order_ids: "order" },
  window: "same",
  sql: `
SELECT 'held by two orders' AS fault, card_id, array_agg(DISTINCT order_id) AS order_ids
  FROM (SELECT id AS order_id, unnest(card_ids) AS card_id FROM orders) held
 GROUP BY card_id HAVING count(*) > 1
UNION ALL
SELECT 'delivered twice', card_id, array_agg(order_id)
  FROM (SELECT order_id, unnest(card_ids) AS card_id FROM stock_entry WHERE kind IN ('deliver', 'claim', 'replace')) delivered
 GROUP BY card_id HAVING count(*) > 1
UNION ALL
SELECT 'shown to two orders', card_id, array_agg(DISTINCT order_id)
  FROM (SELECT DISTINCT order_id, unnest(card_ids) AS card_id FROM reveal_record) shown
 GROUP BY card_id HAVING count(*) > 1`,
};
