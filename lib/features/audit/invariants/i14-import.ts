import { AT_REST, type Invariant } from "../invariant";

export const imported: Invariant = {
  id: "I14",
  name: "import",
  kind: "safety",
  sentence: {
    zh: "入库不多不少：收下＋重复＋拒绝＝行数；同一文件再传一遍一张不加；没有发布的批次卖不出去，封存了的批次不再在售，发布了的批次不留草稿。",
    en: "Imports add up: accepted + duplicate + rejected = lines, the same text is never in a variant twice, an unpublished batch is unsellable, one that was put aside has nothing on sale, a published one keeps nothing back.",
  },
  names: { batch_id: "batch", card_id: "card" },
  window: "same",
  sql: `
SELECT 'lines do not add up' AS fault, b.id AS batch_id, NULL::uuid AS card_id, b.line_count || ' lines, ' || b.rejected_count || ' rejected' AS stands
  FROM batch b
 WHERE b.line_count <> b.accepted_count + b.duplicate_count + b.rejected_count
    OR least(b.line_count, b.accepted_count, b.duplicate_count, b.rejected_count) < 0
    OR b.rejected_count < (SELECT count(*) FROM batch_reject r WHERE r.batch_id = b.id)
UNION ALL
SELECT 'same text twice in a variant', NULL, min(card_id::text)::uuid, count(*)::text
  FROM card_secret GROUP BY variant_id, fingerprint HAVING count(*) > 1
UNION ALL
SELECT 'card of an unpublished batch on sale or sold', b.id, c.id, c.status
  FROM batch b JOIN card c ON c.batch_id = b.id AND c.status IN ('available', 'reserved', 'delivered') WHERE b.status <> 'published'
UNION ALL
SELECT 'published batch keeps a draft back', b.id, c.id, c.status
  FROM batch b JOIN card c ON c.batch_id = b.id AND c.status = 'draft'
 WHERE b.status = 'published' AND greatest(b.published_at, b.heartbeat_at) < now() - ${AT_REST}
UNION ALL
SELECT 'card of a batch under a hold on sale', b.id, c.id, c.status
  FROM batch b JOIN card_move m ON m.id = b.hold_id JOIN card c ON c.batch_id = b.id AND c.status = 'available'
 WHERE m.created_at < now() - ${AT_REST}`,
};
