import { hash, timingSafeEqual } from "node:crypto";
import { type Money, toDecimal } from "@/lib/kernel/money";

/** Our number: capitals, digits and a hyphen, so that the word behind it (`PARAM`) cannot be taken for a part of it. */
export const PAY_ID = /^[A-Z0-9-]{1,40}$/;
/** Stands between our number and the rest of what is signed, since the protocol itself puts nothing there. */
export const PARAM = "kapu";
export const TYPES = { wxpay: "1", alipay: "2" } as const;
export type VmqMethod = keyof typeof TYPES;
export const ORDER_ID = /^[0-9]{10,40}$/;
/** A number as PHP or Java prints one; whether it is an amount is asked after the signature. */
export const NUMBER = /^[0-9]{1,9}(\.[0-9]{1,4})?$/;

/** V免签's signature: lower-case MD5 of the values one behind the other, the key last, with nothing between them. */
export const vmqSignature = (values: readonly string[], key: string): string =>
  hash("md5", values.join("") + key, "hex");

/** Compares in constant time. The values must have been held to their grammars before: without them borders can be shifted. */
export function isVmqSigned(values: readonly string[], sign: string, key: string): boolean {
  if (!/^[0-9a-f]{32}$/.test(sign)) return false;
  return timingSafeEqual(Buffer.from(sign, "latin1"), Buffer.from(vmqSignature(values, key), "latin1"));
}

/** An amount as Java prints a double, "12.5" and "10.0": the Java server signs what it parsed, the PHP one what it got, and this is both. */
export const vmqPrice = (amount: Money): string => toDecimal(amount).replace(/0$/, "");

/** The name of a type by its number there, or null. */
export const methodOf = (type: string): VmqMethod | null =>
  (Object.keys(TYPES) as VmqMethod[]).find((method) => TYPES[method] === type) ?? null;
