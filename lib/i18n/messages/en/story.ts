import type { story as zh } from "../zh/story";

export const story = {
  states: {
    pending: { title: "Waiting for payment", text: "No payment has arrived yet. Your cards will appear here." },
    paid: {
      title: "Paid, delivering now",
      text: "Your payment has arrived and the cards are on their way. No need to refresh.",
    },
    delivered: { title: "Your cards are here", text: "Keep them safe. Each time they are shown, it is recorded." },
    expired: {
      title: "This order has expired",
      text: "No payment arrived in time and the stock was released. If you did pay, your money is safe: once it arrives you get your cards if there is stock and are first in line if not, so please do not pay again. Otherwise, simply place a new order.",
    },
    cancelled: {
      title: "This order was cancelled",
      text: "No payment had arrived and the stock was released. If you did pay, your money is safe: once it arrives you get your cards if there is stock and are first in line if not, so please do not pay again.",
    },
    owed: {
      title: "Paid, waiting for stock",
      text: "Your payment of {paid} has arrived, but the last card had just been sold. After the next restock your cards appear on this page, in order of payment. If you would rather not wait, contact the shop with your order number for a refund. Please do not pay again.",
    },
    chosen_gone: {
      title: "Paid, but the card you chose is gone",
      text: "Your {paid} arrived, but after its time, and the card you chose is somebody else's by now. We will not put just any card in its place: the shop will refund you, or send another one once you agree. If it is urgent, contact the shop with your order number. Please do not pay again.",
    },
    promised: {
      title: "Paid, to be delivered",
      text: "Your payment of {paid} has arrived. This is not sold from stock: the shop delivers it by {due}, on this page, and you are mailed when it does. If it is not there by then, contact the shop with your order number. Please do not pay again.",
    },
    held: {
      title: "Paid, on hold by a dispute",
      text: "Your payment of {paid} has arrived, but the bank or provider it came from was asked to take it back, and nothing can be delivered until that is decided. If you did not ask for it, or want to withdraw, contact the shop with your order number.",
    },
    underpaid: {
      title: "Too little was paid",
      text: "{total} was due and {paid} arrived. The money is recorded and nothing was delivered; the shop will ask you for the difference or refund it. Please do not pay again on your own; if it is urgent, contact the shop with your order number.",
    },
    overpaid: {
      title: "Too much was paid",
      text: "{total} was due and {paid} arrived. The money is recorded and nothing was delivered yet; the shop will deliver and return the difference, or refund it all. Please do not pay again; if it is urgent, contact the shop with your order number.",
    },
    wrong_currency: {
      title: "Paid in another currency",
      text: "{total} was due and money of another currency arrived, as told below. It is recorded and nothing was delivered; the shop will refund it or get in touch. Please do not pay again.",
    },
    refunding: {
      title: "Refund under way",
      text: "The refund has been submitted and goes back to the account you paid from, usually within one to three days. There is nothing you need to do; if it takes longer, contact the shop with your order number.",
    },
    refund_failed: {
      title: "The refund did not go through",
      text: "The provider could not return your money. The shop has been told and will return it another way. It is not lost; if it is urgent, contact the shop with your order number.",
    },
    refunded: {
      title: "Refunded",
      text: "Your money went back to the account you paid from. If you cannot find it there, contact the shop with your order number.",
    },
    refunded_to_balance: {
      title: "Refunded to your balance",
      text: "Your money is in your balance at this shop and can be used for your next order.",
    },
    refunded_by_hand: {
      title: "Refunded",
      text: "The shop sent your money back by hand, not through the provider you paid with. If it has not reached you, contact the shop with your order number.",
    },
    refunded_by_bank: {
      title: "Returned by the bank",
      text: "The bank or provider decided the dispute for the payer and returns the money. Cards that were delivered are void.",
    },
  },
  asides: {
    paid_late: {
      title: "Late, and still good",
      text: "Your payment arrived after the deadline and your cards were found all the same.",
    },
    disputed: {
      title: "In dispute",
      text: "A dispute about this order is being handled and the outcome will appear here. You need not pay again; if you have new evidence, send it to the shop.",
    },
    double_paid: {
      title: "Paid twice",
      text: "More than one payment arrived for this order, {paid} in all. The cards are delivered once and the shop refunds the rest; if no refund comes, contact the shop with your order number.",
    },
    extra_refunding: {
      title: "What you paid twice is on its way back",
      text: "The refund of {amount} has been submitted and usually arrives within one to three days.",
    },
    extra_refunded: {
      title: "What you paid twice is back",
      text: "{amount} was returned to you. Your cards stay yours.",
    },
    extra_refund_failed: {
      title: "What you paid twice is not back yet",
      text: "The provider could not return it. The shop has been told and will return it another way. Your cards stay yours.",
    },
    partly_refunding: {
      title: "A part is on its way back",
      text: "The refund of {amount} has been submitted and usually arrives within one to three days.",
    },
    partly_refunded: { title: "A part was refunded", text: "{amount} was returned to you." },
  },
  story: {
    title: "What happened",
    placed: "Ordered, {amount} due",
    expired: "The time to pay ran out; no payment had arrived",
    cancelled: "The order was cancelled and the stock released",
    paid: {
      settled: "{amount} arrived ({way})",
      double: "Another {amount} arrived ({way}), to be returned",
      underpaid: "{amount} arrived ({way}), less than was due",
      overpaid: "{amount} arrived ({way}), more than was due",
      wrong_currency: "{amount} arrived ({way}), not in the order's currency",
    },
    late: "{what}; after the deadline",
    owed: "The last card had just been sold; waiting for the next restock",
    promised: "Not sold from stock; to be delivered by the day that was promised",
    chosen_card_gone: "The payment came late, and the chosen card was somebody else's by then",
    delivered: "The cards were delivered",
    replaced: "A bad card was replaced by a new one",
    refund_asked: "A refund of {amount} was submitted",
    refund_done: {
      source: "{amount} went back to the account it came from",
      balance: "{amount} went to your balance at this shop",
      by_hand: "The shop returned {amount} by hand",
      dispute: "The bank took back {amount} in a dispute",
    },
    refund_failed: "The refund of {amount} did not go through; the shop takes care of it",
    refund_cancelled: "The refund of {amount} was withdrawn",
    dispute_opened: "The payer asked the bank or provider for the money",
    dispute_won: "The dispute was turned down; the payment stands",
    dispute_lost: "The dispute was decided for the payer",
    someWay: "a way to pay that is no longer offered",
    now: {
      pending: "Now: waiting for your payment until {deadline}",
      paid: "Now: delivering your cards",
      owed: "Now: waiting for stock, in order of payment",
      promised: "Now: the shop delivers it by {due}",
      chosen_gone: "Now: the shop refunds you, or agrees on another card with you",
      held: "Now: waiting for the dispute to be decided",
      underpaid: "Now: the shop is looking into it",
      overpaid: "Now: the shop is looking into it",
      wrong_currency: "Now: the shop is looking into it",
      refunding: "Now: waiting for the provider to return the money",
      refund_failed: "Now: the shop is returning the money another way",
    },
  },
} satisfies typeof zh;
