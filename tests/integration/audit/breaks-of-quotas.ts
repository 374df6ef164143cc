import type { Break } from "./break";
import { OTHER, OTHER_MERCHANT } from "./rows";

const SPENT = "(SELECT card_id FROM quota WHERE used > 0)";

/** What can go wrong with keys that are spent piece by piece. */
export const BREAKS_OF_QUOTAS: readonly Break[] = [
  {
    id: "I27",
    what: "a key of which more is spent than was ever asked for",
    fault: "metered otherwise than its uses say",
    sql: "UPDATE quota SET used = used + 1 WHERE used > 0",
  },
  {
    id: "I27",
    what: "a use that nobody counted",
    fault: "metered otherwise than its uses say",
    sql: `INSERT INTO quota_use (card_id, call_id, uses, used_after) SELECT ${SPENT}, 'uncounted', 1, 5`,
  },
  {
    id: "I27",
    what: "two uses that were counted as one",
    fault: "metered otherwise than its uses say",
    sql: [
      `UPDATE quota_use SET used_after = 3 WHERE card_id = ${SPENT} AND call_id = 'second-call'`,
      "UPDATE quota SET used = 3 WHERE used > 0",
    ],
  },
  {
    id: "I27",
    what: "a key that was used more often than it may be",
    fault: "spent beyond its maximum",
    sql: [
      "ALTER TABLE quota DROP CONSTRAINT quota_used_ck",
      `INSERT INTO quota_use (card_id, call_id, uses, used_after) SELECT ${SPENT}, 'beyond-it', 7, 11`,
      "UPDATE quota SET used = 11 WHERE used > 0",
    ],
  },
  {
    id: "I27",
    what: "uses of a card that is no key at all",
    fault: "uses of a card that is no key",
    sql: "INSERT INTO quota_use (card_id, call_id, uses, used_after) SELECT id, 'of-no-key', 1, 1 FROM card WHERE status = 'delivered' ORDER BY id LIMIT 1",
  },
  {
    id: "I27",
    what: "a key that was spent on the shelf",
    fault: "spent, and its card was never delivered",
    sql: [
      "ALTER TABLE quota DROP CONSTRAINT quota_owner_ck",
      "INSERT INTO quota_use (card_id, call_id, uses, used_after) SELECT card_id, 'too-early', 1, 1 FROM quota WHERE order_id IS NULL",
      "UPDATE quota SET used = 1 WHERE order_id IS NULL",
    ],
  },
  {
    id: "I27",
    what: "a key that stays open when its order no longer gives it out",
    fault: "open, and its order does not give it out",
    sql: "UPDATE quota SET is_open = true, order_id = (SELECT id FROM orders WHERE status = 'cancelled' LIMIT 1) WHERE used = 0",
  },
  {
    id: "I27",
    what: "a key that is metered for another merchant",
    fault: "stands with another merchant, variant or batch than its card",
    sql: [...OTHER_MERCHANT, `UPDATE quota SET merchant_id = ${OTHER} WHERE used > 0`],
  },
];
