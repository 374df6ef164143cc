import type { Purchase, RefundSeen, Seen } from "./model";

/** Sums what went back, or is to go back, of one payment. */
const sumOf = (refunds: readonly RefundSeen[], payment: string, isCounted: (refund: RefundSeen) => boolean): bigint =>
  refunds
    .filter((one) => one.payment === payment && isCounted(one))
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

const isStanding = ({ status }: RefundSeen): boolean => status !== "failed";
const isThrough = ({ status }: RefundSeen): boolean => status === "succeeded";

/** More than was paid never goes back, and what somebody was told is asked for is asked for, as it was told. */
function complaintAboutSums({ money, refunds: told }: Purchase, { refunds }: Seen): string | null {
  for (const [payment, { amountMinor }] of money) {
    const given = sumOf(refunds, payment, isStanding);
    if (given > amountMinor) return `gives back ${given} of a payment of ${amountMinor}`;
  }
  for (const [id, { amountMinor }] of told) {
    const row = refunds.find((one) => one.id === id);
    if (!row) return "has an acknowledged refund that is not there";
    if (row.amountMinor !== amountMinor) return `gives back ${row.amountMinor} where ${amountMinor} was acknowledged`;
  }
  return null;
}

/**
 * What is wrong with an order of whose money somebody asked something back, or whose bank did; null when it may be so. `shown`: how
 * many of its cards the buyer has seen. It says less than is said of other orders, and what it says holds in every order of events.
 */
export function complaintAboutRefunds(purchase: Purchase, seen: Seen, shown: number): string | null {
  const sums = complaintAboutSums(purchase, seen);
  if (sums) return sums;
  const { refunds, status } = seen;
  const payments = [...purchase.money]
    .filter(([, { toldIn }]) => toldIn !== null)
    .map(([key, { amountMinor, isForeign, toldIn, givenBackIn }]) => ({
      // What its gateway gave back afterwards at its own desk paid for the order, and a person is told; at the same time, it may have.
      isExact: !isForeign && amountMinor === purchase.totalMinor && (givenBackIn ?? Infinity) >= (toldIn ?? 0),
      isSure: givenBackIn !== toldIn,
      isBack: sumOf(refunds, key, isThrough) === amountMinor,
      isGoing: sumOf(refunds, key, isStanding) === amountMinor,
      wasGoing: sumOf(refunds, key, () => true) >= amountMinor,
    }));
  const exact = payments.filter(({ isExact }) => isExact);
  switch (status) {
    case "refunded":
      if (!payments.some(({ isBack }) => isBack)) return "is refunded, and no payment of it has gone back";
      if (seen.deliveredCards > 0) return `is refunded, and keeps ${seen.deliveredCards} delivered cards`;
      return seen.withdrawnCards >= shown
        ? null
        : `is refunded, and ${seen.withdrawnCards} of ${shown} shown cards are withdrawn`;
    case "refunding":
      return payments.some(({ wasGoing }) => wasGoing) ? null : "is refunding, and nobody asked for all of a payment";
    case "delivered":
    case "paid":
      if (exact.length === 0) return null;
      return exact.every(({ isGoing }) => isGoing) ? `is ${status}, and all of its money goes back` : null;
    default:
      if (exact.some(({ isSure }) => isSure)) return `was paid, and is ${status}`;
      return payments.length > 0 && payments.every(({ isBack }) => isBack)
        ? `is ${status}, and all of its money is back`
        : null;
  }
}

/** One refund as the gateway's till has it. */
export interface Given {
  readonly refundNo: string;
  readonly amountMinor: bigint;
}

/** What is wrong between the rows of a payment's refunds and the till that they were asked of; at rest nothing is on its way. */
export function complaintAboutTill(
  { amountMinor, given }: { readonly amountMinor: bigint; readonly given: readonly Given[] },
  refunds: readonly RefundSeen[],
  { isAtRest }: { readonly isAtRest: boolean },
): string | null {
  const out = given.reduce((sum, one) => sum + one.amountMinor, 0n);
  if (out > amountMinor) return `${out} left the till for a payment of ${amountMinor}`;
  for (const { refundNo, amountMinor: went } of given) {
    const row = refunds.find((one) => one.refundNo === refundNo);
    if (!row) return `${went} left the till for a refund that nobody asked for`;
    if (row.amountMinor !== went) return `${went} left the till for a refund of ${row.amountMinor}`;
    if (row.status === "failed") return "money left the till for a refund that is on record as failed";
    if (isAtRest && row.status !== "succeeded") return `money left the till for a refund that is ${row.status}`;
  }
  const early = refunds.find(
    (row) => row.status === "succeeded" && !given.some(({ refundNo }) => refundNo === row.refundNo),
  );
  return early ? "a refund is on record as through, and nothing left the till" : null;
}
