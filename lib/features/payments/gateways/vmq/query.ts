import { z } from "zod";
import { closedBy, unknown } from "../answers";
import { askJson } from "../json-reply";
import type { CloseAnswer, PaymentRef, QueryAnswer, UnknownReason } from "../port";
import { Printed, PrintedName } from "../printed-json";
import type { Transport } from "../transport";
import { ORDER_ID, vmqSignature } from "./codec";
import { vmqPayment } from "./notice";
import type { VmqConfig } from "./settings";

const Reply = z.looseObject({ code: Printed, msg: z.unknown().optional(), data: z.unknown().optional() });
export const VmqOrder = z.looseObject({
  payId: PrintedName,
  orderId: PrintedName,
  payType: Printed,
  price: Printed,
  reallyPrice: Printed,
  state: Printed,
  timeOut: Printed.nullish(),
});

export type VmqReply =
  | { readonly state: "said"; readonly data: unknown }
  | { readonly state: "refused"; readonly message: string }
  | { readonly state: "unknown"; readonly reason: UnknownReason };

/** Asks one address of the server; never throws for what it does. */
export async function askVmq(
  path: string,
  fields: Record<string, string>,
  { baseUrl }: VmqConfig,
  transport: Transport,
): Promise<VmqReply> {
  const reply = await askJson(transport, { url: `${baseUrl}${path}?${new URLSearchParams(fields)}` });
  if (!reply.ok) return { state: "unknown", reason: reply.error };
  if (reply.value.status !== 200) return unknown("http_status");
  const said = Reply.safeParse(reply.value.json);
  if (!said.success) return unknown("unreadable");
  if (said.data.code === "1") return { state: "said", data: said.data.data };
  return said.data.code === "-1"
    ? { state: "refused", message: String(said.data.msg).slice(0, 200) }
    : unknown("unreadable");
}

/** The server's number, which it told when the payment was opened; by ours, which is no number, it answers nothing. */
const orderIdOf = ({ gatewayTradeNo }: PaymentRef): string | null =>
  gatewayTradeNo !== null && ORDER_ID.test(gatewayTradeNo) ? gatewayTradeNo : null;

/** Asks the server about one payment, by the number that it gave when the payment was opened. */
export async function queryVmq(payment: PaymentRef, config: VmqConfig, transport: Transport): Promise<QueryAnswer> {
  const orderId = orderIdOf(payment);
  if (orderId === null) return unknown("not_askable");
  const reply = await askVmq("/getOrder", { orderId }, config, transport);
  if (reply.state === "unknown") return reply;
  if (reply.state === "refused") return { state: "not_found" };
  return readVmqOrder(reply.data, { ...payment, gatewayTradeNo: orderId }, config);
}

/** Judges an order as the server tells it: -1 closed, 0 waiting, 1 paid, 2 paid and nobody took the notice. */
export function readVmqOrder(
  data: unknown,
  { outTradeNo, gatewayTradeNo }: PaymentRef,
  config: VmqConfig,
): QueryAnswer {
  const order = VmqOrder.safeParse(data);
  if (!order.success) return unknown("unreadable");
  const { payId, orderId, payType: type, price, reallyPrice, state } = order.data;
  if (payId !== outTradeNo || orderId !== gatewayTradeNo) return unknown("other_order");
  if (state === "0") return { state: "pending" };
  if (state === "-1") return { state: "closed" };
  if (state !== "1" && state !== "2") return unknown("unreadable");
  const payment = vmqPayment({ payId, type, price, reallyPrice }, config);
  return payment ? { state: "paid", payment } : unknown("bad_amount");
}

/** Asks that nobody may pay it any more; the server says no to what is paid or closed already. */
export async function closeVmq(payment: PaymentRef, config: VmqConfig, transport: Transport): Promise<CloseAnswer> {
  const orderId = orderIdOf(payment);
  if (orderId === null) return unknown("not_askable");
  const sign = vmqSignature([orderId], config.key.reveal());
  const reply = await askVmq("/closeOrder", { orderId, sign }, config, transport);
  if (reply.state === "said") return { state: "closed" };
  if (reply.state === "unknown") return reply;
  return closedBy(await queryVmq(payment, config, transport), unknown("gateway_busy"));
}
