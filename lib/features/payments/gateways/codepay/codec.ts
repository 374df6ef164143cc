import { hash, timingSafeEqual } from "node:crypto";
import { canonicalPairs } from "../canonical-pairs";
import type { Pair } from "../port";

export const TYPES = { alipay: "1", qqpay: "2", wxpay: "3" } as const;
export type CodepayMethod = keyof typeof TYPES;
/** No letter of these can shift the border between two signed fields. */
export const PAY_ID = /^[A-Za-z0-9-]{1,40}$/;
export const PAY_NO = /^[A-Za-z0-9._-]{1,64}$/;

/** What 码支付 signs: every field but `sign` that is not empty, in order of names. Unlike EPay it keeps blanks, and `sign_type`. */
export const codepayText = (pairs: readonly Pair[]): string =>
  canonicalPairs(pairs, (name, value) => name !== "sign" && value !== "");

/** Lower-case MD5 of that text with the key right behind it. */
export const codepaySignature = (pairs: readonly Pair[], key: string): string =>
  hash("md5", codepayText(pairs) + key, "hex");

/** Compares in constant time. */
export function isCodepaySigned(pairs: readonly Pair[], sign: string, key: string): boolean {
  if (!/^[0-9a-f]{32}$/.test(sign)) return false;
  return timingSafeEqual(Buffer.from(sign, "latin1"), Buffer.from(codepaySignature(pairs, key), "latin1"));
}

/** The name of a type by its number there, or null. */
export const methodOf = (type: string): CodepayMethod | null =>
  (Object.keys(TYPES) as CodepayMethod[]).find((method) => TYPES[method] === type) ?? null;
