import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";

/** In our own server Node's request and response are at hand; in a host that only speaks fetch they are not. */
export type ApiBindings = { Bindings: Partial<HttpBindings> };
export type ApiContext = Context<ApiBindings>;

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The same with a file's bytes. */
export interface BytesReply extends Omit<Reply, "body"> {
  readonly body: Buffer<ArrayBuffer>;
}

/** Said with every answer of the lane: nothing here is to be guessed at, framed, cached by a middleman or embedded. */
const GUARDED = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
} as const;
const JSON_HEADERS = { "Content-Type": "application/json; charset=utf-8", ...GUARDED } as const;

/** An answer in JSON. `headers` win over the guarded defaults, for the few answers that may be cached. */
export const jsonReply = (status: number, value: unknown, headers?: Readonly<Record<string, string>>): Reply => ({
  status,
  body: JSON.stringify(value),
  headers: headers ? { ...JSON_HEADERS, ...headers } : JSON_HEADERS,
});

/** An answer of any other type, as guarded. */
export const textReply = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> & { readonly "Content-Type": string },
): Reply => ({ status, body, headers: { ...GUARDED, ...headers } });

/**
 * Sends an answer. In our own server it is written to Node's response at once: a web Response would cost more than the
 * whole rest of the lane, and swapping the process's global Response for a light one would change it under Next too.
 */
export function send(c: ApiContext, { status, body, headers }: Reply | BytesReply): Response {
  const outgoing = c.env?.outgoing;
  // These two have no body, and say nothing of its length.
  const isBare = status === 204 || status === 304;
  if (!outgoing || !("shouldKeepAlive" in outgoing)) return new Response(isBare ? null : body, { status, headers });
  outgoing.writeHead(status, isBare ? headers : { ...headers, "Content-Length": Buffer.byteLength(body) });
  outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
}

/** A request header, from Node's own table where there is one. A header that came twice reads as Node joins it. */
export function header(c: ApiContext, name: string): string | undefined {
  const incoming = c.env?.incoming;
  if (!incoming) return c.req.header(name);
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

export type BodyRefusal = "too_large" | "timed_out";

/**
 * The body's bytes, of which never more than `limit` are held. What lies beyond is read and thrown away within bounds,
 * because a sender that is cut off in the middle of its body often never sees the answer.
 */
export function readBody(c: ApiContext, limit: number): Promise<Result<Buffer, BodyRefusal>> {
  const length = header(c, "content-length");
  const announced = Number(length ?? 0);
  const incoming = c.env?.incoming as IncomingMessage | undefined;
  const isBodyless = incoming && length === undefined && incoming.headers["transfer-encoding"] === undefined;
  if (isBodyless) return Promise.resolve(ok(Buffer.alloc(0)));
  if (announced > limit) {
    if (incoming) discard(incoming);
    return Promise.resolve(err("too_large"));
  }
  return incoming ? readIncoming(incoming, limit) : readWeb(c.req.raw, limit);
}

function readIncoming(incoming: IncomingMessage, limit: number): Promise<Result<Buffer, BodyRefusal>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (result: Result<Buffer, BodyRefusal>) => {
      clearTimeout(timer);
      incoming.off("data", take).off("end", end).off("error", fail);
      if (!result.ok) discard(incoming);
      resolve(result);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) finish(err("too_large"));
      else chunks.push(chunk);
    };
    const end = () => finish(ok(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(new SenderGone(error));
    };
    const timer = setTimeout(() => finish(err("timed_out")), limits.requestBodyTimeoutMs);
    incoming.on("data", take).on("end", end).on("error", fail);
  });
}

/** The sender hung up before its body was complete: nobody is left to answer, and nothing is wrong with us. */
export class SenderGone extends Error {
  constructor(cause: unknown) {
    super("the sender hung up", { cause });
  }
}

/** Reads on without keeping anything, so that the sender can finish and hear the answer; past the bounds it is cut off. */
function discard(incoming: IncomingMessage): void {
  let size = 0;
  const cut = setTimeout(() => incoming.destroy(), limits.requestBodyTimeoutMs).unref();
  incoming.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > limits.discardedBodyBytesMax) incoming.destroy();
  });
  incoming.on("error", () => {}).on("close", () => clearTimeout(cut));
  incoming.resume();
}

async function readWeb(request: Request, limit: number): Promise<Result<Buffer, BodyRefusal>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (!request.body) return ok(Buffer.alloc(0));
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limit) return err("too_large");
    chunks.push(chunk);
  }
  return ok(Buffer.concat(chunks, size));
}

/** The JSON value of a body, or `not_json`: also for bytes that are not UTF-8, which a lenient decoder would change. */
export function parseJson(bytes: Buffer): Result<unknown, "not_json"> {
  if (!isUtf8(bytes)) return err("not_json");
  try {
    return ok(JSON.parse(bytes.toString("utf8")));
  } catch {
    return err("not_json");
  }
}
