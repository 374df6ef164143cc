import { toPlacedOrderView } from "@/lib/api/views";
import type { PlacedOrder, PlaceOrder } from "@/lib/features/orders/place-command";
import { saveAccount } from "@/lib/features/payments/accounts";
import { acceptNotification } from "@/lib/flows/accept-notification";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { expireOrders } from "@/lib/flows/expire-orders";
import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import { placeOrder } from "@/lib/flows/place-order";
import { recordOutsideRefund } from "@/lib/flows/record-outside-refund";
import { revealOrder } from "@/lib/flows/reveal-order";
import { startPayment } from "@/lib/flows/start-payment";
import { limits } from "@/lib/kernel/limits";
import { money } from "@/lib/kernel/money";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { isPassing } from "@/lib/platform/outage";
import { type BadLine, openBadLine } from "@/tests/support/bad-line";
import { ACCOUNT, EPAY_KEY, EPAY_PID, openDeps, type Stocked, signedNotice, type TestShop } from "@/tests/support/shop";
import type { Burst, Step } from "./script";

const OTHER_ACCOUNT = "other";
const POLICIES = ["reserve_on_order", "reserve_on_order", "claim_on_payment", "deduct_on_order"] as const;
const CARDS_AT_FIRST = [6, 4, 4, 4] as const;

/** What a client holds in its hand: its request, and all that it was ever told about it. */
export interface Bought {
  readonly request: PlaceOrder;
  readonly order: PlacedOrder;
  readonly quantity: number;
  /** Distinct payments whose notice was answered with success, by trade number. */
  readonly paid: Map<string, bigint>;
  /** Something whose outcome depends on which of two was first; only the invariants judge it. */
  isUncertain: boolean;
  revealed: readonly string[] | null;
}

/** Two processes of a shop, their clients, and what these were promised. */
export class World {
  readonly bought: Bought[] = [];
  readonly refusals: string[] = [];
  readonly ownerOfSecret = new Map<string, string>();
  /** Wrong, and known at once: an answer that no client may ever hear. */
  readonly wrongs: string[] = [];

  private constructor(
    readonly shop: TestShop,
    readonly variants: readonly Stocked[],
    readonly lines: readonly BadLine[],
    readonly processes: readonly Deps[],
  ) {}

  static async open(shop: TestShop): Promise<World> {
    const text = { titleZh: "另一个", titleEn: "Another" };
    const settings = { baseUrl: "http://127.0.0.1:9", pid: EPAY_PID, key: EPAY_KEY };
    await saveAccount(shop.deps, shop.deps.db, { id: OTHER_ACCOUNT, kind: "epay", currency: "CNY", ...text, settings });
    const variants: Stocked[] = [];
    for (const [n, stockPolicy] of POLICIES.entries())
      variants.push(await shop.stock({ cards: CARDS_AT_FIRST[n] as number, stockPolicy, quantityMax: 10 }));
    const lines = [await openBadLine(shop.urls), await openBadLine(shop.urls)];
    return new World(
      shop,
      variants,
      lines,
      lines.map((line) => openDeps(line.urls)),
    );
  }

  async close(): Promise<void> {
    for (const deps of this.processes) await closeDeps(deps);
    for (const line of this.lines) await line.stop();
  }

  /** Runs a burst, and lets every client that heard "unavailable" ask again in better weather until it has an answer. */
  async run({ lapsed, weather, steps }: Burst): Promise<void> {
    for (const n of lapsed) await this.lapse(n);
    const waiting = steps.map(({ step, process }) => this.try(step, this.processes[process] as Deps));
    if (weather !== "clear") await this.spoil(weather);
    const retries = await Promise.all(waiting);
    for (const [n, retry] of retries.entries()) {
      for (let tries = 0, again = retry; again; tries++) {
        if (tries === 10) throw new Error(`no answer in ten times: ${JSON.stringify(steps[n])}`);
        again = await again();
      }
    }
  }

  private async spoil(weather: "replies eaten" | "cut"): Promise<void> {
    const [line] = this.lines as [BadLine];
    if (weather === "cut") return line.cut();
    line.weather = weather;
    const until = performance.now() + 100;
    while (line.eaten === 0 && performance.now() < until) await new Promise((wake) => setTimeout(wake, 1));
    line.weather = "clear";
  }

  private async lapse(n: number): Promise<void> {
    const one = this.pick(n);
    if (one) await this.shop.lapse(one.order.id, limits.releaseGraceSeconds + 5);
  }

  private pick = (n: number): Bought | undefined => this.bought[n % Math.max(1, this.bought.length)];

  /** One step of one client: null when it was answered, or how to ask again. */
  private try(step: Step, deps: Deps): Promise<Again> {
    const ask = this.prepare(step);
    const once = async (by: Deps): Promise<Again> => {
      try {
        await ask(by);
        return null;
      } catch (error) {
        if (!isPassing(error)) this.wrongs.push(`${step.do} threw ${String(error)}`);
        return isPassing(error) ? () => once(by) : null;
      }
    };
    return once(deps);
  }

  /** Fixes everything random of a step, so that asking again is asking the same. */
  private prepare(step: Step): Ask {
    switch (step.do) {
      case "place":
        return this.place(step);
      case "restock":
        return this.restock(step);
      case "sweep":
        return async (deps) => void (await expireOrders(deps));
      case "fill owed":
        return async (deps) => void (await fillOwedOrders(deps));
      default: {
        const one = this.pick(step.order);
        return one ? this.prepareFor(one, step) : async () => {};
      }
    }
  }

  private prepareFor(one: Bought, step: Extract<Step, { order: number }>): Ask {
    switch (step.do) {
      case "replay":
        return (deps) => this.replay(deps, one, step.otherWords);
      case "pay":
        return (deps) => this.pay(deps, one, { trade: `T${step.trade}`, times: step.times });
      case "pay wrong":
        return (deps) => this.pay(deps, one, step.tooMuch ? { trade: "HIGH", off: 1n } : { trade: "LOW", off: -1n });
      case "pay by another account":
        return (deps) => this.payElsewhere(deps, one);
      case "reuse a trade number": {
        const other = this.pick(step.of) as Bought;
        return other === one ? async () => {} : (deps) => this.reuse(deps, one, other);
      }
      case "refund outside":
        return (deps) => this.refundOutside(deps, one);
      case "cancel":
        return async (deps) => void (await cancelOrder(deps, { orderId: one.order.id, actor: BUYER }));
      case "reveal":
        return (deps) => this.reveal(deps, one);
    }
  }

  private place({ variant, quantity, second }: Extract<Step, { do: "place" }>): Ask {
    const lines = [{ variantId: this.variants[variant]?.variantId as string, quantity }];
    // Only variants that hold stock in the same way go together.
    if (second !== null && second !== variant && POLICIES[second] === POLICIES[variant])
      lines.push({ variantId: this.variants[second]?.variantId as string, quantity: 1 });
    const request = { ...this.shop.order("", {}), lines };
    return async (deps) => {
      const placed = await placeOrder(deps, request);
      if (placed.ok) this.keep(request, placed.value);
      else this.refusals.push(placed.error);
    };
  }

  private keep(request: PlaceOrder, order: PlacedOrder): void {
    const quantity = request.lines.reduce((sum, line) => sum + line.quantity, 0);
    this.bought.push({ request, order, quantity, paid: new Map(), isUncertain: false, revealed: null });
  }

  private async replay(deps: Deps, one: Bought, otherWords: boolean): Promise<void> {
    const [line] = one.request.lines as [PlaceOrder["lines"][number]];
    const request = otherWords ? { ...one.request, lines: [{ ...line, quantity: line.quantity + 1 }] } : one.request;
    const again = await placeOrder(deps, request);
    if (!again.ok && again.error === "busy") return;
    const heard = again.ok ? bytesOf(again.value) : again.error;
    const due = otherWords ? "idempotency_conflict" : bytesOf(one.order);
    if (heard !== due) this.wrongs.push(`a replay heard ${heard}, not ${due}`);
  }

  private async pay(
    deps: Deps,
    one: Bought,
    { trade, times = 1, off = 0n, order = one.order, accountId = ACCOUNT }: Payment,
  ): Promise<void> {
    const amountMinor = order.totalMinor + off;
    const tradeNumber = `${trade}${order.number.replaceAll("-", "")}`;
    const raw = signedNotice(order, { trade: tradeNumber, money: String(Number(amountMinor) / 100) });
    const words = await Promise.all(
      Array.from({ length: times }, () => acceptNotification(deps, { gateway: "epay", accountId, raw })),
    );
    for (const { body, status } of words) {
      if (status === 503) throw Object.assign(new Error("deferred"), { code: "P1001" });
      if (body !== "success") this.wrongs.push(`a right notice heard ${status} ${body}`);
      else one.paid.set(tradeNumber, amountMinor);
    }
  }

  private async payElsewhere(deps: Deps, one: Bought): Promise<void> {
    const started = await startPayment(deps, { orderId: one.order.id, accountId: OTHER_ACCOUNT });
    if (!started.ok) return;
    const order = { ...one.order, payment: started.value };
    await this.pay(deps, one, { trade: "E", order, accountId: OTHER_ACCOUNT });
  }

  /** A notice for one order under the trade number that has paid for another. */
  private async reuse(deps: Deps, one: Bought, other: Bought): Promise<void> {
    const [trade] = [...other.paid.keys()].filter((number) => !number.startsWith("E"));
    if (!trade) return;
    const reply = await acceptNotification(deps, {
      gateway: "epay",
      accountId: ACCOUNT,
      raw: signedNotice(one.order, { trade }),
    });
    if (reply.body === "success") this.wrongs.push(`one trade number paid for two orders: ${trade}`);
  }

  private async refundOutside(deps: Deps, one: Bought): Promise<void> {
    one.isUncertain = true;
    const payment = {
      accountRef: EPAY_PID,
      outTradeNo: new URL(one.order.payment.url as string).searchParams.get("out_trade_no") as string,
      gatewayTradeNo: `T1${one.order.number.replaceAll("-", "")}`,
      amount: money(one.order.totalMinor, "CNY"),
      method: null,
      evidence: [],
    };
    await recordOutsideRefund(deps, payment, { accountId: ACCOUNT, source: "query" });
  }

  private restock({ variant, cards }: Extract<Step, { do: "restock" }>): Ask {
    const stocked = this.variants[variant] as Stocked;
    // The merchant's line is a good one; what it does runs beside the buyers all the same.
    return async () => void (await this.shop.restock(stocked, cards));
  }

  async reveal(deps: Deps, one: Bought): Promise<void> {
    const revealed = await revealOrder(deps, { orderId: one.order.id, actor: BUYER });
    if (!revealed.ok) {
      if (one.revealed) this.wrongs.push(`${one.order.number} was revealed before and now is ${revealed.error}`);
      return;
    }
    const secrets = revealed.value.secrets.map(({ text }) => text.reveal());
    if (secrets.length !== one.quantity) this.wrongs.push(`${one.order.number} revealed ${secrets.length} cards`);
    if (one.revealed && one.revealed.join() !== secrets.join())
      this.wrongs.push(`${one.order.number} changed its cards`);
    one.revealed = secrets;
    for (const secret of secrets) {
      const owner = this.ownerOfSecret.get(secret) ?? one.order.id;
      if (owner !== one.order.id) this.wrongs.push(`${secret} was revealed to two orders`);
      this.ownerOfSecret.set(secret, owner);
    }
  }
}

type Ask = (deps: Deps) => Promise<void>;
type Again = (() => Promise<Again>) | null;

interface Payment {
  readonly trade: string;
  readonly times?: number;
  readonly off?: bigint;
  readonly order?: PlacedOrder;
  readonly accountId?: string;
}

const BUYER = { kind: "buyer" } as const;

/** The bytes of the answer, but for the deadline, which `lapse` moves as no shop could. */
const bytesOf = (order: PlacedOrder): string => JSON.stringify({ ...toPlacedOrderView(order), deadlineAt: "" });
