import { OrderView, PaymentView, StartPaymentBody } from "../schema";
import { inPath, type Operation, ofOrder, orderId } from "./operation";

const paymentId = inPath("payment", "The payment's id.", "^pay_[0-9a-f]{32}$");

const notification = {
  tag: "Notifications",
  path: "/api/pay/{gateway}/{accountId}",
  description:
    "For gateways only. The request is verified by its signature; the answer is the gateway's own word as text/plain, and the word for success is sent only after the payment has been committed. Repeats are safe. Never answers with a redirect.",
  parameters: [inPath("gateway", "The gateway's kind."), inPath("accountId", "The account's id.")],
  success: { status: 200, description: "The gateway's own word.", contentType: "text/plain" },
  problems: [],
} as const satisfies Partial<Operation>;

/** Paying for an order, and what gateways tell of it. */
export const paymentOperations: readonly Operation[] = [
  {
    ...ofOrder,
    id: "startPayment",
    tag: "Payments",
    method: "post",
    path: "/api/v1/orders/{id}/payments",
    summary: "Open another payment attempt",
    description:
      "With another gateway account, or with the same one again: an attempt that is still open is returned as it is. Where its kind is on_request, the gateway is asked now, and the answer stands for every later question but for one with staleAt, which is asked for anew. Where the gateway refuses the attempt or has closed it, another one is opened in its place.",
    body: StartPaymentBody,
    success: { status: 201, description: "The way to pay.", schema: PaymentView },
    problems: [
      "not_json",
      "not_found",
      "not_payable",
      "too_many_attempts",
      "gateway_refused",
      "too_large",
      "invalid",
      "rate_limited",
      "gateway_silent",
    ],
  },
  {
    ...ofOrder,
    id: "postPaymentForm",
    tag: "Payments",
    parameters: [orderId, paymentId],
    method: "get",
    path: "/api/v1/orders/{id}/payments/{payment}/form",
    summary: "Send a browser to the gateway by a form",
    description:
      "For a payment of the kind form: a page that posts its fields to the gateway, and may post nowhere else. Of other kinds there is none.",
    success: { status: 200, description: "The page.", contentType: "text/html" },
    problems: ["not_found", "not_payable", "gateway_refused", "rate_limited", "gateway_silent"],
  },
  {
    ...ofOrder,
    id: "checkPayment",
    tag: "Payments",
    method: "post",
    path: "/api/v1/orders/{id}/check",
    summary: "Ask the gateway now",
    description: "For a buyer who says “I have paid”. Limited to a few per minute and order.",
    success: { status: 200, description: "The order after the gateway was asked.", schema: OrderView },
    problems: ["not_found", "rate_limited"],
  },
  { ...notification, id: "receiveNotificationByGet", method: "get", summary: "Receive a notification by GET" },
  { ...notification, id: "receiveNotificationByPost", method: "post", summary: "Receive a notification by POST" },
];
