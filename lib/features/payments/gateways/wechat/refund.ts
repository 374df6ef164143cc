import { z } from "zod";
import { assert } from "@/lib/kernel/assert";
import { unknown } from "../answers";
import type { RefundAnswer, RefundInput, Refunds } from "../port";
import type { Transport } from "../transport";
import { callWechat, isRefusal, isYes, reasonOf, refusalCode, type WechatReply } from "./call";
import { OUT_TRADE_NO, REFUND_NO, readFen } from "./codec";
import type { WechatConfig } from "./settings";

/** WeChat Pay's refunds: within a year, in up to fifty parts. The number makes two requests one. */
export const wechatRefunds = (config: WechatConfig): Refunds => ({
  isPartialPossible: true,
  isIdempotent: true,
  refund: (input, transport) => refund(input, config, transport),
  queryRefund: (input, transport) => queryRefund(input, config, transport),
});

/** Asks for one refund. `failed` is said only when WeChat Pay refused in its own name and then knew of no such refund. */
async function refund(input: RefundInput, config: WechatConfig, transport: Transport): Promise<RefundAnswer> {
  assert(OUT_TRADE_NO.test(input.outTradeNo) && REFUND_NO.test(input.refundNo), "the numbers are ours");
  assert(input.amount.currency === "CNY" && input.amount.amountMinor > 0n, "a refund is of yuan");
  assert(input.total.currency === "CNY" && input.total.amountMinor >= input.amount.amountMinor, "a part of the whole");
  const content = {
    out_trade_no: input.outTradeNo,
    out_refund_no: input.refundNo,
    amount: {
      refund: Number(input.amount.amountMinor),
      total: Number(input.total.amountMinor),
      currency: "CNY",
    },
  };
  const reply = await callWechat({ method: "POST", path: "/v3/refund/domestic/refunds", content }, config, transport);
  if (!reply.ok) return unknown(reply.error);
  if (isYes(reply.value)) return readRefund(reply.value, input);
  if (!isRefusal(reply.value) || !reply.value.isSigned) return unknown(reasonOf(reply.value));
  const asked = await queryRefund(input, config, transport);
  return asked.state === "not_found" ? { state: "failed", code: refusalCode(reply.value) } : asked;
}

const Row = z.looseObject({
  refund_id: z.string().max(200),
  out_refund_no: z.string().max(200),
  out_trade_no: z.string().max(200),
  status: z.string().max(64),
  amount: z.looseObject({ refund: z.unknown().optional(), currency: z.unknown().optional() }),
});

/** Asks what became of a refund, by its number. */
async function queryRefund(input: RefundInput, config: WechatConfig, transport: Transport): Promise<RefundAnswer> {
  const path = `/v3/refund/domestic/refunds/${encodeURIComponent(input.refundNo)}`;
  const reply = await callWechat({ method: "GET", path }, config, transport);
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.status === 404 && reply.value.code === "RESOURCE_NOT_EXISTS") return { state: "not_found" };
  return isYes(reply.value) ? readRefund(reply.value, input) : unknown(reasonOf(reply.value));
}

/** Judges a signed answer about a refund. */
export function readRefund(reply: WechatReply, input: Pick<RefundInput, "outTradeNo" | "refundNo">): RefundAnswer {
  const row = Row.safeParse(reply.fields);
  if (!row.success) return unknown("unreadable");
  const { out_trade_no, out_refund_no, refund_id, status } = row.data;
  if (out_trade_no !== input.outTradeNo || out_refund_no !== input.refundNo) return unknown("other_order");
  const amount = readFen(row.data.amount.refund, row.data.amount.currency ?? "CNY");
  if (!amount.ok) return unknown("bad_amount");
  switch (status) {
    case "SUCCESS":
      return { state: "succeeded", gatewayRefundNo: refund_id, amount: amount.value };
    case "PROCESSING":
      return { state: "processing", gatewayRefundNo: refund_id, amount: amount.value };
    case "CLOSED":
      return { state: "failed", code: "CLOSED" };
    case "ABNORMAL":
      // The money left us and did not reach the buyer: a person must send it on at WeChat Pay, and nothing may be sent twice.
      return unknown("held");
    default:
      return unknown("unreadable");
  }
}
