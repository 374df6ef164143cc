/** What moves a buyer's balance. Pure: no clock, no I/O, no framework. */
import { limits } from "@/lib/kernel/limits";
import { type Money, money, parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";

export type MovementKind = "payment" | "refund" | "adjustment";

/** The house's book that stands against the buyer's side of a movement. */
export const BOOKS = { payment: "sales", refund: "refunds", adjustment: "adjustments" } as const satisfies Record<
  MovementKind,
  string
>;

/** The two sides of a movement: what the buyer gets is what the house gives. */
export const sidesOf = (kind: MovementKind, amountMinor: bigint) =>
  [
    { side: "buyer", book: "buyers", amountMinor },
    { side: "house", book: BOOKS[kind], amountMinor: -amountMinor },
  ] as const;

/** Whether one admin's word is not enough to give or to take so much. */
export const needsTwoNames = ({ amountMinor, currency }: Money): boolean =>
  (amountMinor < 0n ? -amountMinor : amountMinor) > limits.aloneMinorMax[currency];

/** An amount with a sign, as an admin types it: "-5.00" takes, "5.00" gives. Nothing is refused. */
export function parseSigned(text: string, currency: Money["currency"]): Result<Money, "amount_malformed"> {
  const isTaken = text.startsWith("-");
  const parsed = parseDecimal(isTaken ? text.slice(1) : text, currency);
  if (!parsed.ok || parsed.value.amountMinor === 0n) return err("amount_malformed");
  return ok(isTaken ? money(-parsed.value.amountMinor, currency) : parsed.value);
}
