import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "@/lib/kernel/secret";
import type { Pair } from "../port";

/** Ours, as every gateway takes it; nothing else in `client_reference_id` is a payment of this shop. */
export const OUT_TRADE_NO = /^[A-Za-z0-9]{16,32}$/;
export const REFUND_NO = /^[A-Za-z0-9_-]{1,64}$/;
export const SESSION_ID = /^cs_[A-Za-z0-9_]{1,250}$/;
export const INTENT_ID = /^pi_[A-Za-z0-9_]{1,250}$/;

const HEADER_LETTERS_MAX = 4_096;
const SIGNATURES_MAX = 16;

/** `Stripe-Signature`, taken apart: when it was signed, in Unix seconds, and every v1 signature. */
export interface SignatureHeader {
  readonly timestamp: string;
  readonly signatures: readonly string[];
}

/**
 * Reads `t=…,v1=…[,v1=…][,v0=…]`; null when there is not exactly one time or no v1. Several v1 are Stripe's way of changing a
 * secret; v0 is its way of testing that nobody believes v0.
 */
export function readSignatureHeader(header: string): SignatureHeader | null {
  if (header.length > HEADER_LETTERS_MAX) return null;
  const items = header.split(",").map((item) => /^\s*([a-z0-9]+)=([^\s,]*)\s*$/.exec(item));
  const valuesOf = (name: string) => items.flatMap((item) => (item?.[1] === name ? [item[2] ?? ""] : []));
  const [times, signatures] = [valuesOf("t"), valuesOf("v1")];
  const [timestamp] = times;
  if (times.length !== 1 || timestamp === undefined || !/^[0-9]{1,12}$/.test(timestamp)) return null;
  return signatures.length === 0 || signatures.length > SIGNATURES_MAX ? null : { timestamp, signatures };
}

/** Stripe's signature: lower-case hexadecimal HMAC-SHA256 over the time, a dot, and the bytes that were sent. */
export const signatureOf = (timestamp: string, body: Uint8Array, secret: Secret): string =>
  createHmac("sha256", secret.reveal()).update(`${timestamp}.`).update(body).digest("hex");

/** Whether one of the signatures was made with one of our secrets. Compared in constant time, all of them. */
export function isSignedByStripe(
  { timestamp, signatures }: SignatureHeader,
  body: Uint8Array,
  secrets: readonly Secret[],
): boolean {
  const given = signatures.filter((text) => /^[0-9a-f]{64}$/.test(text)).map((text) => Buffer.from(text, "latin1"));
  let isSigned = false;
  for (const secret of secrets) {
    const wanted = Buffer.from(signatureOf(timestamp, body, secret), "latin1");
    for (const signature of given) isSigned = timingSafeEqual(signature, wanted) || isSigned;
  }
  return isSigned;
}

/** A form as Stripe reads it: names with brackets, every value a text. */
export const formOf = (pairs: readonly Pair[]): string =>
  new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();
