import { hash, timingSafeEqual } from "node:crypto";
import { canonicalPairs, isPhpBlank } from "../canonical-pairs";
import type { Pair } from "../port";

/** The text that EPay v1 signs: fields that are not blank, in byte order of their names, values raw. */
export const canonicalText = (pairs: readonly Pair[]): string =>
  canonicalPairs(pairs, (name, value) => name !== "sign" && name !== "sign_type" && !isPhpBlank(value));

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
