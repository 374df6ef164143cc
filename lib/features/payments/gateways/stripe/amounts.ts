import { type Currency, isCurrency, type Money, money } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";

/**
 * How Stripe counts a currency: `unitsPerMinor` of its units are one of our minor units, and below `least` (our minor units) it
 * takes no payment. The unit is not always the ISO one: krónur and Ugandan shillings have no cents and are sent in hundredths,
 * dinars have three places of which the last must be 0, BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF are
 * sent whole. A currency that the shop learns must be entered here by hand; the compiler asks for it.
 */
const UNITS = {
  CNY: { unitsPerMinor: 1n, least: 1n },
  USD: { unitsPerMinor: 1n, least: 50n },
  EUR: { unitsPerMinor: 1n, least: 50n },
  HKD: { unitsPerMinor: 1n, least: 400n },
  JPY: { unitsPerMinor: 1n, least: 50n },
} as const satisfies Record<Exclude<Currency, "USDT">, { unitsPerMinor: bigint; least: bigint }>;

export const STRIPE_CURRENCIES = Object.keys(UNITS) as (keyof typeof UNITS)[];

/** Stripe's largest amount has eight digits. */
const UNITS_MAX = 99_999_999n;

/** An amount as Stripe is asked for it. */
export interface StripeAmount {
  /** In lower case, as Stripe writes it. */
  readonly currency: string;
  readonly units: bigint;
}

/** What Stripe is to be asked for; refused when it takes no payment of that currency or size. */
export function toStripeAmount({
  amountMinor,
  currency,
}: Money): Result<StripeAmount, "currency_unsupported" | "amount_out_of_range"> {
  if (currency === "USDT") return err("currency_unsupported");
  const { unitsPerMinor, least } = UNITS[currency];
  const units = amountMinor * unitsPerMinor;
  if (amountMinor < least || units > UNITS_MAX) return err("amount_out_of_range");
  return ok({ currency: currency.toLowerCase(), units });
}

/** A refund may be smaller than the least payment. */
export const toStripeUnits = ({ amountMinor, currency }: Money): bigint | null =>
  currency === "USDT" ? null : amountMinor * UNITS[currency].unitsPerMinor;

/** Reads Stripe's whole number of units; null for a currency the shop cannot count in, or a part of a minor unit. */
export function fromStripe(units: number, currency: string): Money | null {
  const code = currency.toUpperCase();
  if (!isCurrency(code) || code === "USDT" || !Number.isSafeInteger(units)) return null;
  const { unitsPerMinor } = UNITS[code];
  const exact = BigInt(units);
  return exact % unitsPerMinor === 0n ? money(exact / unitsPerMinor, code) : null;
}
