/**
 * What clients were told, and what the shop's promises make of it. Pure: it knows no table, no statement and no flow, and
 * judges an order by the answers that people and gateways heard, burst by burst. Within a burst everything happened at once,
 * so there it allows every order of events, and between bursts only one.
 */

import { complaintAboutRefunds } from "./refund-model";

/** One payment as its gateway knows it, by account and trade number. */
export interface Money {
  readonly amountMinor: bigint;
  readonly isForeign: boolean;
  /** The burst in which the shop said "taken"; null as long as it has not. */
  toldIn: number | null;
  /** The burst in which the gateway said that it was given back at its own desk. */
  givenBackIn: number | null;
}

/** One order in its client's hands. */
export interface Purchase {
  readonly totalMinor: bigint;
  readonly money: Map<string, Money>;
  /** The burst before which its deadline passed. */
  lapsedBefore: number | null;
  /** The burst in which somebody was told that it is cancelled, or may have been: that answer was lost. */
  cancelled: { readonly inBurst: number; readonly isSure: boolean } | null;
  /** The refunds that an admin was told are asked for, by their id. */
  readonly refunds: Map<string, { readonly amountMinor: bigint }>;
  /** Somebody asked for its money, or for a part of it, perhaps without an answer; what is due is said in `refund-model.ts`. */
  isTouched: boolean;
  /** The bank was asked: while it thinks nothing is handed out, and its turn may pass. */
  isDisputed: boolean;
}

/** One refund as the tables have it. */
export interface RefundSeen {
  readonly id: string;
  /** Its account and the gateway's number. */
  readonly payment: string;
  readonly refundNo: string;
  readonly amountMinor: bigint;
  readonly status: string;
  readonly method: string;
}

/** One order as the tables have it. */
export interface Seen {
  readonly status: string;
  readonly exception: string;
  readonly payments: number;
  readonly paidMinor: bigint;
  readonly isOwed: boolean;
  /** Open questions about its money, and whether one says that it is owed cards. */
  readonly moneyFindings: number;
  readonly hasDebtFinding: boolean;
  readonly refunds: readonly RefundSeen[];
  readonly deliveredCards: number;
  readonly withdrawnCards: number;
}

interface Outcome {
  readonly statuses: readonly string[];
  readonly exceptions: readonly string[];
  readonly payments: number;
  readonly paidMinor: bigint;
  readonly moneyFindings: number;
}

/** Every set of payments that may have been taken for the order: what was told and given back in one burst may be either. */
function possibleMoney({ money }: Purchase): Money[][] {
  let sets: Money[][] = [[]];
  for (const one of money.values()) {
    if (one.toldIn === null) continue;
    if (one.givenBackIn === null || one.toldIn < one.givenBackIn) sets = sets.map((set) => [...set, one]);
    else if (one.toldIn === one.givenBackIn) sets = [...sets, ...sets.map((set) => [...set, one])];
  }
  return sets;
}

/** Money that came after the deadline, or to an order that was closed, is late; also in the burst of the closing, for an order with money in it cannot be cancelled. */
function latenessOf({ lapsedBefore, cancelled }: Purchase, paidIn: number): readonly string[] {
  if (lapsedBefore !== null && lapsedBefore <= paidIn) return ["paid_late"];
  if (cancelled === null || cancelled.inBurst > paidIn) return ["none"];
  return cancelled.isSure ? ["paid_late"] : ["paid_late", "none"];
}

function statusesUnpaid({ lapsedBefore, cancelled }: Purchase): readonly string[] {
  if (cancelled?.isSure) return ["cancelled"];
  const open = lapsedBefore === null ? ["pending"] : ["pending", "expired"];
  return cancelled ? [...open, "cancelled"] : open;
}

function outcomeOf(purchase: Purchase, taken: readonly Money[], isOwed: boolean): Outcome {
  const counted = taken.filter(({ isForeign }) => !isForeign);
  const paidMinor = counted.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const exact = counted.filter(({ amountMinor }) => amountMinor === purchase.totalMinor);
  // One payment settles the order; each other one is named, because a person must give it back or ask for the rest.
  const moneyFindings = taken.length - (exact.length > 0 ? 1 : 0);
  const sums = { payments: taken.length, paidMinor, moneyFindings };
  if (exact.length === 0) {
    const wrong = paidMinor > purchase.totalMinor ? "overpaid" : "underpaid";
    return { ...sums, statuses: statusesUnpaid(purchase), exceptions: [taken.length === 0 ? "none" : wrong] };
  }
  const paidIn = Math.min(...exact.map(({ toldIn }) => toldIn ?? 0));
  const exceptions = taken.length > 1 ? ["double_paid"] : isOwed ? ["owed"] : latenessOf(purchase, paidIn);
  return { ...sums, statuses: [isOwed ? "paid" : "delivered"], exceptions };
}

/** What is wrong with an order, after all that was said about it; null when it may be so. `shown`: cards that its buyer has seen. */
export function complaintAbout(purchase: Purchase, seen: Seen, shown = 0): string | null {
  if (seen.isOwed !== seen.hasDebtFinding)
    return seen.isOwed ? "is owed cards, and no finding says so" : "is said to be owed cards, and is not";
  if (purchase.isTouched) return complaintAboutRefunds(purchase, seen, shown);
  const outcomes = possibleMoney(purchase).map((taken) => outcomeOf(purchase, taken, seen.isOwed));
  const fits = outcomes.some(
    ({ statuses, exceptions, payments, paidMinor, moneyFindings }) =>
      moneyFindings === seen.moneyFindings &&
      statuses.includes(seen.status) &&
      exceptions.includes(seen.exception) &&
      payments === seen.payments &&
      paidMinor === seen.paidMinor,
  );
  if (fits) return null;
  const due = outcomes.map(
    ({ statuses, exceptions, payments, moneyFindings }) =>
      `${statuses.join(" or ")} (${exceptions.join(" or ")}), ${payments} payments, ${moneyFindings} findings`,
  );
  return `is ${seen.status} (${seen.exception}), ${seen.payments} payments, ${seen.moneyFindings} findings, ${seen.paidMinor} of ${purchase.totalMinor}; due is ${due.join(", or ")}`;
}

/** Stock of one variant as a count sees it. */
export interface Shelf {
  /** Lies in a pool from which the variant is sold, and is to be had. */
  readonly available: number;
  readonly reserved: number;
  readonly delivered: number;
  readonly draft: number;
  /** Given back with the money of their order, or taken out by the merchant. */
  readonly withdrawn: number;
  /** On sale, and in a pool from which the variant is not sold. */
  readonly aside: number;
  readonly quarantined: number;
}

/** What somebody still waits for who has paid. */
export interface Debt {
  readonly order: number;
  readonly variant: number;
  readonly lacking: number;
  readonly bound: number;
  /** The burst in which it was paid. */
  readonly paidIn: number;
}

/**
 * "Sold out" may be said of a variant only when, in some order of the burst's events, fewer cards lay there than were asked
 * for: what lay there before, less all that anybody could take in the meantime.
 */
export const isFalseSoldOut = (available: number, takenByOthersAtMost: number, quantity: number): boolean =>
  available - takenByOthersAtMost >= quantity;

/** Whoever paid in an earlier burst and still waits must not be overtaken by one who paid later and was given cards. */
export function findOvertaken(before: readonly Debt[], after: readonly Debt[], gained: readonly Debt[]): string[] {
  const waited = after.filter((debt) =>
    before.some((old) => old.order === debt.order && old.variant === debt.variant && old.lacking > 0),
  );
  return waited.flatMap((debt) =>
    gained
      .filter(({ order, variant, paidIn }) => order !== debt.order && variant === debt.variant && paidIn > debt.paidIn)
      .map(
        ({ order }) =>
          `order ${order} was given cards of variant ${debt.variant} before order ${debt.order}, which had paid earlier`,
      ),
  );
}
