import { limits } from "@/lib/kernel/limits";
import type { Money } from "@/lib/kernel/money";

/**
 * Gateways that watch a private wallet tell payments apart by their amount: they ask one buyer for 10.00 and the next for 10.01. What
 * the order's own price is compared with is then the price it was opened for; but only while what was really paid lies within
 * a few cents of it. Past that it is what was really paid: whoever opens a thousand orders to push the next one's amount down
 * does not buy for less.
 */
export function judgedAmount(price: Money, paid: Money): Money {
  const shift = paid.amountMinor - price.amountMinor;
  const share = (price.amountMinor * BigInt(limits.amountShiftDownPercentMax)) / 100n;
  const down = share < 1n ? 1n : share;
  const isClose =
    shift <= BigInt(limits.amountShiftMinorMax) && -shift <= down && -shift <= BigInt(limits.amountShiftMinorMax);
  return isClose && paid.amountMinor > 0n ? price : paid;
}
