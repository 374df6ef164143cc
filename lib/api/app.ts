import { Hono } from "hono";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { isPassing } from "@/lib/platform/outage";
import { type ApiBindings, type ApiContext, SenderGone, send } from "./http";
import { problem } from "./problem";
import type { Route } from "./route";
import { documentRoutes } from "./routes/documents";
import { gatewayRoutes } from "./routes/gateways";
import { ledgerRoutes } from "./routes/ledger";
import { mediaRoutes } from "./routes/media";
import { merchantRoutes } from "./routes/merchant";
import { notificationRoutes } from "./routes/notifications";
import { orderRoutes } from "./routes/orders";
import { paymentRoutes } from "./routes/payments";
import { probeRoutes } from "./routes/probes";
import { productRoutes } from "./routes/products";
import { quotaRoutes } from "./routes/quota";
import { revealRoutes } from "./routes/reveal";

/** Every address of the lane. */
export const ROUTES: readonly Route[] = [
  ...orderRoutes,
  ...notificationRoutes,
  ...productRoutes,
  ...mediaRoutes,
  ...merchantRoutes,
  ...gatewayRoutes,
  ...paymentRoutes,
  ...revealRoutes,
  ...quotaRoutes,
  ...ledgerRoutes,
  ...probeRoutes,
  ...documentRoutes,
];

const patterns = ROUTES.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replace(/:[a-zA-Z]+/g, "[^/]+")}/?$`),
}));

/** The methods that an address has; empty when there is no such address. */
function methodsAt(path: string): string[] {
  const methods = new Set<string>();
  for (const { method, pattern } of patterns) {
    if (!pattern.test(path)) continue;
    methods.add(method);
    if (method === "GET") methods.add("HEAD");
  }
  return [...methods];
}

function notFound(c: ApiContext): Response {
  const methods = methodsAt(c.req.path);
  if (methods.length === 0) return send(c, problem("not_found"));
  return send(c, problem("method_not_allowed", { headers: { Allow: methods.join(", ") } }));
}

/** What was thrown is ours to look into, never the client's to read. */
function failed(deps: Deps, error: Error, c: ApiContext): Response {
  if (error instanceof SenderGone) return send(c, problem("request_timeout"));
  // The path and never the query: a gateway's return may carry more there than a log should hold.
  deps.log.error("api.failed", { method: c.req.method, path: c.req.path.slice(0, 200) }, error);
  return send(c, problem(isPassing(error) ? "unavailable" : "unexpected"));
}

/**
 * The fast lane: the public API, the gateways' notifications and the probes as one Hono app. It has no middleware, because
 * one would make Hono compose a chain per request; what all routes share they call. One app per `Deps`.
 */
export function createApi(deps: Deps): Hono<ApiBindings> {
  return ofDeps(deps, "api.app", () => {
    const app = new Hono<ApiBindings>({ strict: false });
    for (const { method, path, answer } of ROUTES) app.on(method, path, (c) => answer(c, deps));
    app.notFound(notFound);
    app.onError((error, c) => failed(deps, error, c));
    return app;
  });
}
