import { crc32 } from "node:zlib";
import { type Currency, isCurrency, type Money, parseDecimal, toDecimal } from "@/lib/kernel/money";
import type { Pair } from "../port";

/** Ours, as every gateway takes it; nothing else in `custom_id` is a payment of this shop. */
export const OUT_TRADE_NO = /^[A-Za-z0-9]{16,32}$/;
/** Ours too, and never of an attempt's shape: no hexadecimal number begins with K. */
export const REFUND_NO = /^(?!K)[A-Za-z0-9_-]{1,64}$/;
/** Orders, captures and refunds have numbers of one shape; only asking tells which is which. */
export const PAYPAL_ID = /^[A-Z0-9]{4,36}$/;

/** CNY is for PayPal's Chinese accounts among themselves. */
export const PAYPAL_CURRENCIES = ["USD", "EUR", "HKD", "JPY"] as const satisfies readonly Currency[];

/** What a notice says about its own signature. */
export interface Transmission {
  readonly id: string;
  readonly time: string;
  readonly signature: string;
  readonly certificateUrl: string;
}

const NAMES = ["id", "time", "sig"] as const;

/** The five headers, each there once and in its grammar; null otherwise. The algorithm is pinned, not chosen by the sender. */
export function readTransmission(headers: readonly Pair[]): Transmission | null {
  const single = (name: string): string | null => {
    const [value, ...others] = headers.filter(([header]) => header === name).map(([, text]) => text);
    return value === undefined || others.length > 0 || value.length > 2_048 ? null : value;
  };
  const [id, time, signature] = NAMES.map((name) => single(`paypal-transmission-${name}`));
  const certificateUrl = single("paypal-cert-url");
  if (!id || !time || !signature || !certificateUrl || single("paypal-auth-algo") !== "SHA256withRSA") return null;
  // The signed text has no escapes: a bar inside a field would shift the border between two of them.
  if (!/^[A-Za-z0-9-]{8,64}$/.test(id) || Number.isNaN(timeOf(time))) return null;
  return { id, time, signature, certificateUrl };
}

/** Unix milliseconds of "2026-11-20T10:00:00Z"; NaN for any other text. */
export const timeOf = (text: string): number =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(text) ? Date.parse(text) : Number.NaN;

/** What PayPal signs: two of the headers, our webhook's number, and the checksum of the bytes that were sent, in decimal. */
export const signedText = (
  { id, time }: Pick<Transmission, "id" | "time">,
  webhookId: string,
  body: Uint8Array,
): string => `${id}|${time}|${webhookId}|${crc32(body)}`;

/** An amount as PayPal writes it, or null where it is none that the shop can count. */
export function readAmount(amount: { currency_code: string; value: string } | null | undefined): Money | null {
  if (!amount || !isCurrency(amount.currency_code) || amount.currency_code === "USDT") return null;
  // PayPal writes yen with decimal places where others of its systems do.
  const text = amount.currency_code === "JPY" ? amount.value.replace(/\.00?$/, "") : amount.value;
  const read = parseDecimal(text, amount.currency_code);
  return read.ok ? read.value : null;
}

export const writeAmount = (amount: Money): { currency_code: string; value: string } => ({
  currency_code: amount.currency,
  value: toDecimal(amount),
});
