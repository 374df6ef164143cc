import type { PlacedOrder, PlaceOrder } from "@/lib/features/orders/place-command";
import type { Deps } from "@/lib/platform/deps";
import { POOLS, USES } from "./commands";
import type { Facts, OrderFacts } from "./facts";
import type { Money, Purchase } from "./model";
import type { Transfer } from "./pool-model";
import type { Call, KeySeen } from "./quota-model";
import type { Stage } from "./stage";

/** Somebody who wants to buy, and all that he was ever told. */
export interface Client {
  readonly n: number;
  readonly request: PlaceOrder;
  /** Cards wanted, by variant. */
  readonly wants: ReadonlyMap<number, number>;
  order: PlacedOrder | null;
  purchase: Purchase | null;
  revealed: readonly string[] | null;
}

/** A file of cards that the merchant once sent. */
export interface CardFile {
  readonly variant: number;
  readonly pool: number;
  readonly lines: readonly string[];
  batchId: string | null;
  state: "unknown" | "draft" | "on sale";
}

/** Who says that a payment was theirs. */
interface Claim {
  readonly clients: Set<Client>;
  queriedIn: number | null;
}

/** What somebody heard. `note` writes it down, and is called only when the answer arrived. */
export interface Heard {
  readonly words: string;
  /** Ask again: the shop was too busy to say. */
  readonly isOpen?: boolean;
  readonly note?: () => void;
}

/** A command ready to be asked, as often as it takes: everything random about it is fixed. */
export interface Ask {
  readonly kind: string;
  /** Whose order it is about. */
  readonly client: Client | null;
  /** Who wants cards by it. */
  readonly wants?: Client;
  readonly run: (deps: Deps, context: { readonly isFirst: boolean }) => Promise<Heard>;
}

/** What a refusal for want of stock was about; whether it was true is known when the burst is over. */
export interface Refusal {
  readonly client: Client;
  readonly ask: Ask;
}

/** Everything that clients, the merchant and the gateway hold in their hands. */
export class Book {
  readonly clients: Client[] = [];
  readonly files: CardFile[] = [];
  readonly claims = new Map<string, Claim>();
  readonly ownerOfSecret = new Map<string, Client>();
  readonly variantOfSecret = new Map<string, number>();
  /** How many cards each pool should hold of each variant, whoever has them. */
  readonly laid: number[][];
  /** What the merchant was told of transfers in this burst. */
  readonly transfers: Transfer[] = [];
  readonly onSale: number[];
  readonly drafts: number[];
  /** Wrong, and known at once: an answer that nobody may ever hear. */
  readonly wrongs: string[] = [];
  /** What a bank decided about a payment. */
  readonly decided = new Map<string, "won" | "lost">();
  /** Every key that was ever made, oldest first. */
  readonly keys: string[] = [];
  /** What was asked of keys in this burst, and what was heard. */
  readonly calls: { readonly key: string; readonly call: Call }[] = [];
  /** The keys as they were before the burst, by their hash. */
  keysBefore: ReadonlyMap<string, KeySeen> = new Map();
  burst = 0;
  private refundCount = 0;
  refusals: Refusal[] = [];
  /** What the gateway says in this burst, by its number of the payment. */
  readonly gatewaySays = new Map<string, string>();
  /** The rows as they were before the burst. */
  private before = new Map<string, OrderFacts>();
  /** How many asks of the burst are about each order. */
  private readonly concerned = new Map<Client, number>();

  constructor(readonly stage: Stage) {
    this.onSale = stage.scenery.variants.map(({ secrets }) => secrets.length);
    this.laid = this.onSale.map((count) => POOLS.map((_, pool) => (pool === 0 ? count : 0)));
    this.drafts = stage.scenery.variants.map(() => 0);
    for (const [variant, { secrets }] of stage.scenery.variants.entries())
      for (const secret of secrets)
        if (USES[variant]) this.knowKey(secret, variant);
        else this.variantOfSecret.set(secret, variant);
  }

  /** So many cards came to a pool, or left it. */
  lay(variant: number, pool: number, count: number): void {
    const pools = this.laid[variant] as number[];
    pools[pool] = (pools[pool] ?? 0) + count;
  }

  knowKey(key: string, variant: number): void {
    this.keys.push(key);
    this.variantOfSecret.set(key, variant);
  }

  begin(burst: number, before: Facts): void {
    this.burst = burst;
    this.refusals = [];
    this.gatewaySays.clear();
    this.concerned.clear();
    this.calls.length = 0;
    this.transfers.length = 0;
    this.keysBefore = before.keys;
    this.before = new Map(before.orders.map((order) => [order.requestKey, order]));
  }

  nextRefund = (): number => ++this.refundCount;

  concern(client: Client): void {
    this.concerned.set(client, (this.concerned.get(client) ?? 0) + 1);
  }

  isAlone = (client: Client): boolean => (this.concerned.get(client) ?? 0) === 1;
  seenBefore = (client: Client): OrderFacts | undefined => this.before.get(client.request.requestKey);

  /** The orders that clients know of, oldest first. */
  get ordered(): Client[] {
    return this.clients.filter(({ order }) => order !== null);
  }

  pickOrder(n: number): Client | null {
    const { ordered } = this;
    return ordered[n % Math.max(1, ordered.length)] ?? null;
  }

  claim(trade: string, client: Client): Claim {
    const claim = this.claims.get(trade) ?? { clients: new Set(), queriedIn: null };
    this.claims.set(trade, claim);
    claim.clients.add(client);
    return claim;
  }

  /** The shop said "taken" of a payment, or its gateway that it was given back. */
  noteMoney(client: Client, trade: string, change: Pick<Money, "amountMinor"> & Partial<Money>): void {
    const { money } = client.purchase as Purchase;
    const known = money.get(trade) ?? { isForeign: false, toldIn: null, givenBackIn: null, ...change };
    if (change.toldIn !== undefined) known.toldIn ??= change.toldIn;
    if (change.givenBackIn !== undefined) known.givenBackIn ??= change.givenBackIn;
    money.set(trade, known);
  }

  wrong(client: Client | null, what: string): void {
    this.wrongs.push(`${client ? `order of request ${client.n}: ` : ""}${what}`);
  }
}
