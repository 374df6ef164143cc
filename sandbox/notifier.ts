import { signedQuery, unpadded } from "./signing";
import type { NoticeTry, Trade, Trades } from "./trades";

const NOTICE_TIMEOUT_MS = 5_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const ANSWER_LETTERS_KEPT = 200;
const IN_FLIGHT_MAX = 32;
const TIMER_MAX_MS = 2_000_000_000;

interface Merchant {
  readonly pid: string;
  readonly key: string;
  /** Which addresses this server may call. */
  readonly mayCall: (url: URL) => boolean;
}

/** The signed fields of a paid trade: what a notice and the buyer's way back both carry. */
export function paidFields(trade: Trade, pid: string): Record<string, string> {
  const { outTradeNo, param, money } = trade.request;
  return {
    pid,
    trade_no: trade.tradeNo,
    out_trade_no: outTradeNo,
    type: trade.type,
    // The original names every product "product" unless told otherwise, whatever the shop called it.
    name: "product",
    money: unpadded(trade.paid?.money ?? money),
    trade_status: "TRADE_SUCCESS",
    ...(param === "" ? {} : { param }),
  };
}

/** Appended with `?` or `&`, and what stood behind the `?` is not in the signature: so does the original. */
export const withQuery = (url: string, query: string): string => `${url}${url.includes("?") ? "&" : "?"}${query}`;

/** Sends what is due, when it is due: late payments become paid, paid trades are told to the shop until it says success. */
export class Notifier {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #waiting: Trade[] = [];
  readonly #stop = new AbortController();

  constructor(
    readonly trades: Trades,
    readonly merchant: Merchant,
  ) {
    for (const trade of trades.all()) this.plan(trade);
  }

  /** Sets the clock for whatever this trade waits for; called after each change of it. */
  plan(trade: Trade): void {
    clearTimeout(this.#timers.get(trade.tradeNo));
    this.#timers.delete(trade.tradeNo);
    const at = trade.paid ? trade.nextTryAt : trade.dueAt;
    if (at === null || this.#stop.signal.aborted) return;
    const delayMs = Math.min(Math.max(0, at - Date.now()), TIMER_MAX_MS);
    this.#timers.set(
      trade.tradeNo,
      setTimeout(() => this.#due(trade), delayMs),
    );
  }

  /** Resolves when the notice that is being sent, if any, was answered. */
  async settled(trade: Trade): Promise<void> {
    await this.#inFlight.get(trade.tradeNo);
  }

  stop(): void {
    this.#stop.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #due(trade: Trade): void {
    if (!trade.paid) {
      if (trade.dueAt === null || trade.dueAt > Date.now()) {
        this.plan(trade);
        return;
      }
      const { tradeNo, type, request } = trade;
      this.trades.record({ event: "paid", tradeNo, at: Date.now(), money: request.money, type, isSilent: false });
    }
    this.send(trade);
  }

  /** Tells the shop now, at most once at a time per trade. */
  send(trade: Trade): void {
    if (this.#inFlight.has(trade.tradeNo) || this.#stop.signal.aborted) return;
    if (this.#inFlight.size >= IN_FLIGHT_MAX) {
      this.#waiting.push(trade);
      return;
    }
    const sent = this.#try(trade).then((notice) => {
      this.#inFlight.delete(trade.tradeNo);
      if (this.#stop.signal.aborted) return;
      this.trades.record({ event: "tried", tradeNo: trade.tradeNo, notice });
      this.plan(trade);
      const next = this.#waiting.shift();
      if (next) this.send(next);
    });
    this.#inFlight.set(trade.tradeNo, sent);
  }

  async #try(trade: Trade): Promise<NoticeTry> {
    const url = withQuery(
      trade.request.notifyUrl,
      signedQuery(paidFields(trade, this.merchant.pid), this.merchant.key),
    );
    const at = Date.now();
    if (!this.merchant.mayCall(new URL(url))) {
      return { at, url, status: null, answer: "not called: the address is not on this machine", isTaken: false };
    }
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(NOTICE_TIMEOUT_MS)]);
      const response = await fetch(url, { redirect: "manual", signal });
      const answer = await firstBytes(response);
      // Anywhere in the body, whatever the status: that is all the original looks at.
      return {
        at,
        url,
        status: response.status,
        answer: answer.slice(0, ANSWER_LETTERS_KEPT),
        isTaken: answer.includes("success"),
      };
    } catch (error) {
      return { at, url, status: null, answer: error instanceof Error ? error.message : "no answer", isTaken: false };
    }
  }
}

async function firstBytes(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes >= ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}
