import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import { parseJson, rawMembers } from "../json-members";
import type { Pair, UnknownReason } from "../port";
import { isSignedByRsa } from "../rsa";
import { send, type Transport } from "../transport";
import { type AlipayRequest, signedRequest } from "./codec";
import type { AlipayConfig } from "./settings";

/** What Alipay said, with its signature checked: a yes (code 10000), or its reason. */
export interface AlipayReply {
  readonly code: string;
  /** Why not, "ACQ.TRADE_NOT_EXIST"; empty on success. */
  readonly subCode: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The signed text, for the inbox. */
  readonly evidence: readonly Pair[];
}

const Head = z.looseObject({ code: z.string().max(16), sub_code: z.string().max(128).nullish() });

/** Not a refusal but a failure over there: what became of the request is not known. */
const BUSY = /^(20000|ACQ\.SYSTEM_ERROR|aop\.ACQ\.SYSTEM_ERROR|isp\.)|SYSTEM_?ERROR|UNKNOW/;
const CREDENTIALS = /^(20001|40001|40002|40003|40006)$/;

/**
 * Asks `gateway.do` once. What comes back as a reply was signed by Alipay; everything else says nothing. The public
 * parameters go into the address, as Alipay reads a body's charset from there; a signature is no secret.
 */
export async function callAlipay(
  { method, content, notifyUrl }: Omit<AlipayRequest, "now" | "returnUrl">,
  config: AlipayConfig,
  transport: Transport,
): Promise<Result<AlipayReply, UnknownReason>> {
  const request = { method, content, now: transport.now(), ...(notifyUrl === undefined ? {} : { notifyUrl }) };
  const pairs = signedRequest(request, config);
  const query = queryOf(pairs.filter(([name]) => name !== "biz_content"));
  const reply = await send(transport, {
    url: `${config.endpoint}?${query}`,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: queryOf(pairs.filter(([name]) => name === "biz_content")),
  });
  if (!reply.ok) return reply;
  if (reply.value.status !== 200) return err("http_status");
  return readReply(reply.value.body.toString("utf8"), method, config);
}

export const queryOf = (pairs: readonly Pair[]): string =>
  new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();

/** Judges a reply's text. The signature is over the very letters of `<method>_response`. Pure, and a value for every text. */
export function readReply(
  text: string,
  method: string,
  config: Pick<AlipayConfig, "alipayKey" | "serials">,
): Result<AlipayReply, UnknownReason> {
  const members = rawMembers(text);
  const raw = members?.get(`${method.replaceAll(".", "_")}_response`) ?? members?.get("error_response");
  const head = Head.safeParse(raw === undefined ? undefined : parseJson(raw));
  if (!members || raw === undefined || !head.success) return err("unreadable");
  const reply = { code: head.data.code, subCode: head.data.sub_code ?? "", fields: head.data };
  if (!isReplySigned(members, raw, config)) {
    // Alipay signs nothing for an application that it does not know. The hint decides about no money.
    return err(CREDENTIALS.test(reply.code) ? "credentials_refused" : "bad_signature");
  }
  return ok({ ...reply, evidence: [["body", raw]] });
}

function isReplySigned(
  members: ReadonlyMap<string, string>,
  raw: string,
  { alipayKey, serials }: Pick<AlipayConfig, "alipayKey" | "serials">,
): boolean {
  const member = (name: string) => parseJson(members.get(name) ?? "null");
  const [sign, serial] = [member("sign"), member("alipay_cert_sn")];
  if (serials && serial !== null && serial !== serials.alipay) return false;
  return typeof sign === "string" && isSignedByRsa(raw, sign, alipayKey);
}

/** Why a signed reply that is no yes says nothing about the payment. */
export function reasonOf({ code, subCode }: Pick<AlipayReply, "code" | "subCode">): UnknownReason {
  if (BUSY.test(code) || BUSY.test(subCode)) return "gateway_busy";
  return CREDENTIALS.test(code) ? "credentials_refused" : "unreadable";
}

/** A refusal that will stay one: Alipay understood, and said no. */
export const isRefusal = (reply: Pick<AlipayReply, "code" | "subCode">): boolean =>
  /^4000\d$/.test(reply.code) && reasonOf(reply) !== "gateway_busy";

/** Alipay's own word for its refusal, in a form that a page may show. */
export const refusalCode = ({ code, subCode }: Pick<AlipayReply, "code" | "subCode">): string =>
  /^[A-Za-z0-9._-]{1,64}$/.test(subCode) ? subCode : code;
