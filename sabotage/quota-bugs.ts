import { type Bug, integration } from "./bug";

const SPEND = "lib/flows/hot/spend-statement.ts";
const FLOW = "lib/flows/spend-quota.ts";
const SPENDING = integration("quota/spend-quota");
const TAKEN_BACK = integration("quota/taken-back");

/** What is spent of a key, and how long. */
export const quotaBugs: readonly Bug[] = [
  {
    name: "a batch asks for more than is left of a key",
    breaks: "I27: each call of a batch is held against what was left before it",
    patches: [
      {
        file: SPEND,
        find: "FROM fresh WHERE used_after <= uses_max)",
        replace: "FROM fresh WHERE used + uses <= uses_max)",
      },
    ],
    checks: [SPENDING],
  },
  {
    name: "what was counted is asked of the past",
    breaks: "I21 idempotency: a call that another process counted meanwhile is not known",
    patches: [
      {
        file: SPEND,
        find: "FROM quota_uses_of(ARRAY(SELECT card_id FROM asked ORDER BY n), ARRAY(SELECT call_id FROM asked ORDER BY n))),",
        replace: "FROM quota_use WHERE (card_id, call_id) IN (SELECT card_id, call_id FROM asked)),",
      },
    ],
    checks: [integration("quota/spend-in-trouble")],
  },
  {
    name: "the same call twice in a batch is two uses",
    breaks: "I21 idempotency: calls of one name are told apart by when they came",
    patches: [
      {
        file: FLOW,
        find: "`${row.key_hash}\\n${row.call_id}`",
        replace: "`${row.key_hash}\\n${row.call_id}\\n${Math.random()}`",
      },
    ],
    checks: [SPENDING],
  },
  {
    name: "a key outlives its refund",
    breaks: "I27: a key that its order no longer gives out is spent",
    patches: [
      { file: SPEND, find: "WHEN NOT a.is_open THEN 'closed'", replace: "" },
      { file: SPEND, find: "WHERE a.is_open AND a.uses", replace: "WHERE a.uses" },
    ],
    checks: [TAKEN_BACK],
  },
  {
    name: "a key is opened without its order's lock",
    breaks: "I27: a first use overtakes a refund that has begun",
    patches: [{ file: SPEND, find: " ORDER BY id FOR SHARE),", replace: ")," }],
    checks: [TAKEN_BACK],
  },
  {
    name: "a key on the shelf is a key",
    breaks: "I27: what nobody has bought can be spent",
    patches: [
      { file: SPEND, find: "AND status = 'delivered'),\no AS", replace: "),\no AS" },
      {
        file: SPEND,
        find: "SELECT s.id, s.order_id FROM sold s JOIN o ON o.id = s.order_id WHERE o.status = 'delivered' AND s.id = ANY (o.card_ids)),",
        replace: "SELECT s.id, s.order_id FROM sold s),",
      },
    ],
    checks: [SPENDING],
  },
];
