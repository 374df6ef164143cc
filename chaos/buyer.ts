import { setTimeout as sleep } from "node:timers/promises";
import { forge } from "./forgeries";
import type { Gateway, Taken } from "./gateway";
import type { History } from "./history";
import type { BuyerPlan, Forgery } from "./plan";
import { type Asked, type Heard, pause, type ShopClient } from "./shop-client";

/** What a buyer holds after its order was placed. */
export interface Bought {
  readonly plan: BuyerPlan;
  readonly id: string;
  readonly token: string;
  readonly outTradeNo: string;
  readonly totalMinor: bigint;
}

export interface Market {
  readonly shop: ShopClient;
  readonly gateway: Gateway;
  readonly history: History;
  readonly variantIds: readonly string[];
  readonly reservationMs: number;
  readonly bought: Bought[];
  /** Trade numbers that have paid for an order, and were heard to. */
  readonly usedTrades: Taken[];
}

const TRIES_MAX = 14;
const READS_MAX = 14;

const isAnswer = (heard: Heard | null): heard is Heard => heard !== null && heard.status < 500 && heard.status !== 429;
const other = (server: 0 | 1): 0 | 1 => (server === 0 ? 1 : 0);

/** One buyer from its first click to its last look. It asks again, with the same words, whatever it does not hear. */
export class Buyer {
  readonly #client: string;

  constructor(
    readonly market: Market,
    readonly plan: BuyerPlan,
  ) {
    this.#client = `buyer-${plan.n}`;
  }

  async run(): Promise<void> {
    const { plan, market } = this;
    const bought = await this.#place();
    if (!bought) return;
    market.bought.push(bought);
    if (plan.again !== "no") await this.#placeAgain();
    const forging = plan.forge ? this.#forge(bought, plan.forge) : Promise.resolve();
    await this.#pay(bought);
    await forging;
    if (plan.checks) await this.#act(bought, "check");
    if (!["never", "cancelled", "too little", "too much"].includes(plan.paying)) await this.#waitAndReveal(bought);
  }

  #words(quantity: number): Asked & { readonly key: string } {
    const { plan, market } = this;
    // The run's first letters keep keys and addresses of two runs on one database apart.
    const key = `${market.variantIds[0]?.slice(-12)}-buyer-${plan.n}`;
    const email = `${key}@example.com`;
    const body = { variantId: market.variantIds[plan.variant], quantity, email, gateway: "epay" };
    return { path: "/api/v1/orders", method: "POST", headers: { "idempotency-key": key }, body, key };
  }

  async #ask(server: 0 | 1, asked: Asked & { readonly key: string }, words: string): Promise<Heard | null> {
    const body = { client: this.#client, op: "place", key: asked.key } as const;
    const detail = { words, quantity: (asked.body as { quantity: number }).quantity };
    const end = this.market.history.invoke({ ...body, detail });
    const heard = await this.market.shop.send(server, asked);
    if (heard === null || heard.status >= 500) end("unknown", { detail: { ...detail, status: heard?.status } });
    else if (heard.status === 201) {
      end("ok", {
        order: String(heard.json.id),
        detail: { ...detail, answer: heard.text, variant: this.plan.variant },
      });
    } else end("fail", { detail: { ...detail, status: heard.status, code: heard.json.code } });
    return heard;
  }

  async #place(): Promise<Bought | null> {
    const { plan } = this;
    for (let turn = 0; turn < TRIES_MAX; turn++) {
      const heard = await this.#ask(((plan.server + turn) % 2) as 0 | 1, this.#words(plan.quantity), "first");
      if (isAnswer(heard)) return heard.status === 201 ? this.#read(heard) : null;
      await pause(turn);
    }
    return null;
  }

  #read({ json }: Heard): Bought {
    const { url } = json.payment as { url: string };
    return {
      plan: this.plan,
      id: String(json.id),
      token: String(json.token),
      outTradeNo: new URL(url).searchParams.get("out_trade_no") ?? "",
      totalMinor: BigInt(String(json.totalMinor)),
    };
  }

  /** The same key once more, at the other process: with the same words the same order, with others none. */
  async #placeAgain(): Promise<void> {
    const { again, quantity, server } = this.plan;
    const asked = this.#words(again === "same words" ? quantity : quantity + 1);
    for (let turn = 0; turn < 10; turn++) {
      if (isAnswer(await this.#ask(other(server), asked, again === "same words" ? "first" : "other"))) return;
      await pause(turn);
    }
  }

  #take(bought: Bought, { minor = bought.totalMinor, suffix = "A", isTold = true, isGivenBack = false } = {}): Taken {
    const { id: order, outTradeNo } = bought;
    const tradeNo = `2026${outTradeNo.slice(0, 24)}${suffix}`;
    return this.market.gateway.take({ order, outTradeNo, tradeNo, minor: minor.toString(), isTold, isGivenBack });
  }

  async #tell(
    taken: Taken,
    copies = this.plan.copies,
    kind: "right" | "trade of another order" = "right",
  ): Promise<void> {
    const { spelling, spreadMs } = this.plan;
    await this.market.gateway.tell({ taken, spelling, copies, spreadMs, kind }, this.market.shop);
    if (kind === "right" && !taken.isGivenBack) this.market.usedTrades.push(taken);
  }

  async #pay(bought: Bought): Promise<void> {
    const { totalMinor } = bought;
    const low = { minor: totalMinor - 1n, suffix: "L" };
    switch (this.plan.paying) {
      case "never":
        return;
      case "right":
        return this.#tell(this.#take(bought));
      case "storm":
        return this.#tell(this.#take(bought), 100);
      case "silent":
        // Beside one that is told nobody but the bill would ever know of it.
        if (!this.market.gateway.findTaken(bought.outTradeNo)) this.#take(bought, { isTold: false });
        return;
      case "after the deadline":
        await sleep(this.market.reservationMs + 1_500);
        return this.#tell(this.#take(bought));
      case "after the release":
        await sleep(this.market.reservationMs + 38_000);
        return this.#tell(this.#take(bought));
      case "too little":
        return this.#tell(this.#take(bought, low));
      case "too much":
        return this.#tell(this.#take(bought, { minor: totalMinor + 1n, suffix: "H" }));
      case "too little, then right":
        await this.#tell(this.#take(bought, low));
        return this.#tell(this.#take(bought));
      case "two trades":
        await Promise.all([this.#tell(this.#take(bought)), this.#tell(this.#take(bought, { suffix: "B" }))]);
        return;
      case "another order's trade":
        return this.#payWithAnothersTrade(bought);
      case "given back, then told":
        return this.#tell(this.#take(bought, { isGivenBack: true }), 2);
      case "cancelled":
        return this.#act(bought, "cancel");
      case "cancelled, then paid":
        await this.#act(bought, "cancel");
        return this.#tell(this.#take(bought));
    }
  }

  /** A rightly signed notice for this order under a trade number that has paid for another; then its own money. */
  async #payWithAnothersTrade(bought: Bought): Promise<void> {
    const used = this.market.usedTrades.find(({ order }) => order !== bought.id);
    const { id: order, outTradeNo, totalMinor } = bought;
    const lie = used && { ...used, order, outTradeNo, minor: totalMinor.toString() };
    if (lie) await this.#tell(lie, 1, "trade of another order");
    await this.#tell(this.#take(bought));
  }

  /** Sends what no gateway sent, to both processes. */
  async #forge(bought: Bought, forgery: Forgery): Promise<void> {
    const { gateway, history, shop } = this.market;
    const { query, path } = forge(gateway, bought, forgery);
    for (const server of [0, 1] as const) {
      const end = history.invoke({ client: this.#client, op: "forged notice", order: bought.id, detail: { forgery } });
      const heard = await shop.send(server, { path: `${path}?${query}` });
      if (heard === null) end("unknown");
      else end(heard.text.includes("success") ? "ok" : "fail", { detail: { forgery, status: heard.status } });
    }
  }

  async #act({ id, token }: Bought, op: "cancel" | "check"): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      const end = this.market.history.invoke({ client: this.#client, op, order: id });
      const path = `/api/v1/orders/${id}/${op}`;
      const headers = { authorization: `Bearer ${token}` };
      const heard = await this.market.shop.send(((turn + this.plan.server) % 2) as 0 | 1, {
        path,
        method: "POST",
        headers,
      });
      if (heard === null || heard.status >= 500) end("unknown");
      else end(heard.status === 200 ? "ok" : "fail", { detail: { status: heard.status, code: heard.json.code } });
      if (heard?.status === 429 || isAnswer(heard)) return;
      await pause(turn);
    }
  }

  async #waitAndReveal(bought: Bought): Promise<void> {
    const { market, plan } = this;
    for (let turn = 0; turn < READS_MAX; turn++) {
      const status = await readOrder(market, bought, ((plan.server + turn) % 2) as 0 | 1);
      if (status === "delivered") break;
      if (turn === READS_MAX - 1) return;
      await pause(turn);
    }
    await revealOrder(market, bought, plan.server);
    if (plan.revealsAgain) await revealOrder(market, bought, other(plan.server));
  }
}

/** Asks for the order; the status that was told, or null. */
export async function readOrder(market: Market, { id, token, plan }: Bought, server: 0 | 1): Promise<string | null> {
  const end = market.history.invoke({ client: `buyer-${plan.n}`, op: "read", order: id });
  const heard = await market.shop.send(server, {
    path: `/api/v1/orders/${id}`,
    headers: { authorization: `Bearer ${token}` },
  });
  const isUnknown = heard === null || heard.status >= 500;
  const status = heard?.status === 200 ? String(heard.json.status) : null;
  end(isUnknown ? "unknown" : status ? "ok" : "fail", { detail: { status, http: heard?.status } });
  return status;
}

/** Asks for the secrets, again and again until there is an answer. */
export async function revealOrder(market: Market, { id, token, plan }: Bought, first: 0 | 1): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    const end = market.history.invoke({ client: `buyer-${plan.n}`, op: "reveal", order: id });
    const heard = await market.shop.send(((first + turn) % 2) as 0 | 1, {
      path: `/api/v1/orders/${id}/reveal`,
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    if (heard?.status === 200) end("ok", { detail: { secrets: heard.json.secrets, quantity: plan.quantity } });
    else if (heard === null || heard.status >= 500) end("unknown");
    else end("fail", { detail: { status: heard.status, code: heard.json.code } });
    if (isAnswer(heard)) return;
    await pause(turn);
  }
}
