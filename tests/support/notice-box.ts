import type { GatewayAccount, VerifiedPayment } from "@/lib/features/payments/gateways/port";
import { toRawHttp } from "@/lib/features/payments/gateways/raw-http";
import { listenOnLoopback } from "@/sandbox/gateways/loopback-server";

/** An address that reads a gateway's notices as the shop does, answers in the gateway's words, and keeps what they said. */
export interface NoticeBox {
  readonly url: string;
  readonly paid: readonly VerifiedPayment[];
  /** One word for each notice that was not turned away. */
  readonly said: readonly string[];
  /** Turns the next notices away, unread. */
  refuse(count: number): void;
  stop(): Promise<void>;
}

export async function startNoticeBox(account: GatewayAccount): Promise<NoticeBox> {
  const [paid, said]: [VerifiedPayment[], string[]] = [[], []];
  let refusals = 0;
  const reply = ({ status, contentType, body }: GatewayAccount["accepted"]) => ({
    status,
    headers: { "content-type": contentType },
    body,
  });
  const server = await listenOnLoopback(0, async ({ method, url, headers, body }) => {
    if (refusals > 0) {
      refusals -= 1;
      return reply(account.deferred);
    }
    const request = {
      method,
      url: url.href,
      headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    };
    const notice = account.readNotification(toRawHttp(request, Buffer.from(body, "utf8")), Date.now());
    said.push(notice.ok ? (notice.value.kind === "nothing" ? notice.value.what : notice.value.kind) : notice.error);
    if (notice.ok && notice.value.kind === "paid") paid.push(notice.value.payment);
    return reply(notice.ok ? account.accepted : account.refused);
  });
  return {
    url: `${server.origin}/api/pay/${account.kind}/test`,
    paid,
    said,
    refuse: (count) => {
      refusals = count;
    },
    stop: server.stop,
  };
}
