/** What an order may be and become. Pure: no clock, no I/O, no framework. */
import { unreachable } from "@/lib/kernel/assert";

export type OrderStatus = "pending" | "paid" | "delivered" | "expired" | "cancelled" | "refunding" | "refunded";
export type OrderException = "none" | "paid_late" | "underpaid" | "overpaid" | "owed" | "double_paid" | "disputed";
/** `promise`: nothing is taken until it is paid, and it may be paid before it is there. `pick`: the card that its buyer chose, or none. */
export type StockPolicy = "reserve_on_order" | "claim_on_payment" | "deduct_on_order" | "promise" | "pick";

export const TRANSITIONS = {
  pending: ["paid", "expired", "cancelled"],
  paid: ["delivered", "refunding"],
  delivered: ["refunding"],
  // Late money is still money: a payment brings an expired or cancelled order back.
  expired: ["paid", "refunding"],
  cancelled: ["paid", "refunding"],
  // The way back, for a refund that came to nothing: only to the state that it had before (`findStateBefore`).
  refunding: ["refunded", "paid", "delivered", "expired", "cancelled"],
  refunded: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>;

/** Whether the table of transitions has the edge. */
export const isAllowedEdge = (from: OrderStatus, to: OrderStatus): boolean =>
  (TRANSITIONS[from] as readonly OrderStatus[]).includes(to);

/** The facts of an order's money, from which its exception follows. */
export interface OrderFacts {
  readonly status: OrderStatus;
  readonly totalMinor: bigint;
  readonly paidMinor: bigint;
  readonly paymentCount: number;
  readonly isSettled: boolean;
  readonly isLate: boolean;
  readonly isOwed: boolean;
  readonly isDisputed: boolean;
}

/** The gravest exception that applies: disputed > double_paid > owed > underpaid, overpaid > paid_late > none. */
export function exceptionOf(facts: OrderFacts): OrderException {
  if (facts.isDisputed) return "disputed";
  if (facts.isSettled && facts.paymentCount > 1) return "double_paid";
  if (facts.isOwed) return "owed";
  if (!facts.isSettled && facts.paymentCount > 0) return facts.paidMinor > facts.totalMinor ? "overpaid" : "underpaid";
  if (facts.isSettled && facts.isLate) return "paid_late";
  return "none";
}

/** What a reader must see: a pending order past its deadline is expired, whether or not the sweeper has been there. */
export function visibleStatus(
  order: { readonly status: OrderStatus; readonly deadlineAt: Date },
  nowMs: number,
): OrderStatus {
  return order.status === "pending" && order.deadlineAt.getTime() <= nowMs ? "expired" : order.status;
}

/** Whether a buyer is still told to pay: a pending order before its deadline that no money has reached. */
export const isPayable = (
  order: { readonly status: OrderStatus; readonly deadlineAt: Date; readonly paymentCount: number },
  nowMs: number,
): boolean => visibleStatus(order, nowMs) === "pending" && order.paymentCount === 0;

export type PaymentVerdict = "settled" | "double" | "underpaid" | "overpaid" | "wrong_currency";

/**
 * What a verified, newly recorded payment is to its order. The first payment of exactly the total in the order's currency
 * settles it, whatever the order's age; every other one is recorded, kept apart and named.
 */
export function judgePayment(
  order: {
    readonly isSettled: boolean;
    readonly status: OrderStatus;
    readonly totalMinor: bigint;
    readonly currency: string;
  },
  payment: { readonly amountMinor: bigint; readonly currency: string },
): PaymentVerdict {
  if (order.isSettled) return "double";
  if (payment.currency !== order.currency) return "wrong_currency";
  if (payment.amountMinor < order.totalMinor) return "underpaid";
  if (payment.amountMinor > order.totalMinor) return "overpaid";
  switch (order.status) {
    case "pending":
    case "expired":
    case "cancelled":
      return "settled";
    case "paid":
    case "delivered":
    case "refunding":
    case "refunded":
      return "double";
    default:
      return unreachable(order.status);
  }
}

/** A payment of an order with what was given back of it. */
export interface GivenBack {
  readonly id: string;
  readonly amountMinor: bigint;
  /** By refunds that did not fail, whether or not they are through. */
  readonly givenMinor: bigint;
  /** By refunds that are through. */
  readonly returnedMinor: bigint;
}

/**
 * What refunds make of an order. It stands or falls with the payment that settled it, or, where none did, with every payment
 * that it got: a second payment given back, or a part of one, leaves it as it is.
 */
export function judgeRefunds(
  order: { readonly settledPaymentId: string | null },
  payments: readonly GivenBack[],
): "stands" | "refunding" | "refunded" {
  const decisive = order.settledPaymentId
    ? payments.filter(({ id }) => id === order.settledPaymentId)
    : payments.filter(({ amountMinor }) => amountMinor > 0n);
  if (decisive.length === 0 || decisive.some((payment) => payment.givenMinor < payment.amountMinor)) return "stands";
  return decisive.every((payment) => payment.returnedMinor === payment.amountMinor) ? "refunded" : "refunding";
}
