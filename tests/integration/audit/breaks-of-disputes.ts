import type { Break } from "./break";

/** Disputes that do not keep their word. */
export const BREAKS_OF_DISPUTES: readonly Break[] = [
  {
    id: "I26",
    what: "a dispute decided as replaced whose card is another one",
    fault: "decided as replaced, and no replacement bears its number",
    sql: "UPDATE dispute SET position = position + 1 WHERE status = 'decided'",
  },
  {
    id: "I26",
    what: "a dispute that was decided by nothing",
    fault: "decided without a decision that is carried out",
    sql: "DELETE FROM dispute_decision",
  },
  {
    id: "I26",
    what: "a refund that a dispute tells of and nobody made",
    fault: "decided as refunded, and no refund bears its number",
    sql: "UPDATE dispute_decision SET outcome = 'refund', amount_minor = 1, currency = 'CNY', method = 'source', decided_by_kind = 'admin'",
  },
];
