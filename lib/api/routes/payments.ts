import { checkPayment, secondsUntilCheck } from "@/lib/flows/check-payment";
import { openPayment } from "@/lib/flows/open-payment";
import { renewPayment } from "@/lib/flows/renew-payment";
import { startPayment } from "@/lib/flows/start-payment";
import { fromPublicId } from "@/lib/kernel/id";
import type { Deps } from "@/lib/platform/deps";
import { ignoreBody, readJson } from "../body";
import { findOrderOfRequest } from "../credentials";
import { formPage } from "../form-page";
import { type ApiContext, jsonReply, send } from "../http";
import { invalidField, problem } from "../problem";
import type { Route } from "../route";
import { StartPaymentBody } from "../schema";
import { payerOf } from "../sender";
import { toOrderView, toPaymentView } from "../views";

async function start(c: ApiContext, deps: Deps): Promise<Response> {
  const body = await readJson(c, StartPaymentBody);
  const order = await findOrderOfRequest(c, deps);
  // Who may not see the order hears nothing about its body either.
  if (!order) return send(c, problem("not_found"));
  if (!body.ok) return send(c, body.error);
  const { gateway, clientIp, device } = body.value;
  const payer = payerOf(c, deps);
  const buyer = { clientIp: clientIp ?? payer.clientIp, device: device ?? payer.device };
  const started = await startPayment(deps, { orderId: order.id, accountId: gateway });
  const opened = started.ok
    ? await renewPayment(deps, { orderId: order.id, attemptId: started.value.id, ...buyer })
    : started;
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

async function form(c: ApiContext, deps: Deps): Promise<Response> {
  const order = await findOrderOfRequest(c, deps);
  const id = fromPublicId("attempt", c.req.param("payment") ?? "");
  if (!order || !id.ok) return send(c, problem("not_found"));
  const opened = await openPayment(deps, { orderId: order.id, attemptId: id.value, ...payerOf(c, deps) });
  if (!opened.ok) return send(c, problem(opened.error === "gateway_unavailable" ? "gateway_refused" : opened.error));
  return send(c, formPage(order, opened.value) ?? problem("not_found"));
}

export const paymentRoutes: readonly Route[] = [
  { method: "POST", path: "/api/v1/orders/:id/payments", answer: start },
  { method: "GET", path: "/api/v1/orders/:id/payments/:payment/form", answer: form },
  { method: "POST", path: "/api/v1/orders/:id/check", answer: check },
];
