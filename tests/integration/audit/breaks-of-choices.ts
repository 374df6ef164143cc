import type { Break } from "./break";

const CHOSEN = "(SELECT order_id FROM order_pick LIMIT 1)";
const FREE = "(SELECT c.id FROM card c JOIN card_preview p ON p.card_id = c.id WHERE c.status = 'available' LIMIT 1)";

/** Cards that are chosen, and orders that chose. */
export const BREAKS_OF_CHOICES: readonly Break[] = [
  {
    id: "I28",
    what: "a chosen card in the hands of an order that chose another one",
    fault: "went to somebody who did not choose it",
    sql: `UPDATE order_pick SET card_id = ${FREE}`,
  },
  {
    id: "I28",
    what: "a card with a preview that anybody gets",
    fault: "lies among those that nobody chooses",
    sql: `UPDATE card SET pick = nextval('card_pick_seq') WHERE id = ${FREE}`,
  },
  {
    id: "I28",
    what: "a card that nobody can choose, and nobody gets otherwise",
    fault: "can be chosen by nothing",
    sql: `DELETE FROM card_preview WHERE card_id = ${FREE}`,
  },
  {
    id: "I28",
    what: "an order that was given another card than it chose",
    fault: "order holds another card than it chose",
    sql: `UPDATE order_pick SET card_id = ${FREE}`,
  },
  {
    id: "I28",
    what: "an order whose choice is not on record",
    fault: "order without what it chose",
    sql: `DELETE FROM order_pick WHERE order_id = ${CHOSEN}`,
  },
];
