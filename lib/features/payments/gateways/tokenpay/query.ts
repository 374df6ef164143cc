import { z } from "zod";
import { parseDecimal } from "@/lib/kernel/money";
import { unknown } from "../answers";
import { textField } from "../flat-json";
import { askJson } from "../json-reply";
import type { Pair, PaymentRef, QueryAnswer } from "../port";
import { Printed } from "../printed-json";
import type { Transport } from "../transport";
import { accountRefOf, ORDER_ID, signatureOf } from "./codec";
import { type TokenpayConfig, TRADE_TYPE } from "./settings";

const Reply = z.looseObject({
  success: z.boolean(),
  message: z.string().max(2_000).nullish(),
  data: z.unknown().optional(),
});
const Order = z.looseObject({
  id: z.string().regex(ORDER_ID),
  outOrderId: z.string(),
  status: Printed,
  actualAmount: Printed,
  amount: Printed.nullish(),
  payAmount: Printed.nullish(),
  currency: z.string().nullish(),
  toAddress: z.string().nullish(),
  fromAddress: z.string().nullish(),
  blockTransactionId: z.string().nullish(),
  payTime: z.string().nullish(),
});
type Order = z.infer<typeof Order>;

/** A number, or a word where the server was told to print words. */
const STATES: Readonly<Record<string, "pending" | "paid" | "closed">> = {
  "0": "pending",
  Pending: "pending",
  "1": "paid",
  Paid: "paid",
  "2": "closed",
  Expired: "closed",
};

/** Asks the server about one order, by a signed question. Without the order's number there nobody was shown an address so far. */
export async function queryPayment(
  { gatewayTradeNo: id, outTradeNo }: PaymentRef,
  config: TokenpayConfig,
  transport: Transport,
): Promise<QueryAnswer> {
  if (id === null) return unknown("not_askable");
  if (!ORDER_ID.test(id)) return unknown("unreadable");
  const search = new URLSearchParams({ Id: id, Signature: signatureOf([textField("Id", id)], config) });
  const reply = await askJson(transport, { url: `${config.baseUrl}/Query?${search}` });
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.status !== 200) return unknown("http_status");
  return readOrderReply(reply.value.json, { id, outTradeNo }, config);
}

/** Judges the reply about an order. Pure, and a value for every JSON. */
export function readOrderReply(
  json: unknown,
  asked: { readonly id: string; readonly outTradeNo: string },
  config: TokenpayConfig,
): QueryAnswer {
  const reply = Reply.safeParse(json);
  if (!reply.success) return unknown("unreadable");
  if (!reply.data.success) {
    if (reply.data.message?.includes("签名")) return unknown("credentials_refused");
    return reply.data.message?.includes("不存在") ? { state: "not_found" } : unknown("unreadable");
  }
  const order = Order.safeParse(reply.data.data);
  if (!order.success) return unknown("unreadable");
  if (order.data.id.toLowerCase() !== asked.id.toLowerCase()) return unknown("other_order");
  if (order.data.outOrderId !== asked.outTradeNo) return unknown("other_order");
  const state = STATES[order.data.status];
  if (state === undefined) return unknown("unreadable");
  if (state !== "paid") return { state };
  // The reply does not name the price's currency: it is a setting of the whole server.
  const amount = parseDecimal(order.data.actualAmount, config.currency);
  if (!amount.ok) return unknown("bad_amount");
  const method = order.data.currency ?? "";
  return {
    state: "paid",
    payment: {
      accountRef: accountRefOf(config),
      outTradeNo: asked.outTradeNo,
      gatewayTradeNo: asked.id,
      amount: amount.value,
      method: TRADE_TYPE.test(method) ? method : null,
      evidence: evidenceOf(order.data),
    },
  };
}

const EVIDENCE = [
  ...["id", "outOrderId", "status", "actualAmount", "amount", "payAmount", "currency", "toAddress", "fromAddress"],
  ...["blockTransactionId", "payTime"],
] as const;

/** Only the fields we know. */
const evidenceOf = (order: Order): Pair[] =>
  EVIDENCE.flatMap((name): Pair[] => {
    const value = order[name];
    return typeof value === "string" && value !== "" ? [[name, value.slice(0, 500)]] : [];
  });
