import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { parseJson } from "../json-members";
import type { NoticeRefusal, Notification, Pair, RawHttp, VerifiedRefund } from "../port";
import { sealOf } from "./call";
import { checkSeal, OUT_TRADE_NO, openResource, REFUND_NO, readFen, SIGNATURE_TYPE, TRANSACTION_ID } from "./codec";
import { paymentOf } from "./query";
import { accountRefOf, type WechatConfig } from "./settings";

type Account = Pick<WechatConfig, "mchid" | "appid" | "apiV3Key" | "verifiers">;

const Event = z.looseObject({
  event_type: z.string().max(64),
  resource: z.looseObject({
    algorithm: z.literal("AEAD_AES_256_GCM"),
    ciphertext: z.string(),
    nonce: z.string().max(64),
    associated_data: z.string().max(64).optional(),
  }),
});
const Text = z.string().max(200);
const Paid = z.looseObject({
  mchid: Text,
  appid: Text,
  out_trade_no: z.string().regex(OUT_TRADE_NO),
  transaction_id: Text,
  trade_state: Text,
  trade_type: Text.nullish(),
  amount: z.looseObject({ total: z.unknown().optional(), currency: z.unknown().optional() }),
});
const Refunded = z.looseObject({
  mchid: Text,
  out_trade_no: z.string().regex(OUT_TRADE_NO),
  transaction_id: z.string().regex(TRANSACTION_ID),
  out_refund_no: z.string().regex(REFUND_NO),
  refund_id: Text,
  refund_status: Text,
  amount: z.looseObject({ refund: z.unknown().optional() }),
});

const PROBE = "WECHATPAY/SIGNTEST/";

/**
 * Reads one notice: time, then signature over the bytes that came, then the seal's tag, then our merchant and application, then
 * the amount. Nothing is opened before the signature held, and nothing is believed before the tag did.
 */
export function readNotification(raw: RawHttp, config: Account, now: number): Result<Notification, NoticeRefusal> {
  const { method, query, headers, body } = raw;
  if (method !== "POST" || query.length > 0 || body.byteLength > limits.notificationBodyBytesMax)
    return err("malformed");
  const header = (name: string) => single(headers, name);
  const seal = sealOf(header);
  // WeChat Pay tests from time to time whether wrong signatures are refused.
  if (header("wechatpay-signature")?.startsWith(PROBE)) return err("probe");
  if (!seal || !isUtf8(body)) return err("malformed");
  // Pinned: a notice that names another algorithm is refused before any arithmetic.
  if ((header("wechatpay-signature-type") ?? SIGNATURE_TYPE) !== SIGNATURE_TYPE) return err("bad_signature");
  const checked = checkSeal(seal, body, { verifiers: config.verifiers, now });
  if (!checked.ok) return checked;
  return readEvent(Buffer.from(body).toString("utf8"), config);
}

/** A header that came once; one that came twice is none. */
function single(headers: readonly Pair[], name: string): string | null {
  const found = headers.filter(([given]) => given === name);
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}

function readEvent(text: string, config: Account): Result<Notification, NoticeRefusal> {
  const event = Event.safeParse(parseJson(text));
  if (!event.success) return err("malformed");
  const { event_type: type, resource } = event.data;
  const opened = openResource(resource, config.apiV3Key);
  // Signed by WeChat Pay and sealed for another merchant, or our own key was changed there: somebody must look.
  if (opened === null) return err("unknown_key");
  const evidence: readonly Pair[] = [
    ["body", text],
    ["resource", opened],
  ];
  const content = parseJson(opened);
  if (type === "TRANSACTION.SUCCESS") return readPaid(content, evidence, config);
  if (/^REFUND\.(SUCCESS|ABNORMAL|CLOSED)$/.test(type)) return readRefund(content, evidence, config);
  return ok({ kind: "nothing", what: "other" });
}

function readPaid(content: unknown, evidence: readonly Pair[], config: Account): Result<Notification, NoticeRefusal> {
  const paid = Paid.safeParse(content);
  if (!paid.success) return err("malformed");
  if (paid.data.mchid !== config.mchid || paid.data.appid !== config.appid) return err("other_account");
  if (paid.data.trade_state !== "SUCCESS") return ok({ kind: "nothing", what: "other" });
  const payment = paymentOf(paid.data, { evidence, accountRef: accountRefOf(config) });
  if (typeof payment === "string") return err(payment === "bad_amount" ? "bad_amount" : "malformed");
  return ok({ kind: "paid", payment });
}

/** ABNORMAL is not over: the money left us and did not reach the buyer, and a person must send it on at WeChat Pay. */
const REFUND_STATES: Record<string, VerifiedRefund["state"]> = {
  SUCCESS: "succeeded",
  CLOSED: "failed",
  PROCESSING: "processing",
  ABNORMAL: "processing",
};

function readRefund(content: unknown, evidence: readonly Pair[], config: Account): Result<Notification, NoticeRefusal> {
  const refunded = Refunded.safeParse(content);
  if (!refunded.success) return err("malformed");
  const { mchid, out_trade_no, transaction_id, out_refund_no, refund_id, refund_status, amount } = refunded.data;
  if (mchid !== config.mchid) return err("other_account");
  const state = Object.hasOwn(REFUND_STATES, refund_status) ? REFUND_STATES[refund_status] : undefined;
  const given = readFen(amount.refund, "CNY");
  if (!state || !given.ok) return err(state ? "bad_amount" : "malformed");
  return ok({
    kind: "refund",
    refund: {
      accountRef: accountRefOf(config),
      outTradeNo: out_trade_no,
      gatewayTradeNo: transaction_id,
      refundNo: out_refund_no,
      gatewayRefundNo: refund_id,
      amount: given.value,
      state,
      evidence,
    },
  });
}
