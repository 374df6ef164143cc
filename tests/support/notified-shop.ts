import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { GatewayAccount, Notification } from "@/lib/features/payments/gateways/port";
import { toRawHttp } from "@/lib/features/payments/gateways/raw-http";
import { transportWith } from "./gateways";

export interface NotifiedShop {
  readonly url: string;
  /** What each notice said, or why it was refused. */
  readonly heard: readonly (Notification | string)[];
  /** Statuses to answer with instead, in order. */
  readonly answers: number[];
  stop(): Promise<void>;
}

/** An address that hears notices, reads them as the shop would, and answers in its words. */
export async function startNotifiedShop(account: () => GatewayAccount): Promise<NotifiedShop> {
  const heard: (Notification | string)[] = [];
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = new Headers(request.headers as Record<string, string>);
    const raw = toRawHttp({ method: request.method ?? "", url: request.url ?? "", headers }, Buffer.concat(chunks));
    const signer = await account().prepareNotification?.(raw, transportWith({ timeoutMs: 2_000 }));
    const notice = account().readNotification(raw, Date.now(), signer);
    heard.push(notice.ok ? notice.value : notice.error);
    const reply = notice.ok ? account().accepted : account().refused;
    response.writeHead(answers.shift() ?? reply.status).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/pay/gateway/a1`,
    heard,
    answers,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
