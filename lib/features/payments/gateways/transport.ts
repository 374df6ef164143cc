import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";

/** The way out of the house, given by the caller, so that tests own it. */
export interface Transport {
  readonly fetch: typeof globalThis.fetch;
  /** Default: limits.gatewayTimeoutMs, for the whole exchange including the body. */
  readonly timeoutMs?: number;
}

export interface TextReply {
  readonly status: number;
  readonly text: string;
}

export type TransportFailure = "unreachable" | "timed_out" | "redirected" | "reply_too_large";

/**
 * Reads one address within a time and a size, and follows no redirect, since the address may carry a key. What the
 * network threw is dropped, not passed on: its text may quote the address.
 */
export async function getText(transport: Transport, url: string): Promise<Result<TextReply, TransportFailure>> {
  const signal = AbortSignal.timeout(transport.timeoutMs ?? limits.gatewayTimeoutMs);
  try {
    const response = await transport.fetch(url, {
      redirect: "manual",
      signal,
      headers: { accept: "application/json" },
    });
    if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel();
      return err("redirected");
    }
    const text = await readBounded(response, limits.gatewayReplyBytesMax);
    return text === null ? err("reply_too_large") : ok({ status: response.status, text });
  } catch {
    return err(signal.aborted ? "timed_out" : "unreachable");
  }
}

/** Counts bytes after decompression, so a small reply cannot unfold into a large one. */
async function readBounded(response: Response, bytesMax: number): Promise<string | null> {
  if (!response.body) return "";
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
  return Buffer.concat(chunks).toString("utf8");
}
