import { CURRENCIES, type Currency } from "@/lib/kernel/money";

const DIGITS_MAX = 15;
const ZERO = 48;
const NINE = 57;

/**
 * Reads a decimal text as a whole number of its last place: `scaled("-3.00", 2)` is -300. Null for anything but an optional sign,
 * digits, and a dot with at most so many digits behind it: nothing is rounded, and nothing is too large to be exact.
 */
export function scaled(text: string, places: number): number | null {
  let at = 0;
  const first = text.charCodeAt(0);
  const isNegative = first === 45;
  if (isNegative || first === 43) at = 1;
  let [value, digits, behind] = [0, 0, -1];
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46 && behind < 0 && digits > 0) {
      behind = 0;
      continue;
    }
    if (code < ZERO || code > NINE) return null;
    value = value * 10 + (code - ZERO);
    digits += 1;
    if (behind >= 0) behind += 1;
  }
  if (digits === 0 || behind === 0 || behind > places) return null;
  const missing = places - Math.max(0, behind);
  if (digits + missing > DIGITS_MAX) return null;
  for (let place = 0; place < missing; place += 1) value *= 10;
  return isNegative ? -value : value;
}

/** The way back: `decimalOf(-300n, 2)` is "-3.00". */
export function decimalOf(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const sign = value < 0n ? "-" : "";
  const cut = digits.length - places;
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

/** Adds millions of whole numbers exactly, at the speed of small ones. */
export class ExactSum {
  #small = 0;
  #large = 0n;
  add(value: number): void {
    this.#small += value;
    if (this.#small > 4e15 || this.#small < -4e15) this.#flush();
  }
  get value(): bigint {
    this.#flush();
    return this.#large;
  }
  #flush(): void {
    this.#large += BigInt(this.#small);
    this.#small = 0;
  }
}

/** How many places an amount of this currency has in a statement. */
const PLACES = { CNY: 2, USD: 2, EUR: 2, HKD: 2, JPY: 0, USDT: 6 } as const satisfies Record<Currency, number>;
export const placesOf = (currency: Currency): number => PLACES[currency];

const CODES = new Set<string>(CURRENCIES);
/** The currency that a code in any letters names, or null when the shop does not count in it. */
export function currencyOf(code: string): Currency | null {
  const upper = code.trim().toUpperCase();
  return CODES.has(upper) ? (upper as Currency) : null;
}

/** A fee as a decimal text, with the other sign where the statement writes costs as negative; null when it is none. */
export function feeOf(
  text: string,
  { isCostNegative = false }: { readonly isCostNegative?: boolean } = {},
): string | null {
  if (scaled(text, 8) === null) return null;
  const plain = text.startsWith("+") ? text.slice(1) : text;
  if (!isCostNegative) return plain;
  if (plain.startsWith("-")) return plain.slice(1);
  return /[1-9]/.test(plain) ? `-${plain}` : plain;
}
