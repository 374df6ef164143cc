import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fields, queryOf, signed, yuan } from "./epay";
import { type GatewayMood, misbehave } from "./gateway-moods";
import type { History } from "./history";
import type { ShopClient } from "./shop-client";

/** Money that a buyer really paid at the gateway. This, and not what the shop says, is the truth about payments. */
export interface Taken {
  readonly order: string;
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly minor: string;
  /** Whether the gateway tells of it, or has to be asked. */
  readonly isTold: boolean;
  /** Given back at the gateway's own desk before the shop heard of it. */
  readonly isGivenBack: boolean;
}

/** Money that left the gateway's till again because the shop asked for it. */
export interface Given {
  readonly tradeNo: string;
  readonly minor: string;
}

export interface NoticePlan {
  readonly taken: Taken;
  readonly spelling: "bare" | "padded";
  readonly copies: number;
  readonly spreadMs: number;
  readonly kind: "right" | "trade of another order";
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

const TELL_AGAIN_MS = 400;
const TELL_AGAIN_MS_MAX = 10_000;
/** For longer than any run lasts: on a slow machine that is struck all the time, a shop may miss sixty in a row. */
const TELLS_MAX = 1_000;
const TELLS_OF_A_COPY = 3;

/** Speaks EPay v1: answers `api.php`, and tells the shop of each payment several times, out of order, until it hears success. */
export class Gateway {
  readonly taken: Taken[] = [];
  /** As often as it was asked: to stop at what was paid is the shop's part here. */
  readonly given: Given[] = [];
  readonly #byNumber = new Map<string, Taken>();
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });
  #mood: GatewayMood | null = null;
  #struck = 0;

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = new URLSearchParams([
      ...new URL(request.url ?? "/", "http://gateway").searchParams,
      ...new URLSearchParams(await bodyOf(request)),
    ]);
    // What is asked for is done before the answer is spoilt, as it is where a line breaks.
    const right = this.#answer(asked);
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (this.#mood === null) return void response.end(JSON.stringify(right));
    const outTradeNo = asked.get("out_trade_no") ?? "";
    const other = this.taken.find((taken) => taken.outTradeNo !== outTradeNo);
    const anothers = other ? this.#paid(other) : null;
    misbehave(this.#mood, response, { outTradeNo, right, anothers }, this.#struck++);
  }

  private constructor(
    readonly merchant: { readonly pid: string; readonly key: string },
    readonly history: History,
  ) {}

  static async open(merchant: { pid: string; key: string }, history: History): Promise<Gateway> {
    const gateway = new Gateway(merchant, history);
    await new Promise<void>((resolve) => gateway.#server.listen(0, "127.0.0.1", resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** In this mood for a while; whether anybody asked meanwhile. */
  async spoil(mood: GatewayMood, ms: number): Promise<boolean> {
    const struckBefore = this.#struck;
    this.#mood = mood;
    await sleep(ms);
    this.#mood = null;
    return this.#struck > struckBefore;
  }

  take(taken: Taken): Taken {
    this.taken.push(taken);
    // A query answers the first payment of an order, as the original does.
    if (!this.#byNumber.has(taken.outTradeNo)) this.#byNumber.set(taken.outTradeNo, taken);
    return taken;
  }

  /** As if it had never been: its order has not come to be. */
  untake(taken: Taken): void {
    this.taken.splice(this.taken.indexOf(taken), 1);
    if (this.#byNumber.get(taken.outTradeNo) === taken) this.#byNumber.delete(taken.outTradeNo);
  }

  /** The payment that a query about this number answers, or null. */
  findTaken(outTradeNo: string): Taken | null {
    return this.#byNumber.get(outTradeNo) ?? null;
  }

  fieldsOf({ outTradeNo, tradeNo, minor }: Taken, spelling: "bare" | "padded"): Fields {
    return {
      pid: this.merchant.pid,
      trade_no: tradeNo,
      out_trade_no: outTradeNo,
      type: "alipay",
      name: "product",
      money: yuan(BigInt(minor), spelling),
      trade_status: "TRADE_SUCCESS",
    };
  }

  /** The first goes on until somebody says success, and a copy for a while; it may well be the first that is heard. */
  async tell(plan: NoticePlan, shop: ShopClient): Promise<void> {
    const query = queryOf(signed(this.fieldsOf(plan.taken, plan.spelling), this.merchant.key));
    const copy = async (nth: number): Promise<void> => {
      const tries = plan.kind === "right" && nth === 0 ? TELLS_MAX : TELLS_OF_A_COPY;
      await sleep((plan.spreadMs * ((nth * 7) % plan.copies)) / plan.copies);
      for (let turn = 0; turn < tries; turn++) {
        if (await this.#tellOnce(plan, shop, { query, server: ((nth + turn) % 2) as 0 | 1 })) return;
        await sleep(Math.min(TELL_AGAIN_MS * 1.5 ** turn, TELL_AGAIN_MS_MAX));
      }
    };
    await Promise.all(Array.from({ length: plan.copies }, (_, nth) => copy(nth)));
  }

  async #tellOnce(
    { taken, kind }: NoticePlan,
    shop: ShopClient,
    { query, server }: { query: string; server: 0 | 1 },
  ): Promise<boolean> {
    const { order, tradeNo, minor } = taken;
    const end = this.history.invoke({ client: "gateway", op: "notice", order, detail: { kind, tradeNo, minor } });
    const answer = await shop.send(server, { path: `/api/pay/epay/epay?${query}` });
    if (answer === null || answer.status >= 500)
      end("unknown", { detail: { kind, tradeNo, minor, status: answer?.status } });
    else end(answer.text === "success" ? "ok" : "fail", { detail: { kind, tradeNo, minor, status: answer.status } });
    return answer?.text === "success";
  }

  #answer(asked: URLSearchParams): Record<string, unknown> {
    if (asked.get("pid") !== this.merchant.pid || asked.get("key") !== this.merchant.key)
      return { code: -3, msg: "no" };
    const taken = this.#byNumber.get(asked.get("out_trade_no") ?? "");
    if (!taken) return { code: -1, msg: "no such order" };
    return asked.get("act") === "refund" ? this.#giveBack(asked) : this.#paid(taken);
  }

  /** By its own number, as the original does where it is told one. */
  #giveBack(asked: URLSearchParams): Record<string, unknown> {
    const taken = this.taken.find(({ tradeNo }) => tradeNo === asked.get("trade_no"));
    if (!taken || taken.isGivenBack || asked.get("money") !== yuan(BigInt(taken.minor), "padded"))
      return { code: -1, msg: "no such refund" };
    this.given.push({ tradeNo: taken.tradeNo, minor: taken.minor });
    return {
      code: 0,
      msg: "refunded",
      trade_no: taken.tradeNo,
      money: asked.get("money"),
      refund_no: `R${this.given.length}`,
    };
  }

  #isBack({ tradeNo, isGivenBack }: Taken): boolean {
    return isGivenBack || this.given.some((one) => one.tradeNo === tradeNo);
  }

  #paid(taken: Taken): Record<string, unknown> {
    return {
      code: 1,
      msg: "ok",
      pid: Number(this.merchant.pid),
      trade_no: taken.tradeNo,
      out_trade_no: taken.outTradeNo,
      type: "alipay",
      name: "product",
      money: yuan(BigInt(taken.minor), "padded"),
      status: this.#isBack(taken) ? 2 : 1,
    };
  }
}
