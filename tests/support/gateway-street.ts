import type { OrderView } from "@/lib/features/orders/view";
import { findOrderView } from "@/lib/features/orders/view";
import { saveAccount } from "@/lib/features/payments/accounts";
import { driveRefunds } from "@/lib/flows/drive-refunds";
import { type RequestRefund, requestRefund } from "@/lib/flows/request-refund";
import { newId } from "@/lib/kernel/id";
import type { Deps } from "@/lib/platform/deps";
import type { Log } from "@/lib/platform/log";
import { bearer, type Placed, placeOverHttp, send } from "./api-client";
import type { TestDatabase } from "./database";
import { type House, openHouses } from "./gateway-houses";
import { openLane } from "./lane";
import { openNoticeFront, type Told } from "./notice-front";
import { proven } from "./proven";
import { openShop, type Stocked } from "./shop";

const ADMIN = proven({ kind: "admin", userId: newId() });

/** An order as its buyer holds it, and the number that its gateway knows it by. */
export interface Bought {
  readonly house: House;
  readonly stocked: Stocked;
  readonly placed: Placed;
  /** As the database has it. */
  readonly orderId: string;
  readonly outTradeNo: string;
  /** What the buyer was shown. */
  readonly shown: Readonly<Record<string, unknown>>;
}

const uuidOf = (id: string): string => id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

/** What the shop says to its log and to the network, kept to be searched for what may not be in it. */
function listen(deps: Deps) {
  const logged: string[] = [];
  const asked: string[] = [];
  const write = (event: string, fields?: object, error?: unknown) => {
    const of = error instanceof Error ? `${error.message} ${error.stack}` : String(error ?? "");
    logged.push(
      `${event} ${JSON.stringify(fields ?? {}, (_, value) => (typeof value === "bigint" ? `${value}` : value))} ${of}`,
    );
  };
  const log: Log = { info: write, warn: write, error: write };
  const fetch: typeof globalThis.fetch = (url, init) => {
    asked.push(`${String(url)} ${typeof init?.body === "string" ? init.body : ""}`);
    return globalThis.fetch(url, init);
  };
  Object.assign(deps, { log, fetch });
  return { logged, asked };
}

/**
 * A shop that listens on this machine with an account in a house of every protocol. Orders, notices and cards go over HTTP; `front` has
 * every notice as it came, so that a test may send it again, changed or to another door.
 */
export async function openGatewayStreet(database: TestDatabase) {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const front = await openNoticeFront();
  const shop = await openShop(database, { KAPU_URL: front.url });
  Object.assign(shop.deps, { clock: { now, elapsed: shop.deps.clock.elapsed } });
  const heard = listen(shop.deps);
  const lane = await openLane(shop.deps);
  front.shop = lane.url;
  const houses = new Map((await openHouses({ shop: front.url, now })).map((house) => [house.id, house]));
  for (const { id, kind, currency, settings } of houses.values()) {
    const draft = { id, kind, currency, titleZh: id, titleEn: id, settings };
    const saved = await saveAccount(shop.deps, shop.deps.db, draft);
    if (!saved.ok) throw new Error(`${id}: ${saved.error.join()}`);
  }
  return {
    shop,
    front,
    ...heard,
    ...counter(shop, front.url, houses),
    /** It is later, for the shop and for its gateways alike. */
    later(milliseconds: number): void {
      aheadMs += milliseconds;
    },
    /** The notices of an account so far, as they came. */
    toldOf: ({ house }: Bought): Told[] =>
      front.told.filter(({ path }) => path.split("?")[0] === `/api/pay/${house.kind}/${house.id}`),
    async close() {
      for (const house of houses.values()) await house.stop();
      await lane.close();
      await front.stop();
      await shop.close();
    },
  };
}

export type GatewayStreet = Awaited<ReturnType<typeof openGatewayStreet>>;
type Shop = Awaited<ReturnType<typeof openShop>>;

/** What happens between a buyer, a house and the people of the shop. */
function counter(shop: Shop, url: string, houses: ReadonlyMap<string, House>) {
  const houseOf = (id: string): House => {
    const house = houses.get(id);
    if (!house) throw new Error(`no house ${id}`);
    return house;
  };
  const api = (placed: Placed, action = "", body?: object) =>
    send<Record<string, unknown>>(`${url}/api/v1/orders/${placed.id}${action}`, {
      method: body ? "POST" : "GET",
      headers: { ...bearer(placed.token), "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });

  /** An order over HTTP, and the way to its house as the buyer goes it. */
  async function buy(id: string, cards = 2): Promise<Bought> {
    const house = houseOf(id);
    const stocked = await shop.stock({ cards });
    await shop.rows("UPDATE variant SET currency = $2 WHERE id = $1", [stocked.variantId, house.currency]);
    const placed = await placeOverHttp(url, stocked.variantId, { gateway: id });
    if (placed.status !== 201) throw new Error(`${id}: not placed: ${placed.text}`);
    const shown = await api(placed.json, "/payments", { gateway: id });
    if (shown.status !== 201) throw new Error(`${id}: no way to pay: ${shown.text}`);
    const { kind, url: way } = shown.json;
    if (kind === "redirect") await fetch(String(way));
    const orderId = uuidOf(placed.json.id);
    const [attempt] = await shop.rows<{ no: string }>(
      "SELECT out_trade_no AS no FROM payment_attempt WHERE order_id = $1",
      [orderId],
    );
    return { house, stocked, placed: placed.json, orderId, outTradeNo: attempt?.no ?? "", shown: shown.json };
  }

  /** The same order, paid at another house. */
  async function payElsewhere(bought: Bought, id: string): Promise<Bought> {
    const shown = await api(bought.placed, "/payments", { gateway: id });
    if (shown.status !== 201) throw new Error(`${id}: no way to pay: ${shown.text}`);
    const [attempt] = await shop.rows<{ no: string }>(
      "SELECT out_trade_no AS no FROM payment_attempt WHERE order_id = $1 AND account_id = $2",
      [bought.orderId, id],
    );
    return { ...bought, house: houseOf(id), outTradeNo: attempt?.no ?? "", shown: shown.json };
  }

  async function giveBack({ orderId }: Bought, changes: Partial<RequestRefund> = {}) {
    const [payment] = await shop.rows<{ id: string }>("SELECT id FROM payment WHERE order_id = $1", [orderId]);
    const cmd = {
      orderId,
      paymentId: payment?.id ?? "",
      amountMinor: null,
      reason: "buyer asked",
      requestKey: newId(),
    };
    return requestRefund(shop.deps, ADMIN, { ...cmd, method: "source", ...changes });
  }

  return {
    houseOf,
    buy,
    payElsewhere,
    giveBack,
    /** The order as its buyer reads it over HTTP. */
    read: async ({ placed }: Bought) => (await api(placed)).json,
    check: async ({ placed }: Bought) => (await api(placed, "/check", {})).json,
    /** The cards, or the code of the refusal. */
    async reveal({ placed }: Bought): Promise<unknown> {
      const { json } = await api(placed, "/reveal", {});
      return json.secrets ?? json.code;
    },
    standing: async ({ orderId }: Bought): Promise<string> => {
      const view = (await findOrderView(shop.deps, orderId)) as OrderView;
      return `${view.status} ${view.exception} ${view.paidMinor}`;
    },
    paymentsOf: ({ orderId }: Bought) =>
      shop.rows<{ verdict: string }>("SELECT verdict FROM payment WHERE order_id = $1", [orderId]),
    cardsOf: async ({ orderId }: Bought): Promise<string[]> =>
      (await shop.rows<{ status: string }>("SELECT status FROM card WHERE order_id = $1", [orderId])).map(
        ({ status }) => status,
      ),
    /** Every refund's next turn, now. */
    async drive(): Promise<void> {
      await shop.rows(
        "UPDATE refund SET next_ask_at = now(), called_at = called_at - interval '1 hour' WHERE status IN ('requested', 'processing')",
      );
      await driveRefunds(shop.deps);
    },
  };
}
