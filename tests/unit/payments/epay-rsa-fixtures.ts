import { generateKeyPairSync } from "node:crypto";
import { canonicalText } from "@/lib/features/payments/gateways/epay/codec";
import { readSettings } from "@/lib/features/payments/gateways/epay/settings";
import type { Pair } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { readPrivateKey, signRsa } from "@/lib/features/payments/gateways/rsa";
import { transportWith } from "@/tests/support/gateways";
import { pairsOf, vectors } from "./epay-fixtures";

function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** When the vectors' notice was signed. */
export const NOW = 1_721_206_072_000;

export const RSA_SETTINGS = {
  baseUrl: "https://pay.example",
  pid: "1001",
  signMode: "RSA",
  merchantPrivateKey: vectors.keys.merchant.privatePkcs8DerBase64,
  platformPublicKey: vectors.keys.platform.publicSpkiPem,
  types: ["alipay", "wxpay"],
};

export const rsaConfig = must(readSettings(RSA_SETTINGS));
export const rsaAccount = must(gatewayOf("epay").openAccount(RSA_SETTINGS));
export const platformKey = must(readPrivateKey(vectors.keys.platform.privatePkcs8DerBase64));

/** The fields of a true notice, as the platform sends them. */
export const RSA_NOTICE: Record<string, string | undefined> = vectors.epayV2[1]!.params as unknown as Record<
  string,
  string
>;

/** Signed by the platform, whatever the fields say. */
export function signedByPlatform(changes: Record<string, string | undefined> = {}, key = platformKey): Pair[] {
  const pairs = pairsOf({ ...RSA_NOTICE, ...changes });
  return [...pairs, ["sign", signRsa(canonicalText(pairs), key)]];
}

/** The text of a reply that the platform signed. */
export function signedReply(fields: Record<string, unknown>, now = NOW): string {
  const said = { code: 0, timestamp: String(now / 1000), sign_type: "RSA", ...fields };
  const pairs = Object.entries(said).flatMap(([name, value]): Pair[] =>
    typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
  );
  return JSON.stringify({ ...said, sign: signRsa(canonicalText(pairs), platformKey) });
}

/** A key pair of somebody else. */
export const strangers = generateKeyPairSync("rsa", { modulusLength: 2_048 });

/** A network on which one server answers every request, by its path and its fields. */
export function networkOf(answer: (path: string, fields: URLSearchParams) => string | Response, now = NOW) {
  const asked: { path: string; fields: URLSearchParams }[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(String(url));
    const fields = new URLSearchParams([...searchParams, ...new URLSearchParams(String(init?.body ?? ""))]);
    asked.push({ path: pathname, fields });
    const said = answer(pathname, fields);
    return typeof said === "string" ? new Response(said) : said;
  };
  return { asked, transport: transportWith({ fetch, now: () => now }) };
}
