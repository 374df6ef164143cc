import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A notice as it came over the wire, and what the gateway heard. */
export interface Told {
  readonly method: string;
  /** With its query, if it has one. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
  readonly contentType: string;
}

/** What stands in front of a shop: it passes every request on, letter for letter, and remembers the notices among them. */
export interface NoticeFront {
  readonly url: string;
  readonly told: Told[];
  /** Where requests go; set once the shop listens. */
  shop: string;
  /** Notices are remembered and not passed on, as if the line had broken. */
  isCut: boolean;
  stop(): Promise<void>;
}

/** Headers that belong to a connection and not to what is said on it. */
const OF_THE_LINE: ReadonlySet<string> = new Set([
  "connection",
  "host",
  "content-length",
  "transfer-encoding",
  "keep-alive",
]);

/** Sends something to the shop as somebody on the network would, and answers what was heard. */
export async function tell(
  origin: string,
  { method, path, headers, body }: Pick<Told, "method" | "path" | "headers" | "body">,
): Promise<Told> {
  const payload = method === "GET" ? null : body;
  const answer = await fetch(`${origin}${path}`, { method, headers, body: payload, redirect: "manual" });
  const contentType = answer.headers.get("content-type") ?? "";
  return { method, path, headers, body, status: answer.status, answer: await answer.text(), contentType };
}

/** Opens the front on a free port of this machine. */
export async function openNoticeFront(): Promise<NoticeFront> {
  const told: Told[] = [];
  const front = { told, shop: "", isCut: false };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) =>
        OF_THE_LINE.has(name) || value === undefined ? [] : [[name, String(value)]],
      ),
    );
    const asked = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers,
      body: Buffer.concat(chunks).toString(),
    };
    const isNotice = asked.path.startsWith("/api/pay/");
    const heard = isNotice && front.isCut ? null : await tell(front.shop, asked).catch(() => null);
    if (isNotice) told.push(heard ?? { ...asked, status: 0, answer: "", contentType: "" });
    if (!heard) return void response.destroy();
    response.writeHead(heard.status, { "content-type": heard.contentType }).end(heard.answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(front, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
