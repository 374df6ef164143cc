import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { GatewayAccount, Notification } from "@/lib/features/payments/gateways/port";
import { toRawHttp } from "@/lib/features/payments/gateways/raw-http";

export interface ListeningShop {
  readonly url: string;
  /** What each notice said, or why it was refused. */
  readonly heard: (Notification | string)[];
  /** What the next notices are answered with instead of the gateway's word. */
  readonly answers: string[];
  stop(): Promise<void>;
}

/** An address that hears notices, reads them as the shop would, and answers in the gateway's words. */
export async function startListeningShop(account: () => GatewayAccount, path: string): Promise<ListeningShop> {
  const heard: (Notification | string)[] = [];
  const answers: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = new Headers(request.headers as Record<string, string>);
    const raw = toRawHttp({ method: request.method ?? "", url: request.url ?? "", headers }, Buffer.concat(chunks));
    const notice = account().readNotification(raw, Date.now());
    heard.push(notice.ok ? notice.value : notice.error);
    const { status, body } = notice.ok ? account().accepted : account().refused;
    const answer = answers.shift();
    if (answer === undefined) response.writeHead(status).end(body);
    else response.writeHead(200).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    heard,
    answers,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
