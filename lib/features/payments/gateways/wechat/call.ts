import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import { parseJson } from "../json-members";
import type { Pair, UnknownReason } from "../port";
import { type BytesReply, send, type Transport } from "../transport";
import { authorizationOf, checkSeal, type SignedParts, type WechatSeal } from "./codec";
import type { WechatConfig } from "./settings";

/** What WeChat Pay said, its signature checked: a yes with its fields, or a refusal with its code. */
export interface WechatReply {
  readonly status: number;
  /** "ORDER_NOT_EXIST"; empty on success. */
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** WeChat Pay signs no refusal to somebody whose own signature it could not check. */
  readonly isSigned: boolean;
  readonly evidence: readonly Pair[];
}

export interface WechatRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly content?: object;
}

/** The headers of one signed request: made anew for each, as they carry the time and a nonce. */
export function signedHeaders(
  { method, path, body }: Pick<SignedParts, "method" | "path" | "body">,
  config: WechatConfig,
  transport: Transport,
): Record<string, string> {
  const nonce = transport.randomBytes(16).toString("hex").toUpperCase();
  const unixSeconds = Math.floor(transport.now() / 1_000);
  return {
    authorization: authorizationOf({ method, path, body, nonce, unixSeconds }, config),
    // WeChat Pay refuses a request without a name.
    "user-agent": "kapu",
    ...(body === "" ? {} : { "content-type": "application/json" }),
    ...(config.publicKeyId === null ? {} : { "wechatpay-serial": config.publicKeyId }),
  };
}

/** Asks once. A reply counts only with WeChat Pay's signature over its very bytes; an unsigned refusal is told as such. */
export async function callWechat(
  { method, path, content }: WechatRequest,
  config: WechatConfig,
  transport: Transport,
): Promise<Result<WechatReply, UnknownReason>> {
  const body = content === undefined ? "" : JSON.stringify(content);
  const reply = await send(transport, {
    url: `${config.endpoint}${path}`,
    method,
    headers: signedHeaders({ method, path: pathOf(config, path), body }, config, transport),
    ...(method === "POST" ? { body } : {}),
  });
  return reply.ok ? readReply(reply.value, config, transport.now()) : reply;
}

/** The path as the server sees it, when the address has one of its own. */
const pathOf = ({ endpoint }: WechatConfig, path: string): string => {
  const url = new URL(`${endpoint}${path}`);
  return `${url.pathname}${url.search}`;
};

const Fields = z.looseObject({});

/** Judges a reply. Pure, and a value for every one. */
export function readReply(
  { status, headers, body }: BytesReply,
  { verifiers }: Pick<WechatConfig, "verifiers">,
  now: number,
): Result<WechatReply, UnknownReason> {
  const seal = sealOf((name) => headers.get(name));
  const checked = seal ? checkSeal(seal, body, { verifiers, now }) : null;
  if (checked && !checked.ok) return err(checked.error === "unknown_key" ? "bad_signature" : checked.error);
  const isYes = status >= 200 && status < 300;
  if (!checked && isYes) return err("bad_signature");
  const text = body.toString("utf8");
  const fields = Fields.safeParse(text === "" ? {} : parseJson(text));
  if (!fields.success) return err(isYes ? "unreadable" : "http_status");
  const code = isYes ? "" : fields.data.code;
  if (typeof code !== "string" || (!isYes && code === "")) return err("http_status");
  return ok({ status, code, fields: fields.data, isSigned: checked !== null, evidence: [["body", text]] });
}

/** The four headers of a signature, or null when one is missing. */
export function sealOf(header: (name: string) => string | null | undefined): WechatSeal | null {
  const timestamp = header("wechatpay-timestamp");
  const nonce = header("wechatpay-nonce");
  const signature = header("wechatpay-signature");
  const serial = header("wechatpay-serial");
  return timestamp && nonce && signature && serial ? { timestamp, nonce, signature, serial } : null;
}

export const isYes = ({ status }: Pick<WechatReply, "status">): boolean => status >= 200 && status < 300;

/** Why a reply that is no yes says nothing about the payment. */
export function reasonOf({ status }: Pick<WechatReply, "status">): UnknownReason {
  if (status === 401) return "credentials_refused";
  return status === 429 || status >= 500 ? "gateway_busy" : "unreadable";
}

/** A refusal that will stay one: WeChat Pay understood, and said no. 202 is neither. */
export const isRefusal = ({ status }: Pick<WechatReply, "status">): boolean =>
  status >= 400 && status < 500 && status !== 401 && status !== 429;

/** WeChat Pay's own word for its refusal, in a form that a page may show. */
export const refusalCode = ({ code }: Pick<WechatReply, "code">): string =>
  /^[A-Za-z0-9._-]{1,64}$/.test(code) ? code : "refused";
