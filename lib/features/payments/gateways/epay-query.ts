import { z } from "zod";
import { parseDecimal } from "@/lib/kernel/money";
import { GATEWAY_TRADE_NO, METHOD } from "./epay-codec";
import type { EpayConfig } from "./epay-settings";
import type { Pair, PaymentRef, QueryAnswer, UnknownReason, VerifiedPayment } from "./port";
import { getText, type Transport } from "./transport";

/** PHP mixes numbers and texts; both are read as the text they print. Nothing else is: `true` is not 1. */
const Printed = z.union([z.string().max(200), z.number().transform(String)]);
const Code = z.looseObject({ code: Printed });
const Order = z.looseObject({
  trade_no: Printed,
  out_trade_no: Printed,
  money: Printed,
  status: Printed,
  pid: Printed.nullish(),
  type: Printed.nullish(),
  addtime: Printed.nullish(),
  endtime: Printed.nullish(),
});

const unknown = (reason: UnknownReason): QueryAnswer => ({ state: "unknown", reason });

/**
 * Asks `api.php?act=order` once. Only a reply that is complete, of this order and of this account says anything; an error
 * page, an empty body, a redirect or silence is `unknown`, which is neither paid nor failed.
 */
export async function queryPayment(
  { outTradeNo }: PaymentRef,
  config: EpayConfig,
  transport: Transport,
): Promise<QueryAnswer> {
  const search = new URLSearchParams({
    act: "order",
    pid: config.pid,
    key: config.key.reveal(),
    out_trade_no: outTradeNo,
  });
  const reply = await getText(transport, `${config.baseUrl}/api.php?${search}`);
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.status !== 200) return unknown("http_status");
  return readOrderReply(reply.value.text, outTradeNo, config);
}

/** Judges the text of an order reply. Pure, and a value for every text. */
export function readOrderReply(text: string, outTradeNo: string, config: Pick<EpayConfig, "pid">): QueryAnswer {
  const reply = parseJson(text);
  const code = Code.safeParse(reply);
  if (!code.success) return unknown("unreadable");
  if (code.data.code === "-1") return { state: "not_found" };
  if (code.data.code === "-3") return unknown("credentials_refused");
  const order = Order.safeParse(reply);
  if (code.data.code !== "1" || !order.success) return unknown("unreadable");
  if (order.data.out_trade_no !== outTradeNo) return unknown("other_order");
  if (order.data.pid != null && order.data.pid !== config.pid) return unknown("other_account");
  return readOrder(order.data, config.pid);
}

function readOrder(order: z.infer<typeof Order>, pid: string): QueryAnswer {
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return null;
  }
}
