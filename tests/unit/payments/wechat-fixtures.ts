import { createCipheriv, createPrivateKey } from "node:crypto";
import type { Pair, RawHttp } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { signRsa } from "@/lib/features/payments/gateways/rsa";
import { readWechatSettings } from "@/lib/features/payments/gateways/wechat/settings";
import vectors from "@/tests/fixtures/payment-vectors.json";

export { vectors };

const { wechat, keys } = vectors;

export const SETTINGS = {
  mchid: wechat.mchid,
  appid: "wxd678efh567hg6787",
  merchantSerial: wechat.merchantSerial,
  privateKey: keys.merchant.privatePkcs8DerBase64,
  apiV3Key: wechat.apiV3Key,
  publicKeyId: wechat.publicKeyId,
  publicKey: keys.platform.publicSpkiPem,
  products: ["native", "h5"],
};

function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

const keyOf = (der: string) => createPrivateKey({ key: Buffer.from(der, "base64"), format: "der", type: "pkcs8" });
export const platformKey = keyOf(keys.platform.privatePkcs8DerBase64);
export const merchantKey = keyOf(keys.merchant.privatePkcs8DerBase64);
export const config = must(readWechatSettings(SETTINGS));
export const account = must(gatewayOf("wechat").openAccount(SETTINGS));

/** The second at which the notices of the vectors were signed, in milliseconds. */
export const NOW = Number(wechat.notifyPaid.headers["Wechatpay-Timestamp"]) * 1_000;

export const PAID: Record<string, unknown> = JSON.parse(wechat.notifyPaid.plaintext);
export const REFUNDED: Record<string, unknown> = JSON.parse(wechat.notifyRefund.plaintext);

export function seal(plaintext: string, { key = wechat.apiV3Key, nonce = "fdasfjihihih", aad = "transaction" } = {}) {
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key), Buffer.from(nonce)).setAAD(Buffer.from(aad));
  const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: "AEAD_AES_256_GCM",
    ciphertext: sealed.toString("base64"),
    associated_data: aad,
    nonce,
    original_type: "transaction",
  };
}

export const event = (content: object, type = "TRANSACTION.SUCCESS"): string =>
  JSON.stringify({
    id: "EV-1",
    create_time: "2026-11-20T18:00:11+08:00",
    resource_type: "encrypt-resource",
    event_type: type,
    summary: "支付成功",
    resource: seal(JSON.stringify(content)),
  });

/** A notice signed by WeChat Pay's key, whatever it says. */
export function notice(
  body: string,
  {
    key = platformKey,
    serial = wechat.publicKeyId,
    at = NOW,
    headers = {},
  }: { key?: typeof platformKey; serial?: string; at?: number; headers?: Record<string, string> } = {},
): RawHttp {
  const timestamp = `${Math.floor(at / 1_000)}`;
  const signed: Record<string, string> = {
    "content-type": "application/json",
    "wechatpay-timestamp": timestamp,
    "wechatpay-nonce": "nonce1",
    "wechatpay-serial": serial,
    "wechatpay-signature-type": "WECHATPAY2-SHA256-RSA2048",
    "wechatpay-signature": signRsa(`${timestamp}\nnonce1\n${body}\n`, key),
    ...headers,
  };
  const pairs: Pair[] = Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]);
  return { method: "POST", query: [], headers: pairs, body: new TextEncoder().encode(body) };
}

/** A notice as a vector has it. */
export const vectorNotice = ({ headers, body }: { headers: Record<string, string>; body: string }): RawHttp => ({
  method: "POST",
  query: [],
  headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  body: new TextEncoder().encode(body),
});
