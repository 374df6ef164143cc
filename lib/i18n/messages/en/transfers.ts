import type { transfers as zh } from "../zh/transfers";

export const transfers = {
  title: "Transfers",
  lead: "Orders whose buyers say that they have transferred. Look into the bank or the wallet first; record only what you can see there: amount, number, day.",
  twoNames: "Above {limits} two admins must agree, and nobody confirms their own entry.",
  onlyOne:
    "Only one admin can sign in, so nobody could confirm a transfer above the limit. Add another: npm run kapu -- create-admin",
  searchHint: "Order number or the bank's number",
  list: "Show",
  lists: { waiting: "Waiting", decided: "Decided" },
  emptyTitle: "No transfer waits",
  emptyText:
    "An order shows up here when its buyer presses “I have transferred”. You can also look one up by its number.",
  undecidedTitle: "No transfer was decided so far",
  noneTitle: "Nothing found",
  noneText: "There is no such order, or it is not paid by transfer.",
  facts: {
    due: "Due",
    account: "Account",
    buyer: "Buyer",
    reported: "The buyer's word",
    reportedWith: "{at}, “{reference}”",
    unreported: "none so far",
    arrived: "Arrived",
    reference: "Bank's number",
    arrivedOn: "Day",
    proposed: "Recorded by",
    proposedBy: "{name}, {at}",
    decided: "Decided by",
  },
  states: {
    proposed: "needs a second name",
    confirmed: "confirmed",
    refused: "refused",
    replaced: "void",
    reported: "to be looked up",
    silent: "untouched",
  },
  age: { minutes: "waiting {count} min", hours: "waiting {count} h", days: "waiting {count} d" },
  record: {
    open: "Record what arrived",
    again: "Record anew (voids the former)",
    amount: "Amount that arrived ({currency})",
    amountHint:
      "As the bank shows it, not as the order asks. Too little or too much is recorded as it is and dealt with by the difference.",
    reference: "The bank's number",
    referenceHint:
      "Of the bank or the chain. Where there is none: the date and the payer's last digits, for example 20261121-8888. Each is good once.",
    arrivedOn: "Day of arrival",
    submit: "It arrived",
    submitting: "Recording",
    late: "An expired order counts all the same: delivered from stock, or first in line after the next restock.",
  },
  confirm: {
    lead: "{name} recorded {amount}, number {reference}, arrived on {arrivedOn}. Look into the bank yourself before you agree.",
    own: "This is your own entry; another admin must confirm it.",
    submit: "I see it too: confirm",
    submitting: "Confirming",
  },
  refuse: {
    open: "There is no such money",
    reason: "Reason",
    reasonHint: "The buyer reads this on the order's page.",
    submit: "Refuse",
    submitting: "Refusing",
  },
  errors: {
    amount_malformed:
      "That is no amount: above zero, with no more decimals than the currency has. Nothing was recorded.",
    reference_malformed:
      "That is no number: 4 to 60 characters, a digit among them, only letters, digits and . _ - / # : +",
    reference_used:
      "This number stands for other money already. One transfer counts once; please check. Nothing was recorded.",
    arrival_out_of_range: "Not before the order was placed, and not after today. Nothing was recorded.",
    order_changed:
      "This order received money since you opened the page. Refresh and see whether it is the same. Nothing was recorded.",
    own_proposal: "Another admin must confirm your own entry.",
    proposal_gone: "This was confirmed, refused or recorded anew a moment ago. Please refresh.",
    not_allowed: "Only an admin confirms that money arrived.",
  },
  buyer: {
    title: "Sent it? Tell the shop",
    lead: "A person looks transfers up. Press once, and the shop goes looking for yours.",
    reference: "Payer, or the last digits of the number",
    referenceHint: "Optional; it helps to find it. No passwords, no full card numbers.",
    submit: "I have transferred",
    submitting: "Telling the shop",
    again: "Change the words",
    toldTitle: "The shop knows",
    told: "Told on {at}. As soon as the money is found, this page changes by itself and your cards are delivered. Some banks take their time; you may close the page.",
    toldWith: "Your words: {reference}",
    late: "Past the deadline is no harm; no money is lost. Once it is confirmed, cards are delivered from stock, or you are first in line after the next restock. Please do not send it twice.",
    refusedTitle: "The shop could not find your transfer",
    refused:
      "The shop says: {reason}. If you did send it, check the account and the amount, and tell the shop again with the bank's number.",
  },
} satisfies typeof zh;
