import { isIP } from "node:net";
import type { Deps } from "@/lib/platform/deps";
import { getMetrics } from "@/lib/platform/metrics";
import { refreshFigures } from "../figures";
import { type ApiContext, header, jsonReply, send, textReply } from "../http";
import { problem } from "../problem";
import { findReasonNotReady } from "../readiness";
import type { Route } from "../route";

const PRIVATE = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i;

/**
 * Whether a request comes straight from this machine or its private network. How much a shop sells is nobody else's
 * business, and a request that a proxy passed on comes from outside, whatever address the proxy itself has.
 */
function isFromInside(c: ApiContext): boolean {
  const isPassedOn = ["x-forwarded-for", "forwarded", "x-real-ip", "via"].some((name) => header(c, name) !== undefined);
  const address = c.env?.incoming?.socket?.remoteAddress?.replace(/^::ffff:/, "") ?? "";
  return !isPassedOn && isIP(address) !== 0 && PRIVATE.test(address);
}

async function ready(c: ApiContext, deps: Deps): Promise<Response> {
  const reason = await findReasonNotReady(deps);
  if (reason === null) return send(c, jsonReply(200, { status: "ready" }));
  return send(c, jsonReply(503, { status: "not_ready", reason }, { "Retry-After": "1" }));
}

async function metrics(c: ApiContext, deps: Deps): Promise<Response> {
  if (!isFromInside(c)) return send(c, problem("not_found"));
  await refreshFigures(deps);
  const { registry } = getMetrics();
  return send(c, textReply(200, await registry.metrics(), { "Content-Type": registry.contentType }));
}

export const probeRoutes: readonly Route[] = [
  { method: "GET", path: "/livez", answer: (c) => send(c, jsonReply(200, { status: "alive" })) },
  { method: "GET", path: "/readyz", answer: ready },
  { method: "GET", path: "/metrics", answer: metrics },
];
