import { Agent, type IncomingMessage, request as send } from "node:http";
import { pipeline } from "node:stream/promises";
import { limits } from "@/lib/kernel/limits";
import type { PageHandler } from "./page-cache";

/** Headers that are about one connection and not about what is asked or answered. */
const OF_THE_CONNECTION = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/** Nobody listens at the socket: the process of the pages is being started again. */
const IS_STARTING: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOENT"]);

const isAboutTheMessage = (name: string): boolean => !OF_THE_CONNECTION.has(name);

function headersFor(request: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && isAboutTheMessage(name)) headers[name] = value;
  return headers;
}

/**
 * Hands requests to the process of the pages and its answers back, byte for byte and as they come; whichever side gives up,
 * the other hears of it. Rejects when that process does not answer and nothing was sent yet.
 */
export function createPagesProxy(socketPath: string): PageHandler {
  const agent = new Agent({ keepAlive: true, maxSockets: limits.pagesInFlight, timeout: limits.requestTimeoutMs });
  return async (request, response) => {
    const upstream = send({
      socketPath,
      agent,
      method: request.method,
      path: request.url,
      headers: headersFor(request),
      setHost: false,
    });
    const gone = () => upstream.destroy();
    response.once("close", gone);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      upstream.once("response", resolve);
      upstream.on("error", reject);
      request.once("error", (error) => upstream.destroy(error));
      request.pipe(upstream);
    }).catch((error: NodeJS.ErrnoException) => {
      if (response.destroyed) return null; // Nobody waits for it any more.
      if (!IS_STARTING.has(error.code ?? "")) throw error;
      response.writeHead(503, { "Content-Type": "text/plain; charset=utf-8", "Retry-After": "2" });
      response.end("Back in a moment. 马上回来。\n");
      return null;
    });
    if (!answer) return;
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined && isAboutTheMessage(name)) response.setHeader(name, value);
    response.statusCode = answer.statusCode ?? 502;
    await pipeline(answer, response).catch(() => {}); // Either side left in the middle; both are closed now.
    response.off("close", gone);
  };
}
