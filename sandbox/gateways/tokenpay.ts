import { randomUUID } from "node:crypto";
import { type Asked, listenOnLoopback, type Reply } from "./loopback-server";
import { isThisMachine, Notices, type SentNotice } from "./notices";
import { TokenpayDesk, type TokenpayOrder } from "./tokenpay-desk";
import { coinPage } from "./usdt-page";
import type { Algorithm } from "./usdt-signing";

export interface TokenpayFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly token: string;
  readonly algorithm?: Algorithm;
  readonly baseCurrency?: string;
  /** How many times faster than the original the notices are repeated. */
  readonly speed?: number;
  readonly mayCall?: (url: URL) => boolean;
}

export type HowToPay = "pay" | "twice" | "silent";

export interface TokenpayFake {
  readonly url: string;
  readonly sent: readonly SentNotice[];
  order(outOrderId: string): TokenpayOrder | undefined;
  pay(outOrderId: string, how?: HowToPay): Promise<void>;
  expire(outOrderId: string): void;
  /** The next answer is no answer. */
  misbehave(kind: "html" | "error_page"): void;
  stop(): Promise<void>;
}

/** One server with its orders, its notices and its whims. */
class TokenpayServer {
  readonly desk: TokenpayDesk;
  readonly notices: Notices;
  mischief: "html" | "error_page" | null = null;

  constructor({
    token,
    algorithm = "md5",
    baseCurrency = "CNY",
    speed = 1,
    mayCall = isThisMachine,
  }: TokenpayFakeOptions) {
    this.desk = new TokenpayDesk(token, algorithm, baseCurrency);
    const isTaken = (status: number, answer: string): boolean => status === 200 && answer === "ok";
    this.notices = new Notices({ pauses: [60, 60], speed, isTaken, mayCall });
  }

  async answer(asked: Asked): Promise<Reply> {
    const { mischief } = this;
    this.mischief = null;
    if (mischief === "html") return { status: 200, headers: { "content-type": "text/html" }, body: "<html></html>" };
    if (mischief === "error_page") return { status: 500, headers: {}, body: "" };
    const { method, url, body } = asked;
    if (method === "POST" && url.pathname === "/CreateOrder") return this.desk.create(body);
    if (url.pathname === "/Query") return this.desk.query(url);
    const order = this.desk.orders.find(({ id }) => id === url.searchParams.get("Id"));
    return url.pathname === "/Pay" && order ? this.#page(order, asked) : { status: 404, headers: {}, body: "" };
  }

  known(outOrderId: string): TokenpayOrder {
    const order = this.desk.ofShop(outOrderId);
    if (!order) throw new Error(`the shop never asked for ${outOrderId}`);
    return order;
  }

  async pay(order: TokenpayOrder, how: HowToPay): Promise<void> {
    Object.assign(order, { status: 1, hash: order.hash ?? randomUUID().replaceAll("-", "").repeat(2) });
    if (how === "silent") return;
    const body = JSON.stringify(this.desk.noticeOf(order));
    const write = () => ({ headers: { "content-type": "application/json; charset=UTF-8" }, body });
    const send = () => this.notices.send({ url: order.notifyUrl, write });
    await Promise.all(how === "twice" ? [send(), send()] : [send()]);
  }

  async #page(order: TokenpayOrder, { method, url, body }: Asked): Promise<Reply> {
    if (method === "POST") {
      const how = new URLSearchParams(body).get("how") ?? "";
      if (how === "pay" || how === "twice" || how === "silent") await this.pay(order, how);
      return { status: 303, headers: { location: url.pathname + url.search }, body: "" };
    }
    const state = ({ 0: "waiting", 1: "paid", 2: "over" } as const)[order.status];
    const { coins, address, redirectUrl: returnUrl } = order;
    const coin = order.currency.split("_")[0] ?? "";
    const html = coinPage({ title: "TokenPay（演示）", coins, coin, network: "TRON", address, returnUrl, state });
    return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: html };
  }
}

/** Starts a TokenPay server on 127.0.0.1. It shares no code with the shop. */
export async function startTokenpayFake(options: TokenpayFakeOptions): Promise<TokenpayFake> {
  const fake = new TokenpayServer(options);
  const server = await listenOnLoopback(options.port ?? 0, (asked) => fake.answer(asked));
  fake.desk.origin = server.origin;
  return {
    url: server.origin,
    sent: fake.notices.sent,
    order: (outOrderId) => fake.desk.ofShop(outOrderId),
    pay: (outOrderId, how = "pay") => fake.pay(fake.known(outOrderId), how),
    expire: (outOrderId) => {
      fake.known(outOrderId).status = 2;
    },
    misbehave: (kind) => {
      fake.mischief = kind;
    },
    async stop() {
      fake.notices.stop();
      await server.stop();
    },
  };
}
