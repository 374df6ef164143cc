import { randomBytes } from "node:crypto";
import { withSignature } from "@/lib/features/payments/gateways/epay/codec";
import type { Pair } from "@/lib/features/payments/gateways/port";
import { ACCOUNT, EPAY_KEY, EPAY_PID } from "./shop";

/** What the API answers to a placed order, as far as a test looks at it. */
export interface Placed {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly exception: string;
  readonly totalMinor: string;
  readonly token: string;
  readonly payment: { readonly id: string; readonly gateway: string; readonly kind: string; readonly url: string };
}

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: T;
}

export interface Send {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One request of another program, as that program would send it. */
export async function send<T = Record<string, unknown>>(url: string, options: Send = {}): Promise<Answer<T>> {
  const { method = "GET", headers = {}, body } = options;
  const response = await fetch(url, { method, headers, body: body as BodyInit | undefined, redirect: "manual" });
  const text = await response.text();
  const isJson = text !== "" && /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, json: (isJson ? JSON.parse(text) : {}) as T };
}

export const newKey = (): string => randomBytes(12).toString("hex");

export interface OrderOptions {
  readonly key?: string;
  readonly email?: string;
  readonly quantity?: number;
  readonly gateway?: string;
}

/** Asks for an order over HTTP; `variantId` is sent as given. */
export function placeOverHttp(url: string, variantId: string, options: OrderOptions = {}): Promise<Answer<Placed>> {
  const { key = newKey(), email = `buyer-${newKey()}@example.com`, quantity = 1, gateway = ACCOUNT } = options;
  return send<Placed>(`${url}/api/v1/orders`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ variantId, quantity, email, gateway }),
  });
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export interface NoticeOptions {
  readonly money?: string;
  readonly trade?: string;
  readonly key?: string;
  readonly pid?: string;
}

/** A rightly signed notice as a query, with the money un-padded as the original sends it. */
export function noticeQuery(order: Pick<Placed, "totalMinor" | "payment">, options: NoticeOptions = {}): string {
  const outTradeNo = new URL(order.payment.url).searchParams.get("out_trade_no") ?? "";
  const { money = String(Number(order.totalMinor) / 100), trade = `2026${outTradeNo}`, key = EPAY_KEY } = options;
  const pairs: Pair[] = Object.entries({
    pid: options.pid ?? EPAY_PID,
    trade_no: trade,
    out_trade_no: outTradeNo,
    type: "alipay",
    name: "product",
    money,
    trade_status: "TRADE_SUCCESS",
  });
  return new URLSearchParams(withSignature(pairs, key).map(([name, value]) => [name, value])).toString();
}

/** Sends a notice as the gateway does; the answer's text is the word that the gateway hears. */
export const notify = (url: string, query: string, account = ACCOUNT): Promise<Answer> =>
  send(`${url}/api/pay/epay/${account}?${query}`);
