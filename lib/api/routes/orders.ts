import type { PlaceOrder } from "@/lib/features/orders/place-command";
import { findOrderView } from "@/lib/features/orders/view";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { placeOrder } from "@/lib/flows/place-order";
import { assert } from "@/lib/kernel/assert";
import { fromPublicId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import type { Deps } from "@/lib/platform/deps";
import { getMetrics } from "@/lib/platform/metrics";
import { ignoreBody, readJson } from "../body";
import { findOrderOfRequest } from "../credentials";
import { type ApiContext, header, jsonReply, type Reply, send } from "../http";
import { invalidField, problem } from "../problem";
import type { Route } from "../route";
import { isIdempotencyKey, PlaceOrderBody, readVariantId, toLocale } from "../schema";
import { toOrderView, toPlacedOrderView } from "../views";

const GUEST = "guest";

async function place(c: ApiContext, deps: Deps): Promise<Response> {
  const startedAt = performance.now();
  const reply = await placed(c, deps);
  const outcome = reply.status === 201 ? "placed" : `refused_${reply.status}`;
  getMetrics().claimSeconds.observe({ outcome }, (performance.now() - startedAt) / 1000);
  return send(c, reply);
}

async function placed(c: ApiContext, deps: Deps): Promise<Reply> {
  const requestKey = header(c, "idempotency-key");
  if (!isIdempotencyKey(requestKey)) return problem("invalid_idempotency_key");
  const body = await readJson(c, PlaceOrderBody);
  if (!body.ok) return body.error;
  const { quantity, email, gateway, password, locale, answers, cardId, cardExtraMinor } = body.value;
  const variantId = readVariantId(body.value.variantId);
  if (variantId === null) return problem("not_found");
  const result = await placeOrder(deps, {
    scope: GUEST,
    requestKey,
    email: email.toLowerCase(),
    locale: toLocale(locale),
    channel: "api",
    accountId: gateway,
    lines: [{ variantId, quantity }],
    ...(answers === undefined ? {} : { answers }),
    ...(cardId === undefined ? {} : { chosen: readChosen(cardId, cardExtraMinor) }),
    ...(password === undefined ? {} : { password: new Secret(password) }),
  });
  if (!result.ok) return refused(result.error);
  const replayed = result.value.isReplay ? { "Idempotency-Replayed": "true" } : undefined;
  return jsonReply(201, toPlacedOrderView(result.value), replayed);
}

function readChosen(cardId: string, extraMinor: string | undefined): NonNullable<PlaceOrder["chosen"]> {
  const id = fromPublicId("preview", cardId);
  assert(id.ok, "the body's schema lets no other text through");
  return { previewId: id.value, ...(extraMinor !== undefined && { extraMinor: BigInt(extraMinor) }) };
}

type Refusal = Extract<Awaited<ReturnType<typeof placeOrder>>, { ok: false }>["error"];

function refused(refusal: Refusal): Reply {
  switch (refusal) {
    case "quantity_out_of_range":
      return invalidField("quantity", refusal, "This variant is not sold in this quantity.");
    case "form_incomplete":
      return invalidField("answers", refusal, "The merchant asks for fields that are empty or too long.");
    case "gateway_unavailable":
      return invalidField("gateway", refusal, "There is no such way to pay at the moment.");
    default:
      return problem(refusal);
  }
}

async function read(c: ApiContext, deps: Deps): Promise<Response> {
  const order = await findOrderOfRequest(c, deps);
  return send(c, order ? jsonReply(200, toOrderView(order)) : problem("not_found"));
}

async function cancel(c: ApiContext, deps: Deps): Promise<Response> {
  const body = await ignoreBody(c);
  if (!body.ok) return send(c, body.error);
  const order = await findOrderOfRequest(c, deps);
  if (!order) return send(c, problem("not_found"));
  const cancelled = await cancelOrder(deps, { orderId: order.id, actor: { kind: "buyer" } });
  if (!cancelled.ok) return send(c, problem(cancelled.error));
  return send(c, jsonReply(200, toOrderView((await findOrderView(deps, order.id)) ?? order)));
}

export const orderRoutes: readonly Route[] = [
  { method: "POST", path: "/api/v1/orders", answer: place },
  { method: "GET", path: "/api/v1/orders/:id", answer: read },
  { method: "POST", path: "/api/v1/orders/:id/cancel", answer: cancel },
];
