import { type Currency, parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";

/** One wish for many prices: a price, some more or less, or a share more or less in hundredths of a percent. */
export type PriceChange =
  | { readonly kind: "keep" }
  | { readonly kind: "set" | "raise" | "lower"; readonly decimal: string }
  | { readonly kind: "scale"; readonly basisPoints: bigint };

const WHOLE = 10_000n;

/** Reads "12.50", "+1.00", "-0.5", "+5%" or "-12.25%"; anything else is malformed, and nothing is rounded on the way in. */
export function readPriceChange(text: string): Result<PriceChange, "price_malformed"> {
  const plain = text.trim().normalize("NFKC").replace(/^[−–]/, "-");
  if (plain === "") return ok({ kind: "keep" });
  const share = /^([+-])(\d{1,3})(?:\.(\d{1,2}))?%$/.exec(plain);
  if (share) {
    const points = BigInt(share[2] as string) * 100n + BigInt((share[3] ?? "").padEnd(2, "0"));
    return ok({ kind: "scale", basisPoints: share[1] === "-" ? -points : points });
  }
  const amount = /^([+-]?)(\d{1,10}(?:\.\d{1,6})?)$/.exec(plain);
  if (!amount) return err("price_malformed");
  const kind = amount[1] === "+" ? "raise" : amount[1] === "-" ? "lower" : "set";
  return ok({ kind, decimal: amount[2] as string });
}

/** The price after a change, rounded half up to the currency's last place; one that is not above zero is refused. */
export function changePrice(
  change: PriceChange,
  priceMinor: bigint,
  currency: Currency,
): Result<bigint, "price_malformed"> {
  const after = priceAfter(change, priceMinor, currency);
  return after !== null && after > 0n && after <= PRICE_MINOR_MAX ? ok(after) : err("price_malformed");
}

const PRICE_MINOR_MAX = 1_000_000_000_000n;

function priceAfter(change: PriceChange, priceMinor: bigint, currency: Currency): bigint | null {
  if (change.kind === "keep") return priceMinor;
  if (change.kind === "scale") return (priceMinor * (WHOLE + change.basisPoints) + WHOLE / 2n) / WHOLE;
  const amount = parseDecimal(change.decimal, currency);
  if (!amount.ok) return null;
  if (change.kind === "set") return amount.value.amountMinor;
  return priceMinor + (change.kind === "raise" ? amount.value.amountMinor : -amount.value.amountMinor);
}
