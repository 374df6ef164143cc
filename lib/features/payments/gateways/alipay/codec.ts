import { type Money, parseDecimal } from "@/lib/kernel/money";
import { err, type Result } from "@/lib/kernel/result";
import { canonicalPairs, isPhpBlank } from "../canonical-pairs";
import type { Pair } from "../port";
import { isSignedByRsa, signRsa } from "../rsa";
import type { AlipayConfig } from "./settings";

const SHANGHAI_MS = 8 * 3_600_000;

/** "2026-11-20 18:00:00": Alipay's times are Shanghai's, whatever zone this machine is in. Seconds are cut, never rounded up. */
export const shanghaiTime = (ms: number): string =>
  new Date(ms + SHANGHAI_MS).toISOString().slice(0, 19).replace("T", " ");

/** What a request signs: every parameter but the signature, `sign_type` among them. */
export const requestText = (pairs: readonly Pair[]): string =>
  canonicalPairs(pairs, (name, value) => name !== "sign" && !isPhpBlank(value));

/** A request's parameters, signed. */
export function signedRequest(
  { method, content, notifyUrl, returnUrl, now }: AlipayRequest,
  config: AlipayConfig,
): readonly Pair[] {
  const pairs: Pair[] = [
    ["app_id", config.appId],
    ["method", method],
    ["format", "JSON"],
    ["charset", "utf-8"],
    ["sign_type", "RSA2"],
    ["timestamp", shanghaiTime(now)],
    ["version", "1.0"],
    ...(notifyUrl === undefined ? [] : [["notify_url", notifyUrl] as const]),
    ...(returnUrl === undefined ? [] : [["return_url", returnUrl] as const]),
    ...(config.serials
      ? ([
          ["app_cert_sn", config.serials.app],
          ["alipay_root_cert_sn", config.serials.root],
        ] as const)
      : []),
    ["biz_content", JSON.stringify(content)],
  ];
  return [...pairs, ["sign", signRsa(requestText(pairs), config.privateKey)]];
}

export interface AlipayRequest {
  readonly method: string;
  readonly content: Readonly<Record<string, string>>;
  readonly notifyUrl?: string;
  readonly returnUrl?: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Whether Alipay signed this notice. Its own kits disagree about blank values, so they are tried kept, then left out:
 * a blank field must therefore never mean anything.
 */
export function isNoticeSigned(pairs: readonly Pair[], sign: string, { alipayKey }: Pick<AlipayConfig, "alipayKey">) {
  const isSigned = (name: string) => name !== "sign" && name !== "sign_type";
  if (isSignedByRsa(canonicalPairs(pairs, isSigned), sign, alipayKey)) return true;
  if (!pairs.some(([, value]) => isPhpBlank(value))) return false;
  const text = canonicalPairs(pairs, (name, value) => isSigned(name) && !isPhpBlank(value));
  return isSignedByRsa(text, sign, alipayKey);
}

/** Yuan as Alipay writes them: "9.90". */
export const readYuan = (text: string | undefined): Result<Money, "malformed"> =>
  text === undefined ? err("malformed") : parseDecimal(text, "CNY");

export const OUT_TRADE_NO = /^[A-Za-z0-9_-]{1,64}$/;
export const TRADE_NO = /^[A-Za-z0-9]{1,64}$/;
/** A refund's number is ours, or one that Alipay's own desk made. */
export const REFUND_NO = /^[A-Za-z0-9_-]{1,64}$/;
