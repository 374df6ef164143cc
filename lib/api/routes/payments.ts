import { checkPayment, secondsUntilCheck } from "@/lib/flows/check-payment";
import { openPayment } from "@/lib/flows/open-payment";
import { startPayment } from "@/lib/flows/start-payment";
import type { Deps } from "@/lib/platform/deps";
import { ignoreBody, readJson } from "../body";
import { findOrderOfRequest } from "../credentials";
import { type ApiContext, jsonReply, send } from "../http";
import { invalidField, problem } from "../problem";
import type { Route } from "../route";
import { StartPaymentBody } from "../schema";
import { toOrderView, toPaymentView } from "../views";

async function start(c: ApiContext, deps: Deps): Promise<Response> {
  const body = await readJson(c, StartPaymentBody);
  const order = await findOrderOfRequest(c, deps);
  // Who may not see the order hears nothing about its body either.
  if (!order) return send(c, problem("not_found"));
  if (!body.ok) return send(c, body.error);
  const started = await startPayment(deps, { orderId: order.id, accountId: body.value.gateway });
  const opened = started.ok ? await openPayment(deps, { orderId: order.id, attemptId: started.value.id }) : started;
  if (opened.ok) return send(c, jsonReply(201, toPaymentView(opened.value)));
  if (opened.error === "gateway_unavailable") {
    return send(c, invalidField("gateway", opened.error, "There is no such way to pay at the moment."));
  }
  return send(c, problem(opened.error));
}

async function check(c: ApiContext, deps: Deps): Promise<Response> {
  const body = await ignoreBody(c);
  if (!body.ok) return send(c, body.error);
  const order = await findOrderOfRequest(c, deps);
  if (!order) return send(c, problem("not_found"));
  const checked = await checkPayment(deps, { orderId: order.id });
  if (checked.ok) return send(c, jsonReply(200, toOrderView(checked.value)));
  if (checked.error === "not_found") return send(c, problem("not_found"));
  const seconds = await secondsUntilCheck(deps, order.id);
  return send(c, problem("rate_limited", { headers: { "Retry-After": `${seconds}` } }));
}

export const paymentRoutes: readonly Route[] = [
  { method: "POST", path: "/api/v1/orders/:id/payments", answer: start },
  { method: "POST", path: "/api/v1/orders/:id/check", answer: check },
];
