import type { PlacedOrder, PlaceOrder } from "@/lib/features/orders/place-command";
import type { Deps } from "@/lib/platform/deps";
import type { Stocked } from "@/tests/support/shop";
import { ASIDE, CARDS, USES } from "./commands";
import type { CardSeen, Facts, OrderFacts } from "./facts";
import type { Money, Purchase } from "./model";
import type { Move } from "./move-model";
import type { Transfer } from "./pool-model";
import type { Call, KeySeen } from "./quota-model";
import type { Replacement } from "./replace-model";
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
  /** What he was shown, and was given another card for. */
  readonly burnt: Set<string>;
}

/** A file of cards that the merchant once sent. */
export interface CardFile {
  readonly variant: number;
  readonly pool: number;
  readonly lines: readonly string[];
  batchId: string | null;
  state: "unknown" | "draft" | "on sale";
}

/** A card that its buyer reported, and what was decided about it. */
export interface Reported {
  readonly client: Client;
  readonly disputeId: string;
  /** Which of the order's cards, from 1. */
  readonly position: number;
  readonly decisions: Set<string>;
  readonly granted: Set<string>;
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
  /** Moves of cards that may be, as they were asked for in this burst, and what was heard of them. */
  readonly askedMoves: Omit<Move, "moved" | "left">[] = [];
  readonly moves: Move[] = [];
  /** Batches that are put aside, for all that anybody knows. */
  readonly holds = new Set<string>();
  cardsBefore: readonly CardSeen[] = [];
  readonly reports: Reported[] = [];
  replacementsBefore: readonly Replacement[] = [];
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
    this.laid = this.onSale.map(() => [...CARDS]);
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

  /** Whether somebody decided that the card at this place of an order is replaced, perhaps in this burst. */
  isReplaced(client: Client, position: number): boolean {
    return this.reports.some((one) => one.client === client && one.position === position && one.decisions.size > 0);
  }

  /** Cards of a variant that were promised for bad ones, and not given yet. */
  waitingBefore(variant: number): number {
    const waiting = new Set(
      this.replacementsBefore.filter(({ status }) => status === "waiting").map((one) => one.oldCardId),
    );
    const { variantId } = this.stage.scenery.variants[variant] as Stocked;
    return this.cardsBefore.filter((card) => waiting.has(card.id) && card.variantId === variantId).length;
  }

  /** What the merchant may have taken from where a variant is sold, in this burst, at most. `from`: out of that pool alone. */
  takenByMerchant(variant: number, from?: number): number {
    const away = this.transfers.filter(
      (one) => one.variant === variant && (from === undefined ? one.to === ASIDE : one.from === from),
    );
    const moved = this.askedMoves.filter((one) => one.variant === variant && one.kind !== "restore");
    return [
      this.waitingBefore(variant),
      ...away.map((one) => one.moved),
      ...moved.map((one) => one.cardIds.length),
    ].reduce((sum, n) => sum + n, 0);
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
    this.askedMoves.length = 0;
    this.moves.length = 0;
    this.cardsBefore = before.cards;
    this.replacementsBefore = before.replacements;
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
