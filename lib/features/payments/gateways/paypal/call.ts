import { hash } from "node:crypto";
import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { parseJson } from "../json-members";
import type { UnknownReason } from "../port";
import { type BytesReply, send, type Transport } from "../transport";
import type { PaypalConfig } from "./settings";

export interface PaypalRequest {
  readonly method: "GET" | "POST" | "PATCH";
  /** "/v2/…", with its query. */
  readonly path: string;
  readonly content?: object;
  /** PayPal-Request-Id: the same number is the same request. */
  readonly requestId?: string;
  readonly bytesMax?: number;
}

/** PayPal understood, and either did it or said no, in its own word ("ORDER_NOT_APPROVED"). */
export type PaypalReply =
  | { readonly kind: "done"; readonly object: unknown; readonly text: string; readonly sentAt: number | null }
  | { readonly kind: "refused"; readonly status: number; readonly issue: string };

type Account = Pick<PaypalConfig, "endpoint" | "clientId" | "clientSecret">;

const Token = z.looseObject({
  access_token: z.string().regex(/^[\x21-\x7e]{1,4096}$/),
  expires_in: z.number().positive(),
});
const Refusal = z.looseObject({
  name: z.string().max(128),
  details: z.array(z.looseObject({ issue: z.string().max(128).optional() })).optional(),
});

interface KeptToken {
  readonly token: string;
  readonly until: number;
}
/** By account, and never by a name that shows the secret. PayPal's tokens live for hours and making one costs a request. */
const tokens = new Map<string, KeptToken>();
const TOKEN_SPARE_MS = 60_000;

const nameOf = ({ endpoint, clientId, clientSecret }: Account): string =>
  hash("sha256", [endpoint, clientId, clientSecret.reveal()].join("\n"), "hex");

/** Asks PayPal once, with a token that is made when there is none, and made anew when PayPal does not know it any more. */
export async function callPaypal(
  request: PaypalRequest,
  account: Account,
  transport: Transport,
): Promise<Result<PaypalReply, UnknownReason>> {
  const first = await callOnce(request, account, transport);
  if (first.ok || first.error !== "credentials_refused" || !tokens.delete(nameOf(account))) return first;
  return callOnce(request, account, transport);
}

async function callOnce(
  { method, path, content, requestId, bytesMax }: PaypalRequest,
  account: Account,
  transport: Transport,
): Promise<Result<PaypalReply, UnknownReason>> {
  const token = await tokenOf(account, transport);
  if (!token.ok) return token;
  const reply = await send(transport, {
    url: `${account.endpoint}${path}`,
    method,
    headers: {
      authorization: `Bearer ${token.value}`,
      ...(content === undefined ? {} : { "content-type": "application/json" }),
      ...(requestId === undefined ? {} : { "paypal-request-id": requestId }),
      ...(method === "POST" ? { prefer: "return=representation" } : {}),
    },
    ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  });
  return reply.ok ? readReply(reply.value) : reply;
}

async function tokenOf(account: Account, transport: Transport): Promise<Result<string, UnknownReason>> {
  const name = nameOf(account);
  const known = tokens.get(name);
  if (known && transport.now() < known.until) return ok(known.token);
  const basic = Buffer.from(`${account.clientId}:${account.clientSecret.reveal()}`).toString("base64");
  const reply = await send(transport, {
    url: `${account.endpoint}/v1/oauth2/token`,
    method: "POST",
    headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    body: "grant_type=client_credentials",
  });
  if (!reply.ok) return reply;
  const { status, body } = reply.value;
  if (status === 400 || status === 401 || status === 403) return err("credentials_refused");
  if (status !== 200) return err(status === 429 ? "gateway_busy" : "http_status");
  const token = Token.safeParse(parseJson(body.toString("utf8")));
  if (!token.success) return err("unreadable");
  if (tokens.size >= limits.gatewayAccountsMax) tokens.clear();
  const until = transport.now() + token.data.expires_in * 1_000 - TOKEN_SPARE_MS;
  tokens.set(name, { token: token.data.access_token, until });
  return ok(token.data.access_token);
}

/** Judges one reply. Pure, and a value for every text. */
export function readReply({ status, body, headers }: BytesReply): Result<PaypalReply, UnknownReason> {
  if (status === 401 || status === 403) return err("credentials_refused");
  if (status === 409 || status === 429) return err("gateway_busy");
  const text = body.toString("utf8");
  const object = parseJson(text);
  const sentAt = Date.parse(headers.get("date") ?? "");
  const done = { kind: "done", object, text, sentAt: Number.isNaN(sentAt) ? null : sentAt } as const;
  if (status === 204) return ok({ ...done, object: null });
  if (status === 200 || status === 201) return isObject(object) ? ok(done) : err("unreadable");
  const refusal = Refusal.safeParse(object);
  if (![400, 404, 422].includes(status) || !refusal.success) return err("http_status");
  const { name, details } = refusal.data;
  const issue = [details?.[0]?.issue, name].find((word) => /^[A-Z0-9_]{1,64}$/.test(word ?? ""));
  return ok({ kind: "refused", status, issue: issue ?? "" });
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
