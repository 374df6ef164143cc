import { type Bug, integration } from "./bug";

/** Cards that are put aside, replaced, expired; and whoever is told of stock. */
export const lifeBugs: readonly Bug[] = [
  {
    name: "a recall forgets what comes back",
    breaks: "the promise of a hold: cards of a held batch that an unpaid order gives back are on sale again",
    patches: [{ file: "lib/flows/offer-cards.ts", find: "  await putHeldAside(tx, place.variantId);\n", replace: "" }],
    checks: [integration("inventory/move-cards")],
  },
  {
    name: "a recall takes a card from its buyer",
    breaks: "I5 agreement: a card that somebody is buying is put aside all the same",
    patches: [
      {
        file: "lib/features/inventory/card-moves.ts",
        find: `LIMIT \${limit}::int FOR NO KEY UPDATE))
       AND status = ANY (\${[...from]}::text[])`,
        replace: `LIMIT \${limit}::int))`,
      },
    ],
    checks: [integration("inventory/move-cards")],
  },
  {
    name: "an old form puts a batch aside again",
    breaks: "I21 idempotency: a move that is over is done once more",
    patches: [
      {
        file: "lib/flows/move-cards.ts",
        find: "return ok(move.finishedAt ? { moved: move.cardCount, left: move.leftCount } : null);",
        replace: "return ok(null);",
      },
    ],
    checks: [integration("inventory/move-cards")],
  },
  {
    name: "two people replace one card and its successor",
    breaks: "the replacement of a card that nobody called bad",
    patches: [
      {
        file: "lib/flows/replace-card.ts",
        find: '  if (counts.all !== command.seen) return err("conflict");\n',
        replace: "",
      },
    ],
    checks: [integration("replacements/replace-card")],
  },
  {
    name: "a replacement jumps the queue",
    breaks: "the promise to owed orders: who was owed a card first is served first",
    patches: [
      {
        file: "lib/flows/offer-cards.ts",
        find: "SELECT r.id, r.order_id, true, r.requested_at",
        replace: "SELECT r.id, r.order_id, true, r.requested_at - interval '1 year'",
      },
    ],
    checks: [integration("replacements/replace-card")],
  },
  {
    name: "the old card is not burnt",
    breaks: "I24 replacement: a card that was replaced stays delivered",
    patches: [
      {
        file: "lib/flows/fill-replacement.ts",
        find: "UPDATE card c SET status = 'withdrawn' FROM pair s",
        replace: "UPDATE card c SET status = 'delivered' FROM pair s",
      },
    ],
    checks: [integration("replacements/replace-card")],
  },
  {
    name: "every look is a warning",
    breaks: "a merchant is told of the same low stock again and again",
    patches: [
      {
        file: "lib/features/stock-alerts/warnings.ts",
        find: "\n       WHERE stock_warning.state = 'clear'",
        replace: "",
      },
    ],
    checks: [integration("stock-alerts/warnings")],
  },
  {
    name: "a restock is told of twice",
    breaks: "one mail per request: two processes that look at once both tell",
    patches: [
      {
        file: "lib/features/stock-alerts/restock.ts",
        find: "SET state = 'told', told_at = date_trunc('milliseconds', clock_timestamp())",
        replace: "SET email = email",
      },
    ],
    checks: [integration("stock-alerts/restock")],
  },
];
