import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";

/** The way out of the house, and what a signature takes of the world: given by the caller, so that tests own it. */
export interface Transport {
  readonly fetch: typeof globalThis.fetch;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Buffer;
  /** Default: limits.gatewayTimeoutMs, for the whole exchange including the body. */
  readonly timeoutMs?: number;
}

export interface TextReply {
  readonly status: number;
  readonly text: string;
}

export type TransportFailure = "unreachable" | "timed_out" | "redirected" | "reply_too_large";

/** A request as it was signed: the body goes out byte for byte. */
export interface GatewayRequest {
  readonly url: string;
  readonly method?: "GET" | "POST" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default: limits.gatewayReplyBytesMax. */
  readonly bytesMax?: number;
}

export interface BytesReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/**
 * Asks one address within a time and a size, and follows no redirect, since the request may carry a key. What the network threw
 * is dropped, not passed on: its text may quote the address.
 */
export async function send(
  transport: Pick<Transport, "fetch" | "timeoutMs">,
  { url, method = "GET", headers = {}, body, bytesMax = limits.gatewayReplyBytesMax }: GatewayRequest,
): Promise<Result<BytesReply, TransportFailure>> {
  const signal = AbortSignal.timeout(transport.timeoutMs ?? limits.gatewayTimeoutMs);
  try {
    const response = await transport.fetch(url, {
      method,
      body: body ?? null,
      redirect: "manual",
      signal,
      headers: { accept: "application/json", ...headers },
    });
    if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel();
      return err("redirected");
    }
    const bytes = await readBounded(response, bytesMax);
    return bytes === null
      ? err("reply_too_large")
      : ok({ status: response.status, headers: response.headers, body: bytes });
  } catch {
    return err(signal.aborted ? "timed_out" : "unreachable");
  }
}

/** One question whose reply is a text. */
export async function getText(
  transport: Pick<Transport, "fetch" | "timeoutMs">,
  url: string,
): Promise<Result<TextReply, TransportFailure>> {
  const reply = await send(transport, { url });
  return reply.ok ? ok({ status: reply.value.status, text: reply.value.body.toString("utf8") }) : reply;
}

/** Counts bytes after decompression, so a small reply cannot unfold into a large one. */
async function readBounded(response: Response, bytesMax: number): Promise<Buffer | null> {
  if (!response.body) return Buffer.alloc(0);
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      return null;
    }
    chunks.push(chunk.value);
  }
  return Buffer.concat(chunks);
}
