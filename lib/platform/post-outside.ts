import http from "node:http";
import https from "node:https";
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from "request-filtering-agent";

export interface OutsidePost {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly replyBytesMax: number;
  /** For a shop on somebody's own machine: addresses of this machine are called, too. */
  readonly allowsLoopback: boolean;
}

/** How it went: what was answered, or, in a few words of ours, why nothing was. */
export type OutsideReply = { readonly status: number } | { readonly failure: string };

const FAILURES: Readonly<Record<string, string>> = {
  ENOTFOUND: "no such host",
  EAI_AGAIN: "no such host",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection closed",
  ETIMEDOUT: "timed out",
  CERT_HAS_EXPIRED: "certificate expired",
};

/** Loopback and nothing else of what is private. */
const LOOPBACK = ["127.0.0.0/8", "::1"];

/**
 * Posts to an address that somebody else has chosen. The address that is connected to is judged, not the name that was looked
 * up before: a name that is public first and private then gets nowhere, and no redirect is followed. Of the answer only its
 * status is of interest, and only so much of it is read.
 */
export function postOutside(post: OutsidePost): Promise<OutsideReply> {
  const isPlain = post.url.startsWith("http:");
  const options = post.allowsLoopback ? { allowIPAddressList: LOOPBACK } : {};
  const agent = isPlain ? new RequestFilteringHttpAgent(options) : new RequestFilteringHttpsAgent(options);
  return new Promise<OutsideReply>((resolve) => {
    const finish = (reply: OutsideReply) => {
      clearTimeout(timer);
      resolve(reply);
      request.destroy();
    };
    const request = (isPlain ? http : https).request(post.url, {
      agent,
      method: "POST",
      headers: { ...post.headers, "Content-Length": Buffer.byteLength(post.body) },
    });
    // From the first look-up to the last byte, however slowly each of them comes.
    const timer = setTimeout(() => finish({ failure: "timed out" }), post.timeoutMs);
    request.on("error", (error: NodeJS.ErrnoException) => finish({ failure: failureOf(error) }));
    request.on("response", (response) => {
      const status = response.statusCode ?? 0;
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > post.replyBytesMax) finish({ status });
      });
      response.on("end", () => finish({ status }));
      response.on("error", () => finish({ status }));
    });
    request.end(post.body);
  });
}

function failureOf(error: NodeJS.ErrnoException): string {
  if (/not allowed|is private/i.test(error.message)) return "address not allowed";
  const known = FAILURES[error.code ?? ""];
  if (known) return known;
  return /certificate|SSL|TLS/i.test(`${error.code} ${error.message}`) ? "certificate not accepted" : "not reached";
}
