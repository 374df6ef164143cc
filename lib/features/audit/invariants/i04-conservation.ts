import type { Invariant } from "../invariant";

const STATUS_AFTER = `CASE e.kind WHEN 'import' THEN 'draft' WHEN 'publish' THEN 'available' WHEN 'release' THEN 'available'
                     WHEN 'reserve' THEN 'reserved' WHEN 'bind' THEN 'reserved' WHEN 'withdraw' THEN 'withdrawn'
                     WHEN 'quarantine' THEN 'quarantined' WHEN 'restore' THEN 'available' ELSE 'delivered' END`;

/** To another pool, as it is: what the pools have to say of it is I25's. */
const IS_TRANSFER = "kind IN ('transfer_out', 'transfer_in')";

const IMPORTED = `SELECT batch_id, sum(CASE WHEN kind = 'import' THEN cardinality(card_ids) ELSE -cardinality(card_ids) END) AS cards
    FROM stock_entry WHERE kind = 'import' OR (kind = 'withdraw' AND reference = 'import_abandoned') GROUP BY batch_id`;

/**
 * Of a few cards not every entry can be found by index, but every entry of their orders can, and every one of their batches that
 * put cards aside, returned or withdrew them. That is enough: the last entry about a card that an order holds is that order's own or gives another one away,
 * and a card on the shelf must not have, as the last that is known of it, an entry that took it off. What it cannot tell, how
 * a card that nobody ever ordered came to the shelf, a full pass tells. A batch is counted when it is small, or new.
 */
const WINDOW = `
WITH imported AS (
  ${IMPORTED.replace("FROM stock_entry WHERE", "FROM public.stock_entry WHERE batch_id = ANY (ARRAY(SELECT id FROM counted_batch)) AND (").replace(" GROUP BY", ") GROUP BY")}),
known AS (
  SELECT e.id, e.kind, e.order_id, u.card_id, ${STATUS_AFTER} AS status FROM stock_entry e CROSS JOIN LATERAL unnest(e.card_ids) AS u (card_id)
   WHERE NOT ${IS_TRANSFER}
  UNION ALL
  SELECT e.id, e.kind, e.order_id, u.card_id, ${STATUS_AFTER} FROM public.stock_entry e CROSS JOIN LATERAL unnest(e.card_ids) AS u (card_id)
   WHERE e.batch_id = ANY (ARRAY(SELECT id FROM batch)) AND e.kind IN ('withdraw', 'quarantine', 'restore')),
last_known AS (
  SELECT DISTINCT ON (k.card_id) k.* FROM known k WHERE k.card_id = ANY (ARRAY(SELECT id FROM asked_card)) ORDER BY k.card_id, k.id DESC),
-- What became of it after that without a word by an order: it was put on the shelf again.
published_again AS (
  SELECT l.card_id FROM last_known l JOIN card c ON c.id = l.card_id AND c.status = 'available'
   WHERE l.status = 'withdrawn' AND EXISTS (SELECT 1 FROM public.stock_entry e WHERE e.batch_id = c.batch_id AND e.kind = 'publish'
                                               AND e.id > l.id AND l.card_id = ANY (e.card_ids)))
SELECT 'batch does not add up' AS fault, b.id AS batch_id, NULL::uuid AS card_id, b.accepted_count AS imported, c.cards AS present,
       i.cards AS in_ledger, NULL::text AS status, NULL::text AS ledger_status, NULL::bigint AS entry_id, NULL::uuid AS order_id
  FROM counted_batch b
  CROSS JOIN LATERAL (SELECT count(*) AS cards FROM public.card WHERE batch_id = b.id) c
  LEFT JOIN imported i ON i.batch_id = b.id
 WHERE b.accepted_count IS DISTINCT FROM c.cards OR b.accepted_count IS DISTINCT FROM coalesce(i.cards, 0)
UNION ALL
SELECT 'ledger and stock differ', c.batch_id, c.id, NULL, NULL, NULL, c.status, l.status, l.id, l.order_id
  FROM card c LEFT JOIN last_known l ON l.card_id = c.id
 WHERE CASE WHEN c.status IN ('reserved', 'delivered', 'withdrawn', 'quarantined') THEN l.status IS DISTINCT FROM c.status
            WHEN c.status = 'available' THEN l.status IN ('reserved', 'delivered', 'withdrawn', 'quarantined') ELSE l.status <> 'draft' END
   AND c.id NOT IN (SELECT card_id FROM published_again)
UNION ALL
SELECT 'ledger and stock differ', NULL, l.card_id, NULL, NULL, NULL, NULL, l.status, l.id, l.order_id
  FROM last_known l
 WHERE l.status IN ('reserved', 'delivered') AND NOT EXISTS (SELECT 1 FROM public.card c WHERE c.id = l.card_id)
UNION ALL
SELECT 'ledger names another order', c.batch_id, c.id, NULL, NULL, NULL, c.status, l.status, l.id, l.order_id
  FROM card c JOIN last_known l ON l.card_id = c.id
 WHERE c.status = l.status AND c.status IN ('reserved', 'delivered') AND c.order_id IS DISTINCT FROM l.order_id`;

/**
 * The ledger replayed must give the stock: the last entry that names a card says what state the card is in. Entries of one
 * card follow each other under the card's row lock, so their ids order them, whatever the order of other commits.
 */
export const conservation: Invariant = {
  id: "I4",
  name: "conservation",
  kind: "safety",
  sentence: {
    zh: "卡密不会凭空增减：每个批次，导入数＝草稿＋可售＋封存＋预扣＋已发＋作废；把流水重放一遍，得到的正是现在的库存。",
    en: "Cards neither appear nor vanish: per batch, imported = draft + available + quarantined + reserved + delivered + withdrawn, and the ledger, replayed, gives the stock as it is.",
  },
  names: { batch_id: "batch", card_id: "card", order_id: "order" },
  window: WINDOW,
  sql: `
WITH counted AS (SELECT batch_id, count(*) AS cards FROM card GROUP BY batch_id),
imported AS (
  ${IMPORTED}),
last_entry AS (
  SELECT card_id, max(id) AS id FROM (SELECT id, unnest(card_ids) AS card_id FROM stock_entry WHERE NOT ${IS_TRANSFER}) moved GROUP BY card_id),
replayed AS (
  SELECT l.card_id, e.id AS entry_id, e.kind, e.order_id,
         ${STATUS_AFTER} AS status
    FROM last_entry l JOIN stock_entry e ON e.id = l.id)
SELECT 'batch does not add up' AS fault, b.id AS batch_id, NULL::uuid AS card_id, b.accepted_count AS imported, c.cards AS present,
       i.cards AS in_ledger, NULL::text AS status, NULL::text AS ledger_status, NULL::bigint AS entry_id, NULL::uuid AS order_id
  FROM batch b FULL JOIN counted c ON c.batch_id = b.id LEFT JOIN imported i ON i.batch_id = coalesce(b.id, c.batch_id)
 WHERE b.accepted_count IS DISTINCT FROM coalesce(c.cards, 0) OR b.accepted_count IS DISTINCT FROM coalesce(i.cards, 0)
UNION ALL
SELECT 'ledger and stock differ', c.batch_id, coalesce(c.id, r.card_id), NULL, NULL, NULL, c.status, r.status, r.entry_id, r.order_id
  FROM card c FULL JOIN replayed r ON r.card_id = c.id
 WHERE c.status IS DISTINCT FROM r.status AND NOT (c.id IS NULL AND r.status = 'withdrawn')
UNION ALL
SELECT 'ledger names another order', c.batch_id, c.id, NULL, NULL, NULL, c.status, r.status, r.entry_id, r.order_id
  FROM card c JOIN replayed r ON r.card_id = c.id
 WHERE c.status = r.status AND c.status IN ('reserved', 'delivered') AND c.order_id IS DISTINCT FROM r.order_id`,
};
