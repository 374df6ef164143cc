import type { errors as zh } from "../zh/errors";

export const errors = {
  invalid: "A few fields need another look; they are marked below. No order was placed and no money moved.",
  form_incomplete: "Please fill in what the shop asks for, at most 300 letters each. Nothing was ordered or paid.",
  insufficient_stock:
    "There is not enough stock for this quantity. No order was placed and no money moved. Try fewer, or come back later.",
  insufficient_stock_fewer:
    "There are not that many left, but it is not sold out: try fewer. Nothing was ordered and nothing was charged.",
  card_taken:
    "Somebody else has just taken this card. No order was placed and no money moved; choose another one, or let us pick.",
  price_changed:
    "The extra price of this card has just changed; the new one is below. No order was placed and no money moved. Look again, then confirm.",
  not_for_sale: "This option is not for sale right now. No order was placed and no money moved.",
  buyer_limit:
    "This option is limited per buyer, and with the orders you have this would be more. No order was placed and no money moved.",
  not_found: "We could not find that. Check the address or what you typed.",
  idempotency_conflict: "Something changed since your last click. Please confirm once more; nothing was ordered twice.",
  rate_limited: "That was a little fast. Wait a moment and try again. No money moved.",
  quantity_out_of_range: "That quantity is outside what this option allows.",
  gateway_unavailable: "This way to pay is unavailable right now. No money moved; please choose another.",
  not_delivered: "Nothing has been delivered yet, so there are no cards to show.",
  not_pending: "This order is no longer waiting for payment. Refresh the page to see where it stands.",
  expired:
    "This order has expired. If you did pay, your money is safe: cards are delivered as soon as it arrives, or you are first in line after the next restock.",
  forbidden: "You are not allowed to do that.",
  unauthorized: "Please sign in first.",
  conflict: "This was changed a moment ago. Refresh and try again.",
  too_large: "That is too large.",
  unavailable: "The service is unavailable for a moment. Please try again; no money moved.",
  lookup_failed: "The order number or the lookup password is not right.",
  connection_lost:
    "The connection was lost, so we cannot tell whether the order went through. Press again; nothing will be ordered twice.",
  busy: "Many people are ordering right now. Press again in a few seconds; no money moved and nothing is ordered twice.",
  order_limit:
    "You have too many unpaid orders, or they hold too much of the stock. Pay or cancel a few first. No money moved.",
  unexpected:
    "Something went wrong and we have noted it. If you paid, your money is not lost; refresh the order page soon.",
} satisfies Record<keyof typeof zh, string>;
