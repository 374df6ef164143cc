import { readPairs } from "@/lib/features/payments/gateways/raw-http";
import { acceptNotification } from "@/lib/flows/accept-notification";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { getMetrics } from "@/lib/platform/metrics";
import { type ApiContext, readBody, send, textReply } from "../http";
import type { Route } from "../route";

/** The query as it came over the wire: decoded once, every repeated name still there. */
function queryOf(c: ApiContext): string {
  const url = c.env?.incoming?.url ?? c.req.url;
  const question = url.indexOf("?");
  return question < 0 ? "" : url.slice(question + 1);
}

function headersOf(c: ApiContext): [string, string][] {
  const incoming = c.env?.incoming;
  if (!incoming) return [...c.req.raw.headers];
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    pairs.push([incoming.rawHeaders[index]?.toLowerCase() ?? "", incoming.rawHeaders[index + 1] ?? ""]);
  }
  return pairs;
}

async function answer(c: ApiContext, deps: Deps): Promise<Response> {
  const startedAt = performance.now();
  const body = await readBody(c, limits.notificationBodyBytesMax);
  if (!body.ok) return send(c, textReply(body.error === "too_large" ? 413 : 408, "fail", PLAIN));
  const reply = await acceptNotification(deps, {
    gateway: c.req.param("gateway") ?? "",
    accountId: c.req.param("accountId") ?? "",
    raw: { method: c.req.method, query: readPairs(queryOf(c)), headers: headersOf(c), body: body.value },
  });
  const outcome = reply.status < 300 ? "accepted" : "refused";
  getMetrics().notifySeconds.observe({ outcome }, (performance.now() - startedAt) / 1000);
  return send(c, textReply(reply.status, reply.body, { "Content-Type": reply.contentType }));
}

const PLAIN = { "Content-Type": "text/plain; charset=utf-8" } as const;

export const notificationRoutes: readonly Route[] = [
  { method: "GET", path: "/api/pay/:gateway/:accountId", answer },
  { method: "POST", path: "/api/pay/:gateway/:accountId", answer },
];
