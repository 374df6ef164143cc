import type { Invariant } from "../invariant";

/**
 * Two witnesses for each card: where its batch went in and the ledger laid it since, and where its row says it lies. With that, and with
 * the batches adding up (I4), what a pool should hold is what is counted there. A card in the wrong pool harms no buyer, so it halts no sale.
 */
export const pools: Invariant = {
  id: "I25",
  name: "pools",
  kind: "liveness",
  sentence: {
    zh: "每张卡都在流水所说的库存池里；调拨总是一出一进，是同一些卡，与调拨账的张数相同。",
    en: "Every card lies in the pool where the ledger laid it; a transfer leaves one pool and enters another with the same cards, as many as were counted.",
  },
  names: { card_id: "card", batch_id: "batch", variant_id: "variant" },
  window: null,
  sql: `
WITH arrived AS (
  SELECT DISTINCT ON (card_id) card_id, substr(reference, 38) AS pool_id
    FROM (SELECT id, reference, unnest(card_ids) AS card_id FROM stock_entry WHERE kind = 'transfer_in') t
   ORDER BY card_id, id DESC),
side AS (
  SELECT left(reference, 36) AS move_id, batch_id, kind, count(*) AS cards, md5(string_agg(card_id::text, ',' ORDER BY card_id)) AS which
    FROM (SELECT reference, batch_id, kind, unnest(card_ids) AS card_id FROM stock_entry WHERE kind IN ('transfer_out', 'transfer_in')) e
   GROUP BY left(reference, 36), batch_id, kind)
SELECT 'card lies in another pool than the ledger says' AS fault, c.id AS card_id, c.batch_id, c.variant_id, c.pool_id::text AS stands,
       coalesce(a.pool_id, b.pool_id::text) AS should
  FROM card c JOIN batch b ON b.id = c.batch_id LEFT JOIN arrived a ON a.card_id = c.id
 WHERE c.pool_id::text <> coalesce(a.pool_id, b.pool_id::text)
UNION ALL
SELECT 'transfer with one side', NULL, coalesce(o.batch_id, i.batch_id), NULL, coalesce(i.cards, 0)::text, coalesce(o.cards, 0)::text
  FROM (SELECT * FROM side WHERE kind = 'transfer_out') o
  FULL JOIN (SELECT * FROM side WHERE kind = 'transfer_in') i ON (i.move_id, i.batch_id) = (o.move_id, o.batch_id)
 WHERE o.which IS DISTINCT FROM i.which
UNION ALL
SELECT 'transfer counted otherwise than the ledger says', NULL, coalesce(o.batch_id, t.batch_id), NULL, coalesce(t.cards, 0)::text, coalesce(o.cards, 0)::text
  FROM (SELECT * FROM side WHERE kind = 'transfer_out') o
  FULL JOIN (SELECT move_id::text, batch_id, sum(card_count) AS cards FROM pool_transfer GROUP BY move_id, batch_id) t
    ON (t.move_id, t.batch_id) = (o.move_id, o.batch_id)
 WHERE o.cards IS DISTINCT FROM t.cards`,
};
