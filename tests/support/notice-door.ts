import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { GatewayAccount } from "@/lib/features/payments/gateways/port";
import { toRawHttp } from "@/lib/features/payments/gateways/raw-http";
import { readPaid } from "./gateways";

type Notice = ReturnType<typeof readPaid>;

/** The shop's end of the wire: an HTTP server that reads notices with the true adapter and answers with its words. */
export interface NoticeDoor {
  readonly url: string;
  readonly notices: readonly Notice[];
  /** Whose notices are read; set once the account is open. */
  account: GatewayAccount | null;
  /** What is answered to a notice that was read; default: accepted. */
  answer: "accepted" | "deferred";
  stop(): Promise<void>;
}

/**
 * Opens the door on a free port of this machine, at an address of its own: a gateway of another test may still be telling whoever had the
 * port before.
 */
export async function openNoticeDoor(): Promise<NoticeDoor> {
  const notices: Notice[] = [];
  const door: { account: GatewayAccount | null; answer: "accepted" | "deferred" } = {
    account: null,
    answer: "accepted",
  };
  const path = `/api/pay/x/${randomBytes(6).toString("hex")}`;
  const server = createServer(async (request, response) => {
    if (!request.url?.startsWith(path)) return void response.writeHead(404).end();
    const account = door.account;
    if (!account) return void response.writeHead(500).end();
    const headers = new Headers({ "content-type": request.headers["content-type"] ?? "" });
    const raw = toRawHttp(
      { method: request.method ?? "", url: `http://shop${request.url}`, headers },
      await bodyOf(request),
    );
    const notice = readPaid(account, raw);
    notices.push(notice);
    const reply = notice.ok ? account[door.answer] : account.refused;
    response.writeHead(reply.status, { "content-type": reply.contentType }).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  return Object.assign(door, { url, notices, stop });
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
