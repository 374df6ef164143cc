/** Whether money may go back, and by which way. Pure. */
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Refunds } from "./gateways/port";
import type { RefundedPayment } from "./refunds";

/** The ways an admin may choose from, in the order of the form. `source`: its gateway is told. `by_hand`: it went back elsewhere. `balance`: into the buyer's wallet. */
export const REFUND_WAYS = ["source", "by_hand", "balance"] as const;
export type RefundWay = (typeof REFUND_WAYS)[number];

/** What may be asked of one payment, as its gateway can be asked. */
export interface WaysBack {
  readonly leftMinor: bigint;
  /** Null where its gateway can be told to give back; else why it cannot. */
  readonly sourceRefusal: "by_hand_only" | "gateway_unavailable" | null;
  /** Whether the gateway gives back a part; by hand any part goes. */
  readonly isPartialPossible: boolean;
}

/** How a payment can be given back; `refunds` undefined: its gateway gives nothing back; null: its account is gone. */
export function waysBackOf(
  payment: Pick<RefundedPayment, "amountMinor" | "givenMinor" | "isReturnedBySource">,
  refunds: Refunds | undefined | null,
): WaysBack {
  const leftMinor = payment.amountMinor - payment.givenMinor;
  const ways = { leftMinor, isPartialPossible: refunds?.isPartialPossible ?? false };
  if (refunds === null) return { ...ways, sourceRefusal: "gateway_unavailable" };
  if (!refunds) return { ...ways, sourceRefusal: "by_hand_only" };
  // Asked about a second one, such a gateway would tell of the first; and one that gives back all or nothing cannot give the rest.
  const isSpent = !refunds.isIdempotent && payment.isReturnedBySource;
  const isRest = !refunds.isPartialPossible && leftMinor !== payment.amountMinor;
  return { ...ways, sourceRefusal: isSpent || isRest ? "by_hand_only" : null };
}

export interface WantedRefund {
  /** Null: all that has not been given back. */
  readonly amountMinor: bigint | null;
  readonly method: RefundWay;
}

export type WantedRefusal =
  | "disputed"
  | "refund_under_way"
  | "nothing_left"
  | "amount_out_of_range"
  | "by_hand_only"
  | "gateway_unavailable";

/** The amount that goes back, or why it does not: by what was given back before, by its gateway, and by whether a bank decides about it. */
export function judgeWanted(
  payment: RefundedPayment,
  wanted: WantedRefund,
  { refunds, isInDispute }: { refunds: Refunds | undefined | null; isInDispute: boolean },
): Result<bigint, WantedRefusal> {
  if (isInDispute) return err("disputed");
  if (payment.isUnderWay) return err("refund_under_way");
  const ways = waysBackOf(payment, refunds);
  if (ways.leftMinor === 0n) return err("nothing_left");
  const amountMinor = wanted.amountMinor ?? ways.leftMinor;
  if (amountMinor <= 0n || amountMinor > ways.leftMinor) return err("amount_out_of_range");
  if (wanted.method !== "source") return ok(amountMinor);
  if (ways.sourceRefusal) return err(ways.sourceRefusal);
  const isPart = amountMinor !== payment.amountMinor;
  return isPart && !ways.isPartialPossible ? err("by_hand_only") : ok(amountMinor);
}
