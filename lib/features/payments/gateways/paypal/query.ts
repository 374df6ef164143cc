import { assert } from "@/lib/kernel/assert";
import { err, ok, type Result } from "@/lib/kernel/result";
import { closedBy, unknown } from "../answers";
import type { CloseAnswer, PaymentRef, QueryAnswer, UnknownReason } from "../port";
import type { Transport } from "../transport";
import { callPaypal, type PaypalReply } from "./call";
import { OUT_TRADE_NO, PAYPAL_ID } from "./codec";
import { Capture, closedMark, numberOf, Order, paymentOf, unitOf } from "./objects";
import type { PaypalConfig } from "./settings";

/** What PayPal answers to a capture that the buyer can still make possible. */
const NOT_YET =
  /^(ORDER_NOT_APPROVED|INSTRUMENT_DECLINED|PAYER_ACTION_REQUIRED|PAYER_CANNOT_PAY|TRANSACTION_REFUSED|REDIRECT_PAYER_FOR_ALTERNATE_FUNDING)$/;

interface Way {
  readonly config: PaypalConfig;
  readonly transport: Transport;
}

/** What a number of PayPal's is; both kinds look alike. */
type Found = { readonly order: Order } | { readonly capture: Capture } | null;

/**
 * Asks about one attempt, and takes the money of an order that the buyer has approved: with PayPal an approval is a promise,
 * which lapses after some hours unless it is taken. Taken twice it is one payment, by request number and by invoice number. An
 * order that was closed by us is never taken. PayPal finds nothing by our own number alone, so without one of its own nobody is asked.
 */
export async function queryPayment(ref: PaymentRef, config: PaypalConfig, transport: Transport): Promise<QueryAnswer> {
  assert(OUT_TRADE_NO.test(ref.outTradeNo), "out_trade_no is ours");
  const way = { config, transport };
  const found = await find(ref.gatewayTradeNo, way);
  if (!found.ok) return unknown(found.error);
  if (found.value === null) return { state: "not_found" };
  if ("capture" in found.value) return readCapture(found.value.capture, ref.outTradeNo, config);
  const { order } = found.value;
  const answer = readOrder(order, ref.outTradeNo, config);
  return answer.state === "pending" && order.status === "APPROVED" ? capture(order.id, ref.outTradeNo, way) : answer;
}

/** The order or the capture with this number; null when PayPal knows neither, as it does of lapsed orders. */
export async function find(id: string | null, way: Way): Promise<Result<Found, UnknownReason>> {
  if (id === null || !PAYPAL_ID.test(id)) return err("not_askable");
  const asOrder = await get(`/v2/checkout/orders/${id}`, way);
  if (!asOrder.ok) return asOrder;
  if (asOrder.value) {
    const order = Order.safeParse(asOrder.value);
    return order.success && order.data.id === id ? ok({ order: order.data }) : err("unreadable");
  }
  const asCapture = await get(`/v2/payments/captures/${id}`, way);
  if (!asCapture.ok || !asCapture.value) return asCapture.ok ? ok(null) : asCapture;
  const capture = Capture.safeParse(asCapture.value);
  return capture.success && capture.data.id === id ? ok({ capture: capture.data }) : err("unreadable");
}

async function get(path: string, { config, transport }: Way): Promise<Result<unknown, UnknownReason>> {
  const reply = await callPaypal({ method: "GET", path }, config, transport);
  if (!reply.ok) return reply;
  if (reply.value.kind === "done") return ok(reply.value.object);
  return reply.value.status === 404 ? ok(null) : err("unreadable");
}

async function capture(orderId: string, outTradeNo: string, { config, transport }: Way): Promise<QueryAnswer> {
  const path = `/v2/checkout/orders/${orderId}/capture`;
  const request = { method: "POST", path, content: {}, requestId: `${outTradeNo}-capture` } as const;
  const reply = await callPaypal(request, config, transport);
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.kind === "done") return readCaptured(reply.value, outTradeNo, config);
  if (NOT_YET.test(reply.value.issue)) return { state: "pending" };
  // Somebody took it a moment ago, or PayPal will not say: the order itself tells, now or at the next question.
  const again = await get(`/v2/checkout/orders/${orderId}`, { config, transport });
  const order = Order.safeParse(again.ok ? again.value : undefined);
  if (!order.success) return unknown(again.ok ? "unreadable" : again.error);
  return readOrder(order.data, outTradeNo, config);
}

function readCaptured(reply: PaypalReply, outTradeNo: string, config: Pick<PaypalConfig, "clientId">): QueryAnswer {
  const order = Order.safeParse(reply.kind === "done" ? reply.object : undefined);
  return order.success ? readOrder(order.data, outTradeNo, config) : unknown("unreadable");
}

/** Judges one order. Only a capture that is completed is money; an approval is not. Pure, and a value for every order. */
export function readOrder(order: Order, outTradeNo: string, config: Pick<PaypalConfig, "clientId">): QueryAnswer {
  const unit = unitOf(order);
  if (!unit) return unknown("unreadable");
  const [latest] = unit.payments?.captures ?? [];
  if (latest) {
    // A capture of an order carries the order's own marks where PayPal leaves them out.
    return readCapture({ ...latest, custom_id: latest.custom_id ?? unit.custom_id }, outTradeNo, config);
  }
  if (unit.custom_id === closedMark(outTradeNo)) return { state: "closed" };
  if (numberOf(unit) !== outTradeNo) return unknown("other_order");
  if (["CREATED", "SAVED", "APPROVED", "PAYER_ACTION_REQUIRED"].includes(order.status)) return { state: "pending" };
  return order.status === "VOIDED" ? { state: "closed" } : unknown("unreadable");
}

/** Judges one capture. */
export function readCapture(read: Capture, outTradeNo: string, config: Pick<PaypalConfig, "clientId">): QueryAnswer {
  if (numberOf(read) !== outTradeNo) return unknown("other_order");
  // Under review, or a cheque: days, and it may come to nothing.
  if (read.status === "PENDING") return { state: "pending" };
  if (read.status === "DECLINED" || read.status === "FAILED") return { state: "closed" };
  if (!["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"].includes(read.status)) return unknown("unreadable");
  const payment = paymentOf(read, outTradeNo, { config });
  if (!payment.ok) return unknown("bad_amount");
  return { state: read.status === "COMPLETED" ? "paid" : "refunded", payment: payment.value };
}

/**
 * Marks the order as closed, so that no question of ours ever takes its money; PayPal itself knows no closing, and an approval that
 * nobody takes lapses. What PayPal does not let us mark is told as it is.
 */
export async function closePayment(ref: PaymentRef, config: PaypalConfig, transport: Transport): Promise<CloseAnswer> {
  const way = { config, transport };
  const found = await find(ref.gatewayTradeNo, way);
  if (!found.ok) return found.error === "not_askable" ? { state: "unsupported" } : unknown(found.error);
  if (found.value === null) return { state: "not_created" };
  if ("capture" in found.value) return closedBy(readCapture(found.value.capture, ref.outTradeNo, config));
  const answer = readOrder(found.value.order, ref.outTradeNo, config);
  // A capture that is under review stays what it is.
  if (answer.state !== "pending" || unitOf(found.value.order)?.payments?.captures?.length) return closedBy(answer);
  const mark = [
    { op: "replace", path: "/purchase_units/@reference_id=='default'/custom_id", value: closedMark(ref.outTradeNo) },
  ];
  const path = `/v2/checkout/orders/${found.value.order.id}`;
  const reply = await callPaypal({ method: "PATCH", path, content: mark }, config, transport);
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.kind === "done") return { state: "closed" };
  const again = await find(ref.gatewayTradeNo, way);
  if (!again.ok) return unknown(again.error);
  return again.value && "order" in again.value
    ? closedBy(readOrder(again.value.order, ref.outTradeNo, config))
    : { state: "unsupported" };
}
