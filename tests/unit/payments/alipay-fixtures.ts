import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { readAlipaySettings } from "@/lib/features/payments/gateways/alipay/settings";
import { canonicalPairs, isPhpBlank } from "@/lib/features/payments/gateways/canonical-pairs";
import type { Pair, RawHttp } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { signRsa } from "@/lib/features/payments/gateways/rsa";
import vectors from "@/tests/fixtures/payment-vectors.json";

export { vectors };

const file = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, "../../fixtures/alipay", name), "utf8");
export const CERTIFICATES = {
  appCertificate: file("application.pem"),
  alipayCertificate: file("alipay.pem"),
  rootCertificate: file("roots.pem"),
};

export const APP_ID = "2021000000000001";
export const SELLER_ID = "2088101106499364";
export const SETTINGS = {
  appId: APP_ID,
  sellerId: SELLER_ID,
  mode: "public_key",
  privateKey: vectors.keys.merchant.privatePkcs8DerBase64,
  alipayPublicKey: vectors.keys.platform.publicSpkiPem,
  products: ["qr", "page", "wap"],
};
export const CERTIFICATE_SETTINGS = {
  ...SETTINGS,
  mode: "certificate",
  alipayPublicKey: undefined,
  ...CERTIFICATES,
};

function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

const keyOf = (der: string) => createPrivateKey({ key: Buffer.from(der, "base64"), format: "der", type: "pkcs8" });
export const alipayKey = keyOf(vectors.keys.platform.privatePkcs8DerBase64);
export const merchantKey = keyOf(vectors.keys.merchant.privatePkcs8DerBase64);
export const config = must(readAlipaySettings(SETTINGS));
export const account = must(gatewayOf("alipay").openAccount(SETTINGS));

export type Form = Record<string, string | undefined>;
export const NOTICE: Form = Object.fromEntries(
  Object.entries(vectors.alipay.notifyPaid.form).filter(([name]) => name !== "sign" && name !== "sign_type"),
);

const pairsOf = (form: Form): Pair[] =>
  Object.entries(form).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

/** A notice signed with Alipay's key, whatever its fields say; blanks signed or left out, as its kits do. */
export function signed(changes: Form = {}, { key = alipayKey, blanks = "kept" } = {}): Pair[] {
  const pairs = pairsOf({ ...NOTICE, ...changes });
  const text = canonicalPairs(pairs, (_, value) => blanks === "kept" || !isPhpBlank(value));
  return [...pairs, ["sign_type", "RSA2"], ["sign", signRsa(text, key)]];
}

export const formOf = (pairs: readonly Pair[]): string =>
  new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();

export const post = (
  body: string | Uint8Array,
  contentType = "application/x-www-form-urlencoded; charset=utf-8",
): RawHttp => ({
  method: "POST",
  query: [],
  headers: [["content-type", contentType]],
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

/** A reply as `gateway.do` writes it, rightly signed. */
export function replyOf(method: string, fields: object, { key = alipayKey, serial = "" } = {}): string {
  const response = JSON.stringify(fields).replaceAll("/", "\\/");
  const certificate = serial === "" ? "" : `"alipay_cert_sn":"${serial}",`;
  return `{"${method.replaceAll(".", "_")}_response":${response},${certificate}"sign":"${signRsa(response, key)}"}`;
}
