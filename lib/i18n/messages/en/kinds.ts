import type { kinds as zh } from "../zh/kinds";

export const kinds = {
  form: {
    title: "Delivery: by hand, pre-sale",
    kind: "Delivered",
    kindHint:
      "By hand: after the payment you write what the buyer gets; each piece is encrypted and delivered by itself. For top-ups and things made to order.",
    kinds: { unique: "Automatically, from stock", manual: "By hand" },
    hours: "Hours until delivery",
    hoursHint:
      "1 to 720 after the payment. Buyers read it before they order; past it the platform is told. For delivery by hand only.",
    fields: "What the buyer is asked",
    fieldsHint:
      "For example an account, or a server. Kept encrypted; only you see the answers. For delivery by hand only; empty rows do not count.",
    fieldZh: "In Chinese",
    fieldEn: "In English",
    fieldRequired: "Required or not",
    required: "Required",
    mayBeEmpty: "Optional",
    presale: "Pre-sale",
    presaleHint:
      "Orders are taken and paid without stock, and filled in order of payment when cards are published. To end it, clear both fields.",
    presaleAt: "Delivered by",
    presaleCap: "Pieces at most",
    presaleCapHint:
      "Orders that wait, are paid or delivered count; expired, cancelled and refunded ones do not. Past it only what is in stock is sold.",
  },
  errors: {
    manual_hours_required: "Say within how many hours you deliver by hand.",
    presale_incomplete: "Fill in both the day and the number of pieces, or neither.",
    presale_past: "The day must lie ahead.",
    presale_manual: "What is delivered by hand cannot be on pre-sale as well.",
    manual_quantity: "By hand, an order may have at most 20 pieces.",
    field_incomplete: "Each question needs its Chinese and its English name.",
  },
  shared: {
    title: "One text for several buyers",
    lead: "The same account, link or code, sold to so many orders at most: each use is a card, encrypted for itself, until none is left. The same text again adds nothing; with a higher number, the difference.",
    secret: "Text",
    uses: "Sold at most (times)",
    usesHint: "1 to {max}, those included that are sold already. The variant must sell at most 1 per order.",
    note: "Note",
    add: "Add and publish",
    adding: "Adding",
    errors: {
      several_per_order:
        "This variant sells several pieces in one order, and its buyer would be given the same text twice. Set its most per order to 1 first.",
      interrupted: "It was interrupted, and nothing was added. Please try again.",
    },
  },
  order: {
    manual: "Delivery by hand",
    presale: "Pre-sale",
    manualLead:
      "The buyer waits for you. What you write is encrypted and delivered to the buyer, and cannot be changed afterwards.",
    presaleLead: "When you publish cards of this variant, they go out by themselves in the order of payment.",
    due: "To be delivered by {at}",
    overdue: "That was promised for an earlier time. Please deliver, or ask the platform for a refund.",
    notYet: "The buyer has not paid yet.",
    done: "Delivered.",
    answers: "What the buyer wrote",
    noAnswers: "The buyer wrote nothing.",
    hidden: "Only the merchant sees what the buyer wrote.",
    content: "Piece {number}",
    contentHint:
      "Several lines are fine; it is delivered as it stands. For example a code, or “topped up account abc”.",
    deliver: "Deliver to the buyer",
    delivering: "Delivering",
    errors: {
      not_waiting: "This order no longer waits for delivery. Please reload the page.",
      disputed: "The payment is disputed. Nothing is delivered until that is decided.",
      wrong_count: "The number of pieces has changed. Please reload the page.",
      too_long: "Too long: at most 16 KB for each piece.",
      required: "Please write what the buyer gets.",
    },
  },
} satisfies typeof zh;
