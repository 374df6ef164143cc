import { EpusdtDesk, type EpusdtFlavour, type EpusdtTrade, newHash } from "./epusdt-desk";
import { EpusdtInterface, type EpusdtMischief } from "./epusdt-server";
import { type Asked, listenOnLoopback, type Reply } from "./loopback-server";
import { isThisMachine, Notices, type SentNotice } from "./notices";
import { coinPage } from "./usdt-page";
import type { Algorithm } from "./usdt-signing";

export interface EpusdtFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly flavour: EpusdtFlavour;
  readonly token: string;
  readonly pid?: string;
  readonly algorithm?: Algorithm;
  /** How many times faster than the original the notices are repeated. */
  readonly speed?: number;
  readonly mayCall?: (url: URL) => boolean;
}

export type HowToPay = "pay" | "twice" | "silent";

export interface EpusdtFake {
  readonly url: string;
  readonly sent: readonly SentNotice[];
  /** The path of every question, in order. */
  readonly asked: readonly string[];
  trade(orderId: string): EpusdtTrade | undefined;
  /** The exact amount arrives on the chain, whatever became of the trade before; the shop is told as asked. */
  pay(orderId: string, how?: HowToPay): Promise<void>;
  /** BEpusdt's minute has passed, or the trade's time: the shop is told 1 or 3. The others say nothing of either. */
  tellWaiting(orderId: string): Promise<void>;
  expire(orderId: string): Promise<void>;
  /** A BEpusdt of before it could be asked for the whole trade. */
  forgetInfo(): void;
  misbehave(mischief: EpusdtMischief): void;
  stop(): Promise<void>;
}

/** Seconds between tries: the classic queue's back-off, one single try at GMWalletApp's, 2, 4, 8 … minutes at BEpusdt. */
const PAUSES: Readonly<Record<EpusdtFlavour, readonly number[]>> = {
  classic: [16, 31, 96, 271],
  gmpay: [],
  bepusdt: [120, 120, 240, 480, 960, 1_920, 3_840, 7_680, 15_360],
};

/** One server with its memory, its notices and its whims. */
class EpusdtServer {
  readonly desk: EpusdtDesk;
  readonly face: EpusdtInterface;
  readonly notices: Notices;
  readonly asked: string[] = [];
  mischief: EpusdtMischief = "none";

  constructor({ flavour, token, pid = "1000", algorithm = "md5", ...options }: EpusdtFakeOptions) {
    this.desk = new EpusdtDesk(flavour);
    this.face = new EpusdtInterface({ flavour, token, pid, algorithm }, this.desk);
    const isTaken = (status: number, answer: string): boolean =>
      status === 200 && (flavour === "classic" ? answer === "ok" : /^(ok|success)$/i.test(answer.trim()));
    const { speed = 1, mayCall = isThisMachine } = options;
    this.notices = new Notices({ pauses: PAUSES[flavour], speed, isTaken, mayCall });
  }

  async answer(question: Asked): Promise<Reply | null> {
    this.asked.push(question.url.pathname);
    const { mischief } = this;
    if (mischief === "deaf") return null;
    this.mischief = "none";
    if (mischief === "silent") return null;
    if (mischief !== "none") return MISCHIEF[mischief];
    return this.face.answer(question) ?? this.#page(question);
  }

  known(orderId: string): EpusdtTrade {
    const trade = this.desk.ofOrder(orderId);
    if (!trade) throw new Error(`the shop never asked for ${orderId}`);
    return trade;
  }

  async tell(trade: EpusdtTrade, tries?: number): Promise<void> {
    const body = JSON.stringify(this.face.noticeOf(trade));
    const headers = { "content-type": "application/json", "powered-by": "sandbox" };
    await this.notices.send({ url: trade.notifyUrl, write: () => ({ headers, body }) }, tries);
  }

  async pay(trade: EpusdtTrade, how: HowToPay): Promise<void> {
    if (trade.status !== 2) Object.assign(trade, { status: 2, hash: newHash() });
    if (how === "silent") return;
    await Promise.all([this.tell(trade), ...(how === "twice" ? [this.tell(trade, 1)] : [])]);
  }

  async #page({ method, url, body }: Asked): Promise<Reply> {
    const trade = this.desk.trades.get(url.pathname.split("/")[3] ?? "");
    if (!url.pathname.startsWith("/pay/checkout-counter/") || !trade) return { status: 404, headers: {}, body: "" };
    if (method === "POST") {
      const how = new URLSearchParams(body).get("how") ?? "";
      // An amount that nobody asked for is nobody's: the server never learns of it.
      if (how === "pay" || how === "twice" || how === "silent") await this.pay(trade, how);
      return { status: 303, headers: { location: url.pathname }, body: "" };
    }
    const [coin = "", network = ""] = trade.tradeType.toUpperCase().split(".");
    const state = trade.status === 1 ? "waiting" : trade.status === 2 ? "paid" : "over";
    const { coins, address, redirectUrl: returnUrl } = trade;
    const html = coinPage({ title: "USDT（演示）", coins, coin, network, address, returnUrl, state });
    return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: html };
  }
}

/** Starts a server of the epusdt family on 127.0.0.1. It shares no code with the shop. */
export async function startEpusdtFake(options: EpusdtFakeOptions): Promise<EpusdtFake> {
  const fake = new EpusdtServer(options);
  const server = await listenOnLoopback(options.port ?? 0, (asked) => fake.answer(asked));
  fake.face.origin = server.origin;
  const isTalkative = options.flavour === "bepusdt";
  return {
    url: server.origin,
    sent: fake.notices.sent,
    asked: fake.asked,
    trade: (orderId) => fake.desk.ofOrder(orderId),
    pay: (orderId, how = "pay") => fake.pay(fake.known(orderId), how),
    async tellWaiting(orderId) {
      if (isTalkative && fake.known(orderId).status === 1) await fake.tell(fake.known(orderId), 1);
    },
    async expire(orderId) {
      fake.known(orderId).status = 3;
      if (isTalkative) await fake.tell(fake.known(orderId), 1);
    },
    forgetInfo: () => {
      fake.face.hasInfo = false;
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

const MISCHIEF: Readonly<Record<Exclude<EpusdtMischief, "none" | "silent" | "deaf">, Reply>> = {
  empty: { status: 200, headers: {}, body: "" },
  html: { status: 200, headers: { "content-type": "text/html" }, body: "<html><body>502 Bad Gateway</body></html>" },
  error_page: { status: 500, headers: {}, body: "" },
  busy: {
    status: 400,
    headers: {},
    body: JSON.stringify({ status_code: 10005, message: "无可用金额通道", data: null }),
  },
};
