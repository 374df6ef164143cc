import { z } from "zod";
import { parseDecimal, toDecimal } from "@/lib/kernel/money";
import { closedBy, unknown } from "../answers";
import { parseJson } from "../json-members";
import type { CloseAnswer, Pair, PaymentRef, QueryAnswer, RefundAnswer, RefundInput, Refunds } from "../port";
import { Printed } from "../printed-json";
import { send, type Transport } from "../transport";
import { GATEWAY_TRADE_NO } from "./codec";
import { queryPayment } from "./query";
import type { EpayConfig } from "./settings";
import { askSigned, type SignedReply } from "./signed-reply";

/** What this account's server can give back; undefined where it has no door for it. */
export function refundsOf(config: EpayConfig): Refunds | undefined {
  if (config.signing.mode === "RSA") {
    return {
      isPartialPossible: true,
      isIdempotent: true,
      refund: (input, transport) => refundSigned(input, config, transport),
      queryRefund: (input, transport) => queryRefundSigned(input, config, transport),
    };
  }
  if (config.profile.refundOk.length === 0) return undefined;
  return {
    // Without a number of our own, a part whose answer was lost could be given twice. The whole cannot: the server stops at what was paid.
    isPartialPossible: false,
    isIdempotent: false,
    refund: (input, transport) => refundWhole(input, config, transport),
    queryRefund: async (input, transport) => sinceWhole(await queryPayment(input, config, transport), config),
  };
}

/** Without a number of ours, a payment that was given back does not say by whom or how much: somebody must look. */
function sinceWhole(answer: QueryAnswer, { profile }: EpayConfig): RefundAnswer {
  if (answer.state === "paid") return { state: "not_found" };
  if (answer.state === "unknown") return answer;
  return answer.state === "refunded" || profile.refundedReads === "pending" ? unknown("held") : { state: "not_found" };
}

/**
 * Gives the whole payment back by the first version. Asked before and after: success is only what was paid before, was claimed or
 * left unsaid, and reads as given back afterwards.
 */
async function refundWhole(input: RefundInput, config: EpayConfig, transport: Transport): Promise<RefundAnswer> {
  if (input.amount.amountMinor !== input.total.amountMinor) return { state: "failed", code: "partial_unsupported" };
  const before = await queryPayment(input, config, transport);
  if (before.state === "unknown") return before;
  if (before.state !== "paid")
    return sinceWhole(before, config).state === "not_found" ? { state: "failed", code: "not_paid" } : unknown("held");
  // Asked by our number the server tells of one payment; the money of a second one under it is not this one's to give.
  if (input.gatewayTradeNo !== null && before.payment.gatewayTradeNo !== input.gatewayTradeNo)
    return { state: "failed", code: "other_trade" };
  if (before.payment.amount.amountMinor !== input.total.amountMinor) return unknown("bad_amount");
  const claim = await claimWhole(input, before.payment.gatewayTradeNo, config, transport);
  const after = await queryPayment(input, config, transport);
  const isBack = after.state === config.profile.refundedReads;
  if (isBack && claim.state !== "failed") {
    return {
      state: "succeeded",
      gatewayRefundNo: claim.state === "succeeded" ? claim.gatewayRefundNo : null,
      amount: input.amount,
    };
  }
  if (claim.state === "failed") return after.state === "paid" ? claim : unknown("held");
  return after.state === "unknown" ? after : unknown(claim.state === "unknown" ? claim.reason : "held");
}

const Claim = z.looseObject({
  code: Printed,
  money: Printed.nullish(),
  refund_no: Printed.nullish(),
  msg: z.unknown().optional(),
});

/** What the server claims of the refund; `succeeded` is a claim and no more. */
async function claimWhole(
  { outTradeNo, amount }: RefundInput,
  tradeNo: string,
  { baseUrl, pid, signing, profile }: EpayConfig,
  transport: Transport,
): Promise<RefundAnswer> {
  if (signing.mode !== "MD5") return unknown("credentials_refused");
  const body = new URLSearchParams({
    pid,
    key: signing.key.reveal(),
    trade_no: tradeNo,
    out_trade_no: outTradeNo,
    money: toDecimal(amount),
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const url = `${baseUrl}/api.php?act=refund`;
  const reply = await send(transport, { url, method: "POST", headers, body: body.toString() });
  if (!reply.ok) return unknown(reply.error);
  const claim = Claim.safeParse(parseJson(reply.value.body.toString("utf8")));
  if (!claim.success) return unknown(reply.value.status === 200 ? "unreadable" : "http_status");
  const { code, money, refund_no: refundNo, msg } = claim.data;
  if (!profile.refundOk.includes(code)) return refusalOf(code, String(msg));
  if (money != null && parsedMinor(money) !== amount.amountMinor) return unknown("bad_amount");
  return { state: "succeeded", gatewayRefundNo: refundNoOf(refundNo ?? undefined), amount };
}

/** "退款失败" quotes what stands behind the server, which may well have paid: that is no refusal. */
const refusalOf = (code: string, message: string): RefundAnswer =>
  code.length > 16 || /退款失败|超时|timeout/i.test(message) ? unknown("gateway_busy") : { state: "failed", code };

const parsedMinor = (text: string): bigint | null => {
  const parsed = parseDecimal(text, "CNY");
  return parsed.ok ? parsed.value.amountMinor : null;
};
const refundNoOf = (text: string | undefined): string | null =>
  text !== undefined && GATEWAY_TRADE_NO.test(text) ? text : null;

/** By the second version: our number makes a repeat the same refund, and only the query's word counts. */
async function refundSigned(input: RefundInput, config: EpayConfig, transport: Transport): Promise<RefundAnswer> {
  const request: Pair[] = [
    ["out_trade_no", input.outTradeNo],
    ["money", toDecimal(input.amount)],
    ["out_refund_no", input.refundNo],
  ];
  const claim = await askSigned("/api/pay/refund", request, config, transport);
  const confirmed = await queryRefundSigned(input, config, transport);
  if (confirmed.state !== "not_found") return confirmed;
  if (claim.state === "refused")
    return claim.reason === "gateway_busy" ? refusalOf(claim.code, claim.message) : unknown(claim.reason);
  return unknown(claim.state === "unknown" ? claim.reason : "held");
}

async function queryRefundSigned(input: RefundInput, config: EpayConfig, transport: Transport): Promise<RefundAnswer> {
  const reply = await askSigned("/api/pay/refundquery", [["out_refund_no", input.refundNo]], config, transport);
  if (reply.state === "refused")
    return /退款.{0,4}不存在/.test(reply.message) ? { state: "not_found" } : unknown(reply.reason);
  return reply.state === "unknown" ? reply : readRefund(reply, input);
}

/** The same number with another amount answers with the first amount: that is not the refund that was asked for. */
function readRefund({ fields }: Extract<SignedReply, { state: "said" }>, input: RefundInput): RefundAnswer {
  if (fields.get("out_refund_no") !== input.refundNo || fields.get("out_trade_no") !== input.outTradeNo)
    return unknown("other_order");
  if (parsedMinor(fields.get("money") ?? "") !== input.amount.amountMinor) return unknown("bad_amount");
  const refund = { gatewayRefundNo: refundNoOf(fields.get("refund_no")), amount: input.amount };
  if (fields.get("status") === "1") return { state: "succeeded", ...refund };
  return fields.get("status") === "0" ? { state: "processing", ...refund } : unknown("unreadable");
}

/** Closes by the second version. Most of its channels cannot, so after a refusal the payment itself is asked about. */
export async function closePayment(
  payment: PaymentRef,
  config: EpayConfig,
  transport: Transport,
): Promise<CloseAnswer> {
  const reply = await askSigned("/api/pay/close", [["out_trade_no", payment.outTradeNo]], config, transport);
  if (reply.state === "said") return { state: "closed" };
  if (reply.state === "unknown") return reply;
  return closedBy(await queryPayment(payment, config, transport));
}
