import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GatewayAccount, HttpReply } from "@/lib/features/payments/gateways/port";
import { toRawHttp } from "@/lib/features/payments/gateways/raw-http";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { newOutTradeNo } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { type Sandbox, type SandboxOptions, startSandbox } from "@/sandbox/server";
import { readPaid, redirectOf } from "@/tests/support/gateways";

export const PID = "1000";
export const KEY = "sandboxKey0123456789abcdefABCDEF";

type Notice = ReturnType<typeof readPaid>;

/** The shop's end of the wire: an HTTP server that reads notices with the true adapter and answers as the test says. */
export interface ShopEnd {
  readonly origin: string;
  readonly notices: readonly Notice[];
  /** What to answer to a notice that was read; default: the gateway's word. */
  reply: (notice: Notice, count: number) => HttpReply | "hang up";
  account: GatewayAccount;
}

export interface Scene {
  readonly shop: ShopEnd;
  readonly sandbox: Sandbox;
  readonly stateFile: string;
  /** Signs an address as the shop does and opens it as a browser does; returns the number. */
  order(fen: bigint, method?: string): Promise<{ outTradeNo: string; url: string; page: string }>;
  restart(options?: Partial<SandboxOptions>): Promise<void>;
  stop(): Promise<void>;
}

export function openAccount(baseUrl: string, key = KEY): GatewayAccount {
  const opened = gatewayOf("epay").openAccount({ baseUrl, pid: PID, key, types: ["alipay", "wxpay"] });
  if (!opened.ok) throw new Error(opened.error.join());
  return opened.value;
}

async function startShopEnd(account: GatewayAccount) {
  const notices: Notice[] = [];
  const shop: ShopEnd = { origin: "", notices, reply: () => account.accepted, account };
  const server = createServer((request, response) => {
    const url = `http://shop${request.url}`;
    const notice = readPaid(
      shop.account,
      toRawHttp({ method: request.method ?? "", url, headers: new Headers() }, new Uint8Array()),
    );
    notices.push(notice);
    const reply = shop.reply(notice, notices.length);
    if (reply === "hang up") return void request.socket.destroy();
    response.writeHead(reply.status, { "content-type": reply.contentType }).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { shop: Object.assign(shop, { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }), stop };
}

/** A sandbox and a shop's end on free ports, and a fresh state file. */
export async function openScene(options: Partial<SandboxOptions> = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), "kapu-sandbox-"));
  const stateFile = join(folder, "deep", "state.jsonl");
  let sandbox = await startSandbox({ pid: PID, key: KEY, stateFile, speed: 1, ...options });
  const { shop, stop } = await startShopEnd(openAccount(sandbox.url));
  return {
    shop,
    stateFile,
    get sandbox() {
      return sandbox;
    },
    async order(fen, method) {
      const outTradeNo = newOutTradeNo();
      const url = redirectOf(shop.account, {
        outTradeNo,
        amount: money(fen, "CNY"),
        orderNumber: "261121-ABCD-EFGH",
        notifyUrl: `${shop.origin}/api/pay/epay/epay`,
        returnUrl: `${shop.origin}/zh/orders/ord_1/return`,
        method,
      });
      const response = await fetch(url);
      return { outTradeNo, url: response.url, page: await response.text() };
    },
    async restart(changes = {}) {
      await sandbox.stop();
      sandbox = await startSandbox({ pid: PID, key: KEY, stateFile, speed: 1, ...options, ...changes });
      shop.account = openAccount(sandbox.url);
    },
    async stop() {
      await sandbox.stop();
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Waits for a fact, not for a time; a fact that does not come within three seconds is a failure. */
export async function until(fact: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 3_000;
  while (!fact()) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
