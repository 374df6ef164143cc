import type { meanings as zh } from "../zh/finding-meanings";

export const meanings = {
  owed_order: {
    wrong: "The order is paid, but there was no stock, and its cards have not been delivered.",
    buyer: "The buyer has paid and has no card yet; after a restock it is delivered by itself, in order of payment.",
  },
  owed_choice: {
    wrong:
      "The order is paid, but the very card that its buyer chose is somebody else's by now; no other is given in its place.",
    buyer:
      "The buyer has paid and has no card, and no restock will mend it: refund, or give another one with the buyer's word.",
  },
  unfillable_order: {
    wrong: "Cards could not be bound to an owed order: its rows and its cards do not add up.",
    buyer: "The buyer has paid and gets no card; a restock will not mend it, a person must.",
  },
  double_payment: {
    wrong: "One order was paid twice.",
    buyer: "The cards are delivered once; the second payment should go back to the buyer.",
  },
  amount_mismatch: {
    wrong: "What was paid is not what the order costs; nothing was delivered.",
    buyer: "The buyer has paid and has no card; too little can be made up, too much can be given back.",
  },
  currency_mismatch: {
    wrong: "The money is in another currency than the order; nothing was delivered.",
    buyer: "The buyer has paid and has no card; this money should go back the way it came.",
  },
  unknown_order: {
    wrong: "The gateway tells of money under a number that we do not know.",
    buyer:
      "Somebody may have paid while their order says it is unpaid; once the order is known, the money can be credited to it.",
  },
  trade_reused: {
    wrong: "One trade number of the gateway was used for two orders or two amounts.",
    buyer: "The second was not taken for a payment. Either the gateway errs, or somebody forges notices.",
  },
  unreadable_amount: {
    wrong: "A rightly signed notice has an amount that cannot be read.",
    buyer: "The buyer may have paid while the order still waits. Look it up at the gateway.",
  },
  unjudged_payment: {
    wrong: "A payment is on record, but judging it failed; no order has it yet.",
    buyer: "The buyer has paid and the order does not move. It can be judged once more.",
  },
  refunded_outside: {
    wrong: "Money was given back at the gateway's own desk, not from here.",
    buyer: "The buyer has the money back. Whether order and cards follow, a person decides.",
  },
  refund_failed: {
    wrong: "The gateway refused a refund.",
    buyer: "Money that was promised back is not back; the buyer waits.",
  },
  refund_stuck: {
    wrong: "A refund was asked for long ago and has no result.",
    buyer: "The buyer has no refund yet and cannot know whether it comes.",
  },
  refund_mismatch: {
    wrong: "The gateway gave back another amount than it was told to.",
    buyer: "The buyer may have got too much or too little back.",
  },
  dispute: {
    wrong: "The buyer asked the bank or the gateway for the money.",
    buyer: "The bank decides; until then nothing is delivered and nothing is given back.",
  },
  invariant_broken: {
    wrong: "The audit found rows that break a promise, and took the product off sale.",
    buyer:
      "Until it is cleared up nobody can buy the product; cards that were bought are fine, unless it says otherwise below.",
  },
  gateway_only: {
    wrong: "The gateway's statement has a payment that we were never told of.",
    buyer: "Somebody may have paid while their order did not move; once it is known, the money can be put down to it.",
  },
  local_only: {
    wrong: "We have a payment on record that the gateway's statement does not.",
    buyer: "The buyer may have cards without having paid; halt the product and see whether a key has leaked.",
  },
  duplicate_payment: {
    wrong: "The gateway's statement has more than one payment of an order.",
    buyer: "The buyer paid too much; the second payment should go back.",
  },
  bill_amount_mismatch: {
    wrong: "A payment's amount is not the one in the gateway's statement.",
    buyer: "The buyer notices nothing; settle it with the gateway.",
  },
  bill_currency_mismatch: {
    wrong: "A payment's currency is not the one in the gateway's statement.",
    buyer: "The buyer notices nothing; settle it with the gateway.",
  },
  refund_missing_local: {
    wrong: "The gateway's statement has a refund that did not begin here and is not on record.",
    buyer: "The buyer has the money back, and the order does not know it.",
  },
  refund_missing_gateway: {
    wrong: "A refund is done in our books and not in the gateway's statement.",
    buyer: "The buyer may not have the money back.",
  },
  fee_anomaly: { wrong: "The fees of this day are far from the usual rate.", buyer: "The buyer notices nothing." },
  bill_anomaly: {
    wrong: "The statement has lines that make no sense: another account, negative, in the future, or twice.",
    buyer: "The buyer notices nothing; such lines are not counted until it is clear.",
  },
  statement_missing: {
    wrong: "A statement that should be here is not, and the day cannot be compared.",
    buyer: "The buyer notices nothing; what went wrong that day cannot be seen yet.",
  },
  paid_without_card: {
    wrong: "The order is paid in full, has no cards, and is not down as owed any.",
    buyer: "The buyer has paid and gets nothing; act now.",
  },
  card_without_payment: {
    wrong: "Cards were delivered for an order that nobody paid.",
    buyer: "The buyer has cards and has not paid.",
  },
  card_count_mismatch: {
    wrong: "The order has another number of cards than was bought.",
    buyer: "The buyer may have too few cards, or too many.",
  },
  card_sold_twice: {
    wrong: "One card stands in two orders.",
    buyer: "Two buyers hold the same card; whoever uses it second fails.",
  },
  reservation_lapsed: {
    wrong: "The order expired long ago and still holds its cards.",
    buyer: "Other buyers read sold out while the cards are here.",
  },
  mail_missing: {
    wrong: "Cards were delivered, and the mail about them was never queued or never sent.",
    buyer: "The buyer has the cards and may not know it; the order's page shows them.",
  },
  ledger_gap: {
    wrong: "A piece of the stock ledger is missing, or not sealed.",
    buyer: "The buyer notices nothing; this piece cannot be proved yet.",
  },
  balance_difference: {
    wrong: "A buyer's balance is not the sum of its movements.",
    buyer: "The balance that the buyer sees may be wrong.",
  },
  price_anomaly: {
    wrong: "The order was sold at another price than the one on the shelf.",
    buyer: "The buyer may have paid too much or too little.",
  },
  stuck_import: {
    wrong: "An import has not moved for long.",
    buyer: "The buyer notices nothing; these cards are not on sale yet.",
  },
  cache_drift: {
    wrong: "The stock on pages or in Redis is not the database's.",
    buyer: "Buyers may see stock that they cannot buy, or sold out where there is some.",
  },
  overdue_order: {
    wrong: "The time that was promised has passed, and nothing was delivered.",
    buyer: "The buyer has paid and has no card past the promised time; deliver now, or give the money back.",
  },
  other: {
    wrong: "Two records do not agree.",
    buyer: "Whether it touches a buyer is not clear yet; see the time line below.",
  },
} satisfies typeof zh;
