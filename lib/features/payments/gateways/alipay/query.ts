import { z } from "zod";
import { closedBy, unknown } from "../answers";
import type { CloseAnswer, PaymentRef, QueryAnswer, VerifiedPayment } from "../port";
import type { Transport } from "../transport";
import { type AlipayReply, callAlipay, reasonOf } from "./call";
import { readYuan, TRADE_NO } from "./codec";
import { type AlipayConfig, accountRefOf } from "./settings";

const Text = z.string().max(200);
const Trade = z.looseObject({
  out_trade_no: Text,
  trade_no: Text,
  trade_status: Text,
  total_amount: Text,
  send_pay_date: Text.nullish(),
  refund_fee: Text.nullish(),
});
type Trade = z.infer<typeof Trade>;

const NOT_EXIST = "ACQ.TRADE_NOT_EXIST";

/** Asks `alipay.trade.query` once, by our own number, so that the reply can be held against it. */
export async function queryPayment(
  { outTradeNo }: PaymentRef,
  config: AlipayConfig,
  transport: Transport,
): Promise<QueryAnswer> {
  const request = { method: "alipay.trade.query", content: { out_trade_no: outTradeNo } };
  const reply = await callAlipay(request, config, transport);
  return reply.ok ? readTrade(reply.value, outTradeNo, config) : unknown(reply.error);
}

/** Judges a signed answer about a trade. A code that nobody scanned is no trade so far: `not_found`, and may still be paid. */
export function readTrade(
  reply: AlipayReply,
  outTradeNo: string,
  config: Pick<AlipayConfig, "appId" | "sellerId">,
): QueryAnswer {
  if (reply.subCode === NOT_EXIST) return { state: "not_found" };
  if (reply.code !== "10000") return unknown(reasonOf(reply));
  const trade = Trade.safeParse(reply.fields);
  if (!trade.success || !TRADE_NO.test(trade.data.trade_no)) return unknown("unreadable");
  if (trade.data.out_trade_no !== outTradeNo) return unknown("other_order");
  return judge(trade.data, reply, config);
}

function judge(trade: Trade, reply: AlipayReply, config: Pick<AlipayConfig, "appId" | "sellerId">): QueryAnswer {
  const amount = readYuan(trade.total_amount);
  if (!amount.ok) return unknown("bad_amount");
  const payment: VerifiedPayment = {
    accountRef: accountRefOf(config),
    outTradeNo: trade.out_trade_no,
    gatewayTradeNo: trade.trade_no,
    amount: amount.value,
    method: null,
    evidence: reply.evidence,
  };
  const isRefunded = trade.refund_fee ? !/^0+(\.0+)?$/.test(trade.refund_fee) : false;
  switch (trade.trade_status) {
    case "WAIT_BUYER_PAY":
      return { state: "pending" };
    case "TRADE_SUCCESS":
    case "TRADE_FINISHED":
      return { state: isRefunded ? "refunded" : "paid", payment };
    case "TRADE_CLOSED":
      // Closed by its deadline, or because all of it was given back: only what was paid has a time of payment.
      return trade.send_pay_date || isRefunded ? { state: "refunded", payment } : { state: "closed" };
    default:
      return unknown("unreadable");
  }
}

/**
 * Asks that nobody may pay it any more. A code that was never scanned cannot be closed (`not_created`): its `time_expire` is
 * what ends it. Whatever Alipay refuses is asked about before anything is concluded.
 */
export async function closePayment(
  payment: PaymentRef,
  config: AlipayConfig,
  transport: Transport,
): Promise<CloseAnswer> {
  const request = { method: "alipay.trade.close", content: { out_trade_no: payment.outTradeNo } };
  const reply = await callAlipay(request, config, transport);
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.code === "10000") {
    return reply.value.fields.out_trade_no === payment.outTradeNo ? { state: "closed" } : unknown("other_order");
  }
  if (reply.value.subCode === NOT_EXIST) return { state: "not_created" };
  return closedBy(await queryPayment(payment, config, transport), unknown(reasonOf(reply.value)));
}
