import { createDecipheriv, type KeyObject } from "node:crypto";
import { isCurrency, type Money, money } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { isSignedByRsa, signRsa } from "../rsa";
import { isSignedNow } from "../signed-time";
import type { WechatConfig } from "./settings";

export const SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048";
const TAG_BYTES = 16;

export interface SignedParts {
  readonly method: "GET" | "POST";
  /** The path with its query, as it goes over the wire. */
  readonly path: string;
  readonly body: string;
  readonly unixSeconds: number;
  readonly nonce: string;
}

/** What a request signs; the body of a GET is empty. */
export const requestText = ({ method, path, body, unixSeconds, nonce }: SignedParts): string =>
  `${method}\n${path}\n${unixSeconds}\n${nonce}\n${body}\n`;

/** The header by which WeChat Pay knows us. */
export function authorizationOf(
  parts: SignedParts,
  { mchid, merchantSerial, privateKey }: Pick<WechatConfig, "mchid" | "merchantSerial" | "privateKey">,
): string {
  const signature = signRsa(requestText(parts), privateKey);
  const { nonce, unixSeconds } = parts;
  return `${SIGNATURE_TYPE} mchid="${mchid}",nonce_str="${nonce}",timestamp="${unixSeconds}",serial_no="${merchantSerial}",signature="${signature}"`;
}

/** What WeChat Pay puts beside a reply or a notice. */
export interface WechatSeal {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly serial: string;
}

/** Whether WeChat Pay wrote these bytes, and now: time, then key, then signature. */
export function checkSeal(
  { timestamp, nonce, signature, serial }: WechatSeal,
  body: Uint8Array,
  { verifiers, now }: { verifiers: ReadonlyMap<string, KeyObject>; now: number },
): Result<null, "stale" | "unknown_key" | "bad_signature"> {
  if (!isSignedNow(timestamp, now)) return err("stale");
  const key = verifiers.get(serial);
  if (!key) return err("unknown_key");
  const text = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from("\n")]);
  return isSignedByRsa(text, signature, key) ? ok(null) : err("bad_signature");
}

export interface SealedResource {
  readonly ciphertext: string;
  readonly nonce: string;
  readonly associated_data?: string | undefined;
}

/** Opens what WeChat Pay sealed with the APIv3 key; null unless the tag proves every byte of it. */
export function openResource(
  { ciphertext, nonce, associated_data = "" }: SealedResource,
  apiV3Key: Secret,
): string | null {
  const sealed = Buffer.from(ciphertext, "base64");
  if (sealed.length <= TAG_BYTES || Buffer.byteLength(nonce) === 0) return null;
  try {
    const key = Buffer.from(apiV3Key.reveal());
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    decipher.setAAD(Buffer.from(associated_data));
    const opened = Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]);
    return opened.toString("utf8");
  } catch {
    return null;
  }
}

/** "2026-11-20T18:10:00+08:00"; seconds are cut, never rounded past a deadline. */
export const shanghaiInstant = (ms: number): string =>
  `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;

/** WeChat Pay counts fen in whole numbers; anything else is no amount. */
export function readFen(total: unknown, currency: unknown): Result<Money, "malformed"> {
  if (typeof total !== "number" || !Number.isSafeInteger(total) || total < 0) return err("malformed");
  return typeof currency === "string" && isCurrency(currency) ? ok(money(BigInt(total), currency)) : err("malformed");
}

export const OUT_TRADE_NO = /^[0-9A-Za-z_\-|*]{6,32}$/;
export const TRANSACTION_ID = /^[0-9A-Za-z]{1,64}$/;
export const REFUND_NO = /^[0-9A-Za-z_\-|*@]{1,64}$/;
