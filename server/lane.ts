import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createApi } from "@/lib/api/app";
import { startDraining } from "@/lib/api/readiness";
import { notePeer } from "@/lib/entry/peer";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { getMetrics } from "@/lib/platform/metrics";
import { createPageCache, type PageHandler } from "./page-cache";
import { newNonce, policyWithNonce, setPageHeaders, transportHeaders } from "./security-headers";

/** The process's HTTP server with both lanes in it. It is not listening yet. */
export interface Lane {
  readonly server: Server;
  /** From now on `/readyz` says "not ready" and every answer asks its connection to close, so that draining is short. */
  beginClosing(): void;
}

/** Which requests the Hono app takes; everything else, sign-in included, is Next's. */
const isOfApi = (url: string): boolean =>
  url.startsWith("/api/") || url === "/api"
    ? !/^\/api\/(?:auth|admin|merchant)(?:[/?]|$)/.test(url)
    : /^\/(?:livez|readyz|metrics)(?:[/?]|$)/.test(url);

/**
 * Both lanes in one server: the API, the notifications and the probes go straight to Hono (26,000 requests a second where
 * a Next route handler did 500), public pages to the page cache, and the rest to Next. Without `renderPage` (a process that
 * only works jobs) everything but the first lane is 404.
 */
export function createLane(deps: Deps, renderPage: PageHandler | null): Lane {
  getMetrics();
  const api = getRequestListener(createApi(deps).fetch, { overrideGlobalObjects: false });
  const pages = renderPage ? createPages(deps, renderPage) : null;
  const always = transportHeaders(deps.env);
  let isClosing = false;

  const server = createServer({ connectionsCheckingInterval: limits.connectionCheckMs }, (request, response) => {
    for (const [name, value] of always) response.setHeader(name, value);
    if (isClosing) response.setHeader("Connection", "close");
    if (isOfApi(request.url ?? "/") || pages === null) void api(request, response);
    else void pages(request, response);
  });
  server.headersTimeout = limits.requestHeaderTimeoutMs;
  server.requestTimeout = limits.requestTimeoutMs;
  server.keepAliveTimeout = limits.keepAliveMs;
  server.maxConnections = limits.connectionsMax;

  return {
    server,
    beginClosing() {
      isClosing = true;
      startDraining(deps);
    },
  };
}

function createPages(deps: Deps, renderPage: PageHandler) {
  const cache = createPageCache(deps, async (request, response) => {
    // Rendered without a nonce: a kept page names its scripts by their hashes.
    delete request.headers["content-security-policy"];
    await renderPage(request, response);
  });
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      if (await cache(request, response)) return;
      notePeer(request);
      const policy = policyWithNonce(newNonce(), deps.env);
      setPageHeaders(response, policy);
      // Next reads the nonce for its own inline scripts from this request header; a visitor's own word is overwritten.
      request.headers["content-security-policy"] = policy;
      await renderPage(request, response);
    } catch (error) {
      deps.log.error("page.failed", { path: (request.url ?? "").split("?")[0]?.slice(0, 200) }, error);
      if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
      response.end();
    }
  };
}
