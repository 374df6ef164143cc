import type { Invariant } from "../invariant";

/**
 * The ledger replayed must give the stock: the last entry that names a card says what state the card is in. Entries of one
 * card follow each other under the card's row lock, so their ids order them, whatever the order of other commits.
 */
export const conservation: Invariant = {
  id: "I4",
  name: "conservation",
  kind: "safety",
  sentence: {
    zh: "卡密不会凭空增减：每个批次，导入数＝草稿＋可售＋预扣＋已发＋作废；把流水重放一遍，得到的正是现在的库存。",
    en: "Cards neither appear nor vanish: per batch, imported = draft + available + reserved + delivered + withdrawn, and the ledger, replayed, gives the stock as it is.",
  },
  sql: `
WITH counted AS (SELECT batch_id, count(*) AS cards FROM card GROUP BY batch_id),
imported AS (
  SELECT batch_id, sum(CASE WHEN kind = 'import' THEN cardinality(card_ids) ELSE -cardinality(card_ids) END) AS cards
    FROM stock_entry WHERE kind = 'import' OR (kind = 'withdraw' AND reference = 'import_abandoned') GROUP BY batch_id),
last_entry AS (
  SELECT card_id, max(id) AS id FROM (SELECT id, unnest(card_ids) AS card_id FROM stock_entry) moved GROUP BY card_id),
replayed AS (
  SELECT l.card_id, e.id AS entry_id, e.kind, e.order_id,
         CASE e.kind WHEN 'import' THEN 'draft' WHEN 'publish' THEN 'available' WHEN 'release' THEN 'available'
                     WHEN 'reserve' THEN 'reserved' WHEN 'bind' THEN 'reserved' WHEN 'withdraw' THEN 'withdrawn' ELSE 'delivered' END AS status
    FROM last_entry l JOIN stock_entry e ON e.id = l.id)
SELECT 'batch does not add up' AS fault, b.id AS batch_id, NULL::uuid AS card_id, b.accepted_count AS imported, c.cards AS present,
       i.cards AS in_ledger, NULL::text AS status, NULL::text AS ledger_status, NULL::bigint AS entry_id
  FROM batch b FULL JOIN counted c ON c.batch_id = b.id LEFT JOIN imported i ON i.batch_id = coalesce(b.id, c.batch_id)
 WHERE b.accepted_count IS DISTINCT FROM coalesce(c.cards, 0) OR b.accepted_count IS DISTINCT FROM coalesce(i.cards, 0)
UNION ALL
SELECT 'ledger and stock differ', c.batch_id, coalesce(c.id, r.card_id), NULL, NULL, NULL, c.status, r.status, r.entry_id
  FROM card c FULL JOIN replayed r ON r.card_id = c.id
 WHERE c.status IS DISTINCT FROM r.status AND NOT (c.id IS NULL AND r.status = 'withdrawn')
UNION ALL
SELECT 'ledger names another order', c.batch_id, c.id, NULL, NULL, NULL, c.status, r.status, r.entry_id
  FROM card c JOIN replayed r ON r.card_id = c.id
 WHERE c.status = r.status AND c.status IN ('reserved', 'delivered') AND c.order_id IS DISTINCT FROM r.order_id`,
};
