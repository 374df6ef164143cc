import { OrderView, PlacedOrderView, PlaceOrderBody, RevealView } from "../schema";
import { idempotencyKey, type Operation, ofOrder } from "./operation";

/** An order, from its placing to its secrets. */
export const orderOperations: readonly Operation[] = [
  {
    id: "placeOrder",
    tag: "Orders",
    method: "post",
    path: "/api/v1/orders",
    summary: "Place an order",
    description:
      "Reserves the cards and opens a payment in one step, or does neither. Ask again with the same key and body after a lost answer: you get the same order, byte for byte, also after the stock is gone. A refused request does not use up its key.",
    parameters: [idempotencyKey("One per intention to buy")],
    body: PlaceOrderBody,
    success: {
      status: 201,
      description: "The order, with the token that opens it and the way to pay.",
      schema: PlacedOrderView,
      headers: { "Idempotency-Replayed": "true when this key had already placed this order." },
    },
    problems: [
      "invalid_idempotency_key",
      "not_json",
      "not_found",
      "insufficient_stock",
      "card_taken",
      "price_changed",
      "idempotency_conflict",
      "not_for_sale",
      "buyer_limit",
      "too_large",
      "invalid",
      "rate_limited",
      "busy",
    ],
  },
  {
    ...ofOrder,
    id: "getOrder",
    method: "get",
    path: "/api/v1/orders/{id}",
    summary: "Read an order",
    description: "The order as it stands, without its secrets. A pending order past its deadline reads expired.",
    success: { status: 200, description: "The order.", schema: OrderView },
    problems: ["not_found"],
  },
  {
    ...ofOrder,
    id: "revealOrder",
    method: "post",
    path: "/api/v1/orders/{id}/reveal",
    summary: "Reveal the secrets of a delivered order",
    description:
      "Every reveal is recorded. With Accept: text/html, as a form sends it, the answer is a page instead of JSON.",
    success: { status: 200, description: "The secrets, in the order of delivery.", schema: RevealView },
    problems: ["not_found", "not_delivered", "busy"],
  },
  {
    ...ofOrder,
    id: "cancelOrder",
    method: "post",
    path: "/api/v1/orders/{id}/cancel",
    summary: "Cancel an unpaid order",
    description: "Frees its cards. Money that arrives later is still recorded and served.",
    success: { status: 200, description: "The order.", schema: OrderView },
    problems: ["not_found", "not_cancellable"],
  },
];
