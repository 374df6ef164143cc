import { withSignature } from "@/lib/features/payments/gateways/epay/codec";
import { readSettings } from "@/lib/features/payments/gateways/epay/settings";
import type { Pair, RawHttp } from "@/lib/features/payments/gateways/port";
import { readPairs } from "@/lib/features/payments/gateways/raw-http";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import vectors from "@/tests/fixtures/payment-vectors.json";

export { vectors };
export const KEY = "89unJUB8HZ54Hj7x4nUj56HN4nUzUJ8i";
export const SETTINGS = { baseUrl: "https://pay.example", pid: "1000", key: KEY, types: ["alipay", "wxpay"] };

function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

export const config = must(readSettings(SETTINGS));
export const account = must(gatewayOf("epay").openAccount(SETTINGS));

export const pairsOf = (fields: Record<string, string | undefined>): Pair[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

export const get = (query: readonly Pair[]): RawHttp => ({ method: "GET", query, headers: [], body: new Uint8Array() });
export const getUrl = (url: string): RawHttp => get(readPairs(url.slice(url.indexOf("?") + 1)));
export const post = (body: string | Uint8Array, contentType = "application/x-www-form-urlencoded"): RawHttp => ({
  method: "POST",
  query: [],
  headers: [["content-type", contentType]],
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

/** The fields of a true notice of 10.00 yuan, un-padded as the server sends them. */
export const NOTICE = {
  pid: "1000",
  trade_no: "2026112017500275163",
  out_trade_no: "T1001",
  type: "alipay",
  name: "product",
  money: "10",
  trade_status: "TRADE_SUCCESS",
};

/** A notice signed with the true key, whatever its fields say. */
export const signed = (changes: Record<string, string | undefined> = {}, key = KEY): Pair[] =>
  withSignature(pairsOf({ ...NOTICE, ...changes }), key);
