/** What is said of an order to its buyer: one headline, and what else is so. Pure. */
import type { OrderException, OrderStatus, PaymentVerdict } from "./rules";

/** source: to the account it came from. by_hand: a person sent it. dispute: the bank took it back for the buyer. */
export type RefundMethod = "source" | "balance" | "by_hand" | "dispute";

/** A payment of an order with what became of its money. */
export interface ReceivedMoney {
  readonly verdict: PaymentVerdict;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** It is the one that the order stands on. */
  readonly isSettling: boolean;
  readonly underWayMinor: bigint;
  readonly returnedMinor: bigint;
  /** The latest refund of it came to nothing. */
  readonly isRefundFailed: boolean;
  readonly returnedBy: RefundMethod | null;
}

export type Headline =
  | OrderStatus
  | "owed"
  | "promised"
  | "chosen_gone"
  | "held"
  | "underpaid"
  | "overpaid"
  | "wrong_currency"
  | "refund_failed"
  | "refunded_to_balance"
  | "refunded_by_hand"
  | "refunded_by_bank";

export type Aside =
  | "paid_late"
  | "disputed"
  | "double_paid"
  | "extra_refunding"
  | "extra_refunded"
  | "extra_refund_failed"
  | "partly_refunding"
  | "partly_refunded";

export interface Telling {
  readonly headline: Headline;
  /** The gravest first. */
  readonly asides: readonly Aside[];
}

interface ToldOrder {
  readonly status: OrderStatus;
  readonly exception: OrderException;
  readonly isOwed: boolean;
  readonly isLate: boolean;
  /** Set when it was sold before it was there. */
  readonly promisedBy?: Date | null;
  /** Set when its buyer chose one card, and no other will do. */
  readonly isChosen?: boolean;
}

/**
 * Tells both axes of an order, and its refunds, without one hiding the other: the headline says where the goods stand, or the money
 * where it goes back, and the asides say everything else that is still so.
 */
export function tellOrder(order: ToldOrder, money: readonly ReceivedMoney[]): Telling {
  const headline = headlineOf(order, money);
  const asides: Aside[] = [];
  if (order.exception === "disputed" && headline !== "held" && headline !== "refunded_by_bank") asides.push("disputed");
  const settling = money.find(({ isSettling }) => isSettling);
  if (settling) asides.push(...ofExtra(money.filter(({ isSettling }) => !isSettling)));
  if (settling && order.status !== "refunding" && order.status !== "refunded") asides.push(...ofPart(settling));
  if (order.isLate && settling && (order.status === "paid" || order.status === "delivered")) asides.push("paid_late");
  return { headline, asides };
}

const UNSETTLED: ReadonlySet<OrderStatus> = new Set(["pending", "expired", "cancelled"]);

/** The headline without a look at the money, for lists: where the way of a refund is not told. */
export function headlineAtAGlance(order: ToldOrder): Headline {
  const { status, exception } = order;
  const isWrong = UNSETTLED.has(status) && (exception === "underpaid" || exception === "overpaid");
  return isWrong ? exception : headlineOf(order, []);
}

function headlineOf(
  { status, exception, isOwed, isChosen = false, promisedBy = null }: ToldOrder,
  money: readonly ReceivedMoney[],
): Headline {
  if (status === "refunding") {
    const isStuck = money.some((one) => one.isRefundFailed && one.underWayMinor === 0n);
    return isStuck ? "refund_failed" : "refunding";
  }
  if (status === "refunded") return refundedBy(money);
  if (status === "delivered") return "delivered";
  if (status === "paid" && exception === "disputed") return "held";
  if (status === "paid" && isOwed) return isChosen ? "chosen_gone" : promisedBy ? "promised" : "owed";
  if (status === "paid") return "paid";
  return money.length > 0 ? wrongAmount(money) : status;
}

function refundedBy(money: readonly ReceivedMoney[]): Headline {
  const decisive = money.filter(({ isSettling }) => isSettling);
  const ways = new Set((decisive.length > 0 ? decisive : money).map(({ returnedBy }) => returnedBy));
  if (ways.has("dispute")) return "refunded_by_bank";
  if (ways.has("by_hand")) return "refunded_by_hand";
  return ways.has("balance") ? "refunded_to_balance" : "refunded";
}

/** Money that settles nothing. Of another currency it is no part of the sum, so it is told only where nothing else was paid. */
function wrongAmount(money: readonly ReceivedMoney[]): Headline {
  const counted = money.filter(({ verdict }) => verdict !== "wrong_currency");
  if (counted.length === 0) return "wrong_currency";
  return counted.some(({ verdict }) => verdict === "overpaid") ? "overpaid" : "underpaid";
}

/** Payments beside the one that settled the order. The loudest of them speaks for all. */
function ofExtra(extra: readonly ReceivedMoney[]): Aside[] {
  const open = extra.filter(({ amountMinor, returnedMinor }) => returnedMinor < amountMinor);
  if (extra.length === 0) return [];
  if (open.length === 0) return ["extra_refunded"];
  const waiting = open.filter(({ underWayMinor }) => underWayMinor === 0n);
  if (waiting.length === 0) return ["extra_refunding"];
  return [waiting.some(({ isRefundFailed }) => isRefundFailed) ? "extra_refund_failed" : "double_paid"];
}

function ofPart({ underWayMinor, returnedMinor }: ReceivedMoney): Aside[] {
  if (underWayMinor > 0n) return ["partly_refunding"];
  return returnedMinor > 0n ? ["partly_refunded"] : [];
}

/** How much an aside is about, in the order's currency. */
export function sumOf(aside: Aside, money: readonly ReceivedMoney[]): bigint {
  const sum = (list: readonly ReceivedMoney[], part: "amountMinor" | "underWayMinor" | "returnedMinor") =>
    list.reduce((total, one) => total + one[part], 0n);
  const extra = money.filter(({ isSettling }) => !isSettling);
  const settling = money.filter(({ isSettling }) => isSettling);
  switch (aside) {
    case "extra_refunding":
      return sum(extra, "underWayMinor");
    case "extra_refunded":
      return sum(extra, "returnedMinor");
    case "partly_refunding":
      return sum(settling, "underWayMinor");
    case "partly_refunded":
      return sum(settling, "returnedMinor");
    default:
      return sum(extra, "amountMinor");
  }
}
