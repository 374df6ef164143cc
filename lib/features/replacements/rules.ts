import { err, ok, type Result } from "@/lib/kernel/result";

/** When a card is swapped for another one, and why. Pure. */

/** used: somebody had redeemed it before. invalid: it is not accepted. expired: its time was over. wrong: another thing than was sold. */
export const REPLACEMENT_REASONS = ["used", "invalid", "expired", "wrong", "other"] as const;
export type ReplacementReason = (typeof REPLACEMENT_REASONS)[number];

export const REPLACEMENT_STATES = ["waiting", "done", "cancelled"] as const;
export type ReplacementState = (typeof REPLACEMENT_STATES)[number];

/** What was promised: a card that is bad within so many hours of delivery is replaced, so many times. Null: nothing was said. */
export interface Warranty {
  readonly hours: number | null;
  readonly countMax: number | null;
}

const HOUR_MS = 3_600_000;

/** When the promise ends, or null where there is none. */
export const warrantyEnd = (hours: number | null, deliveredAt: Date): Date | null =>
  hours === null ? null : new Date(deliveredAt.getTime() + hours * HOUR_MS);

interface Claim {
  readonly deliveredAt: Date;
  /** How many cards of this kind the order has. */
  readonly quantity: number;
  /** How many of them were replaced already, or wait to be. */
  readonly used: number;
  readonly now: Date;
}

/** Whether the warranty covers one more replacement. Without a promise, as many as the order has cards, at any time. */
export function judgeWarranty(
  { hours, countMax }: Warranty,
  { deliveredAt, quantity, used, now }: Claim,
): Result<null, "warranty_over" | "warranty_used_up"> {
  const end = warrantyEnd(hours, deliveredAt);
  if (end !== null && now >= end) return err("warranty_over");
  return used >= (countMax ?? quantity) ? err("warranty_used_up") : ok(null);
}

/** The share of bad cards among those delivered, in tenths of a percent; null before the first delivery. */
export const badPerMille = (bad: number, delivered: number): number | null =>
  delivered === 0 ? null : Math.round((1_000 * bad) / delivered);
