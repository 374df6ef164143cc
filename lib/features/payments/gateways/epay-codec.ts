import { hash, timingSafeEqual } from "node:crypto";
import type { Pair } from "./port";

/** What PHP's trim() removes. JavaScript's removes more, and would drop fields that the gateway signed. */
const PHP_BLANKS = " \t\n\r\0\v";
const isBlank = (value: string): boolean => {
  for (const letter of value) if (!PHP_BLANKS.includes(letter)) return false;
  return true;
};

const SURROGATE = /[\ud800-\udfff]/;
/** UTF-16's order is that of the bytes, but for letters past the first plane. */
function byBytes(left: string, right: string): number {
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : Number(left > right);
}

/** The text that EPay v1 signs: fields that are not blank, in byte order of their names, values raw. */
export const canonicalText = (pairs: readonly Pair[]): string =>
  pairs
    .filter(([name, value]) => name !== "sign" && name !== "sign_type" && !isBlank(value))
    .sort(([left], [right]) => byBytes(left, right))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");

/** EPay v1's signature: lower-case hexadecimal MD5 of the canonical text with the key right behind it. */
export const signatureOf = (pairs: readonly Pair[], key: string): string =>
  hash("md5", canonicalText(pairs) + key, "hex");

/** Compares in constant time. Upper case is refused, as the gateway itself does; `sign_type` is never consulted. */
export function isSignedBy(pairs: readonly Pair[], sign: string, key: string): boolean {
  if (!/^[0-9a-f]{32}$/.test(sign)) return false;
  return timingSafeEqual(Buffer.from(sign, "latin1"), Buffer.from(signatureOf(pairs, key), "latin1"));
}

/** The pairs with their signature behind them, in the order given. */
export const withSignature = (pairs: readonly Pair[], key: string): Pair[] => [
  ...pairs,
  ["sign", signatureOf(pairs, key)],
  ["sign_type", "MD5"],
];

/** `[A-Za-z0-9._-|]`: no letter of it can shift the border between two signed fields. */
export const OUT_TRADE_NO = /^[A-Za-z0-9._\-|]{1,150}$/;
export const GATEWAY_TRADE_NO = /^[A-Za-z0-9._\-|]{1,128}$/;
export const METHOD = /^[a-z0-9._-]{1,32}$/;
