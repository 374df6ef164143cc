import { z } from "zod";
import { assert } from "@/lib/kernel/assert";
import { toDecimal } from "@/lib/kernel/money";
import { unknown } from "../answers";
import type { RefundAnswer, RefundInput, Refunds } from "../port";
import type { Transport } from "../transport";
import { type AlipayReply, callAlipay, isRefusal, reasonOf, refusalCode } from "./call";
import { OUT_TRADE_NO, REFUND_NO, readYuan } from "./codec";
import type { AlipayConfig } from "./settings";

/** The number is in use for another refund of the trade, which may have moved money. */
const REPEATED = "ACQ.DISCORDANT_REPEAT_REQUEST";

/** Alipay's refunds. The number makes two requests one; Alipay wants three seconds between two refunds of one trade. */
export const alipayRefunds = (config: AlipayConfig): Refunds => ({
  isPartialPossible: true,
  isIdempotent: true,
  refund: (input, transport) => refund(input, config, transport),
  queryRefund: (input, transport) => queryRefund(input, config, transport),
});

/**
 * Asks for one refund. Only `fund_change=Y` is a yes; a repeat, a refusal or anything else is asked about, and `failed` is
 * said only when Alipay refused and then knew of no such refund.
 */
async function refund(input: RefundInput, config: AlipayConfig, transport: Transport): Promise<RefundAnswer> {
  assert(OUT_TRADE_NO.test(input.outTradeNo) && REFUND_NO.test(input.refundNo), "the numbers are ours");
  assert(input.amount.currency === "CNY" && input.amount.amountMinor > 0n, "a refund is of yuan");
  const request = {
    method: "alipay.trade.refund",
    content: {
      out_trade_no: input.outTradeNo,
      refund_amount: toDecimal(input.amount),
      out_request_no: input.refundNo,
    },
  };
  const reply = await callAlipay(request, config, transport);
  if (!reply.ok) return unknown(reply.error);
  const { code, subCode, fields } = reply.value;
  if (code === "10000" && fields.out_trade_no !== input.outTradeNo) return unknown("other_order");
  if (code === "10000" && fields.fund_change === "Y") {
    return { state: "succeeded", gatewayRefundNo: null, amount: input.amount };
  }
  const asked = await queryRefund(input, config, transport);
  if (asked.state !== "not_found") return asked;
  if (code === "10000") return { state: "processing", gatewayRefundNo: null, amount: input.amount };
  if (!isRefusal(reply.value) || subCode === REPEATED) return unknown(reasonOf(reply.value));
  return { state: "failed", code: refusalCode(reply.value) };
}

const RefundRow = z.looseObject({
  out_trade_no: z.string().max(200),
  out_request_no: z.string().max(200),
  refund_amount: z.string().max(200),
  refund_status: z.string().max(64).nullish(),
});

/** Asks what became of a refund, by its number; a yes to the question is no yes to the refund. */
async function queryRefund(input: RefundInput, config: AlipayConfig, transport: Transport): Promise<RefundAnswer> {
  const content = { out_trade_no: input.outTradeNo, out_request_no: input.refundNo };
  const reply = await callAlipay({ method: "alipay.trade.fastpay.refund.query", content }, config, transport);
  return reply.ok ? readRefund(reply.value, input) : unknown(reply.error);
}

/** Judges a signed answer about a refund. */
export function readRefund(reply: AlipayReply, input: Pick<RefundInput, "outTradeNo" | "refundNo">): RefundAnswer {
  if (reply.subCode === "ACQ.TRADE_NOT_EXIST") return { state: "not_found" };
  if (reply.code !== "10000") return unknown(reasonOf(reply));
  // Alipay answers a question about a refund that never was with success and without a refund.
  if (reply.fields.refund_amount === undefined && reply.fields.refund_status === undefined)
    return { state: "not_found" };
  const row = RefundRow.safeParse(reply.fields);
  if (!row.success) return unknown("unreadable");
  if (row.data.out_trade_no !== input.outTradeNo || row.data.out_request_no !== input.refundNo) {
    return unknown("other_order");
  }
  const amount = readYuan(row.data.refund_amount);
  if (!amount.ok) return unknown("bad_amount");
  const isDone = row.data.refund_status === "REFUND_SUCCESS";
  return { state: isDone ? "succeeded" : "processing", gatewayRefundNo: null, amount: amount.value };
}
