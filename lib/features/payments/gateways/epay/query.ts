import { z } from "zod";
import { parseDecimal } from "@/lib/kernel/money";
import { unknown } from "../answers";
import { parseJson } from "../json-members";
import type { Pair, PaymentRef, QueryAnswer, VerifiedPayment } from "../port";
import { Printed, PrintedName } from "../printed-json";
import { getText, type Transport } from "../transport";
import { GATEWAY_TRADE_NO, METHOD } from "./codec";
import type { EpayConfig } from "./settings";
import { askSigned } from "./signed-reply";
import { signedPairs } from "./signing";

const Code = z.looseObject({ code: Printed });
const Order = z.looseObject({
  trade_no: PrintedName,
  out_trade_no: PrintedName,
  money: Printed,
  status: Printed,
  pid: Printed.nullish(),
  type: Printed.nullish(),
  addtime: Printed.nullish(),
  endtime: Printed.nullish(),
});

type OrderReader = Pick<EpayConfig, "pid"> & { readonly profile?: Pick<EpayConfig["profile"], "paidWord"> };

/**
 * Asks about one payment once. Only a reply that is complete, of this order and of this account says anything; an error page,
 * an empty body, a redirect or silence is `unknown`, which is neither paid nor failed. With RSA the reply must be signed.
 */
export async function queryPayment(
  { outTradeNo }: PaymentRef,
  config: EpayConfig,
  transport: Transport,
): Promise<QueryAnswer> {
  if (config.signing.mode === "RSA") return querySigned(outTradeNo, config, transport);
  if (config.profile.queryAuth === "none") return unknown("not_askable");
  const reply = await getText(transport, `${config.baseUrl}/api.php?${questionOf(outTradeNo, config)}`);
  if (!reply.ok) return unknown(reply.error);
  if (config.profile.notFoundStatuses.includes(reply.value.status)) return { state: "not_found" };
  if (reply.value.status !== 200) return unknown("http_status");
  return readOrderReply(reply.value.text, outTradeNo, config);
}

function questionOf(outTradeNo: string, config: EpayConfig): URLSearchParams {
  const { pid, profile, signing } = config;
  const order: Pair[] = [
    ["pid", pid],
    ["out_trade_no", outTradeNo],
  ];
  const proof: readonly Pair[] =
    profile.queryAuth === "sign" || signing.mode === "RSA"
      ? signedPairs(order, config)
      : [
          ["pid", pid],
          ["key", signing.key.reveal()],
          ["out_trade_no", outTradeNo],
        ];
  return new URLSearchParams([["act", "order"], ...proof.map(([name, value]): [string, string] => [name, value])]);
}

async function querySigned(outTradeNo: string, config: EpayConfig, transport: Transport): Promise<QueryAnswer> {
  const reply = await askSigned("/api/pay/query", [["out_trade_no", outTradeNo]], config, transport);
  if (reply.state === "unknown") return reply;
  if (reply.state === "refused") {
    return /订单.{0,4}不存在/.test(reply.message) ? { state: "not_found" } : unknown(reply.reason);
  }
  return readOrder(Object.fromEntries(reply.fields), outTradeNo, config);
}

/** Judges the text of an order reply. Pure, and a value for every text. */
export function readOrderReply(text: string, outTradeNo: string, config: OrderReader): QueryAnswer {
  const reply = parseJson(text.replace(/^\uFEFF/, ""));
  const code = Code.safeParse(reply);
  if (!code.success) return unknown("unreadable");
  if (code.data.code === "-1") return { state: "not_found" };
  if (code.data.code === "-3") return unknown("credentials_refused");
  if (code.data.code !== "1") return unknown("unreadable");
  return readOrder(withStatus(code.data, config.profile?.paidWord), outTradeNo, config);
}

/** Where payment is told by a word, that word is status 1 and every other is not paid. */
const withStatus = (reply: Record<string, unknown>, paidWord: string | undefined): Record<string, unknown> =>
  paidWord === undefined || typeof reply.trade_status !== "string"
    ? reply
    : { ...reply, status: reply.trade_status === paidWord ? "1" : "0" };

function readOrder(reply: Record<string, unknown>, outTradeNo: string, { pid }: OrderReader): QueryAnswer {
  const parsed = Order.safeParse(reply);
  if (!parsed.success) return unknown("unreadable");
  const order = parsed.data;
  if (order.out_trade_no !== outTradeNo) return unknown("other_order");
  if (order.pid != null && order.pid !== pid) return unknown("other_account");
  if (order.status === "0") return { state: "pending" };
  // Frozen and pre-authorised money is neither here nor gone.
  if (order.status === "3" || order.status === "4") return unknown("held");
  if (order.status !== "1" && order.status !== "2") return unknown("unreadable");
  if (!GATEWAY_TRADE_NO.test(order.trade_no)) return unknown("unreadable");
  const amount = parseDecimal(order.money, "CNY");
  if (!amount.ok) return unknown("bad_amount");
  const payment: VerifiedPayment = {
    accountRef: pid,
    outTradeNo: order.out_trade_no,
    gatewayTradeNo: order.trade_no,
    amount: amount.value,
    method: order.type && METHOD.test(order.type) ? order.type : null,
    evidence: evidenceOf(order),
  };
  return order.status === "1" ? { state: "paid", payment } : { state: "refunded", payment };
}

/** Only the fields we know: a careless server may echo the key beside them. */
const evidenceOf = (order: z.infer<typeof Order>): Pair[] =>
  (["trade_no", "out_trade_no", "type", "pid", "money", "status", "addtime", "endtime"] as const).flatMap((name) =>
    order[name] == null ? [] : [[name, order[name]] as const],
  );
