import { assert } from "./assert";
import { err, ok, type Result } from "./result";

/** How many decimal places the minor unit of a currency has. USDT is counted in millionths. */
const EXPONENTS = { CNY: 2, USD: 2, EUR: 2, HKD: 2, JPY: 0, USDT: 6 } as const;

export type Currency = keyof typeof EXPONENTS;
export const CURRENCIES = Object.keys(EXPONENTS) as Currency[];

/** An amount in minor units (fen, cents) of one currency; never a float. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: Currency;
}

/** Whether a text names a currency this shop can count in. */
export const isCurrency = (text: string): text is Currency => Object.hasOwn(EXPONENTS, text);

export const money = (amountMinor: bigint, currency: Currency): Money => ({ amountMinor, currency });

/** Adds two amounts of one currency; throws on a mix, which is a bug. */
export function add(left: Money, right: Money): Money {
  assert(left.currency === right.currency, "adding two currencies");
  return money(left.amountMinor + right.amountMinor, left.currency);
}

/** Multiplies a unit price by a whole quantity. */
export function multiply(unit: Money, quantity: number): Money {
  assert(Number.isSafeInteger(quantity) && quantity >= 0, "quantity is a whole number");
  return money(unit.amountMinor * BigInt(quantity), unit.currency);
}

/**
 * Reads a decimal amount in exactly the grammar `^(0|[1-9]\d{0,7})(\.\d{1,n})?$`; "1e2", "-1", "1.005", " 1" and
 * full-width digits are refused, never rounded. n is the currency's number of decimal places.
 */
export function parseDecimal(text: string, currency: Currency): Result<Money, "malformed"> {
  const places = EXPONENTS[currency];
  const match = /^(0|[1-9][0-9]{0,7})(?:\.([0-9]+))?$/.exec(text);
  if (!match || match[0] !== text) return err("malformed");
  const fraction = match[2] ?? "";
  if (fraction.length > places) return err("malformed");
  return ok(money(BigInt(match[1] + fraction.padEnd(places, "0")), currency));
}

/** Writes the amount with exactly the currency's decimal places: 1000n CNY is "10.00". */
export function toDecimal({ amountMinor, currency }: Money): string {
  const places = EXPONENTS[currency];
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(places + 1, "0");
  const sign = amountMinor < 0n ? "-" : "";
  const whole = digits.slice(0, digits.length - places);
  return places === 0 ? sign + whole : `${sign}${whole}.${digits.slice(digits.length - places)}`;
}
