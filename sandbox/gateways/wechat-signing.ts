import { createCipheriv, createSign, createVerify, type KeyObject, randomBytes } from "node:crypto";

export const sha256Rsa = (text: string, key: KeyObject): string =>
  createSign("RSA-SHA256").update(text, "utf8").sign(key, "base64");

export interface Signer {
  readonly key: KeyObject;
  /** The id of the public key, or the serial number of the certificate. */
  readonly serial: string;
  readonly now: () => number;
}

/** The headers that WeChat Pay puts beside what it says. */
export function sealHeaders(body: string, { key, serial, now }: Signer): Record<string, string> {
  const timestamp = `${Math.floor(now() / 1_000)}`;
  const nonce = randomBytes(16).toString("hex");
  return {
    "Wechatpay-Timestamp": timestamp,
    "Wechatpay-Nonce": nonce,
    "Wechatpay-Serial": serial,
    "Wechatpay-Signature": sha256Rsa(`${timestamp}\n${nonce}\n${body}\n`, key),
    "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
  };
}

/** The fields of an Authorization header, or null when it is none of WeChat Pay's. */
function fieldsOf(header: string): Record<string, string> | null {
  const scheme = "WECHATPAY2-SHA256-RSA2048 ";
  if (!header.startsWith(scheme)) return null;
  return Object.fromEntries(
    [...header.slice(scheme.length).matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
}

/** Whether the merchant signed this request, as WeChat Pay would say it: an empty text is a yes. */
export function problemOf(
  request: { method: string; path: string; body: string; authorization: string },
  merchant: { mchid: string; serial: string; key: KeyObject; now: () => number },
): string {
  const fields = fieldsOf(request.authorization);
  if (!fields) return "Http头Authorization值格式错误";
  if (fields.mchid !== merchant.mchid) return "商户号不存在";
  if (fields.serial_no !== merchant.serial) return "商户证书序列号有误";
  if (!(Math.abs(merchant.now() / 1_000 - Number(fields.timestamp)) <= 300))
    return "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟";
  const text = `${request.method}\n${request.path}\n${fields.timestamp}\n${fields.nonce_str}\n${request.body}\n`;
  const isSigned = createVerify("RSA-SHA256")
    .update(text, "utf8")
    .verify(merchant.key, fields.signature ?? "", "base64");
  return isSigned ? "" : "错误的签名，验签失败";
}

/** What a notice holds, sealed with the key of 32 letters. */
export function sealedResource(content: object, apiV3Key: string, type: string) {
  const nonce = randomBytes(6).toString("hex");
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(apiV3Key), Buffer.from(nonce)).setAAD(Buffer.from(type));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), "utf8"), cipher.final(), cipher.getAuthTag()]);
  return {
    original_type: type,
    algorithm: "AEAD_AES_256_GCM",
    ciphertext: sealed.toString("base64"),
    associated_data: type,
    nonce,
  };
}

export const shanghaiInstant = (ms: number): string =>
  `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
