import type { GatewayAccount, HttpReply, Pair, RawHttp } from "./port";

/** Takes a request apart without losing a repeated name or a byte of the body. */
export function toRawHttp(request: { method: string; url: string; headers: Headers }, body: Uint8Array): RawHttp {
  const question = request.url.indexOf("?");
  const search = question < 0 ? "" : request.url.slice(question + 1).replace(/#.*$/s, "");
  return { method: request.method, query: readPairs(search), headers: [...request.headers], body };
}

/** Decodes `a=1&b=2` as forms do: `+` is a space, broken UTF-8 becomes U+FFFD, and nothing is merged. */
export const readPairs = (text: string): Pair[] => [...new URLSearchParams(text)];

/** Whether the host is this very machine. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  // "shop.localhost" may be asked of a name server, so it is no proof.
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Our own addresses go out without a query: gateways escape `&` in them, sign only their own pairs, or refuse one. */
export const isCallbackUrl = (text: string): boolean =>
  text.length <= 255 && /^https?:\/\/[a-z0-9.:[\]-]+(?:\/[^?#\s<>"'&\\]*)?$/i.test(text);

/** An answer in one plain word, as most gateways want it. */
export const plainText = (status: number, body: string): HttpReply => ({
  status,
  contentType: "text/plain; charset=utf-8",
  body,
});

/** A gateway's three answers in plain words: only the first says the word that it waits for. */
export const plainAnswers = (taken: string): Pick<GatewayAccount, "accepted" | "refused" | "deferred"> => ({
  accepted: plainText(200, taken),
  refused: plainText(400, "fail"),
  deferred: plainText(503, "fail"),
});
