import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { sqlStateOf } from "@/lib/platform/db";
import { isOutage } from "@/lib/platform/outage";
import { percentile } from "../figures";
import type { BenchShop } from "../shop";

/** Whether the schema's guard threw back the sale of a card that was sold. */
export const isSoldTwice = (error: unknown): boolean => sqlStateOf(error) === "23514";

/** What every contender is made with. */
export interface Bench {
  readonly shop: BenchShop;
  /** Of the contender's own pool. */
  readonly connections: number;
  /** Empty where there is no Redis; the techniques that need one are not made then. */
  readonly redisUrl: string;
}

export interface Load {
  readonly inFlight: number;
  readonly seconds: number;
}

export interface Outcome {
  readonly done: number;
  /** Buyers who were told "sold out", or who waited for a connection until the pool gave up. */
  readonly failed: number;
  /** Sales of a card that was somebody else's already: the schema's guard threw them back, a schema without one had sold it twice. */
  readonly soldTwice: number;
  readonly perSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** A way to turn a card into an order: each writes the same rows of order, line, attempt, ledger, outbox and card. */
export interface Contender {
  readonly name: string;
  readonly what: string;
  /** More than it can place in a second, for the number of drafts and cards that are laid out for it. */
  readonly perSecondMax: number;
  /** Lays out what the technique keeps outside the database for the products of these orders, before the clock runs. */
  prepare?(drafts: readonly OrderDraft[]): Promise<void>;
  run(load: Load, drafts: readonly OrderDraft[]): Promise<Outcome>;
  /**
   * One order, where the technique can place one by itself: true when the buyer has it, false when it is sold out. A technique that tells
   * the buyer "accepted" before it has sold anything calls `onAccepted` then.
   */
  place?(draft: OrderDraft, onAccepted?: () => void): Promise<boolean>;
  close(): Promise<void>;
}

/** Where the one card of a draft is looked for. */
export function placeOf({ lines }: OrderDraft): { readonly variantId: string; readonly poolId: string } {
  const [line] = lines;
  if (!line) throw new Error("a draft without a line");
  return { variantId: line.variant_id, poolId: line.pool_id };
}

/** Keeps `inFlight` orders under way until the time is over or the drafts are used up; `place` answers whether it worked. */
export async function drive<T>(
  { inFlight, seconds }: Load,
  drafts: readonly T[],
  place: (draft: T) => Promise<boolean>,
): Promise<Outcome> {
  const latencies: number[] = [];
  let failed = 0;
  let soldTwice = 0;
  let next = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;

  async function buyer(): Promise<void> {
    while (next < drafts.length) {
      const draft = drafts[next++] as T;
      const askedAt = performance.now();
      if (askedAt >= endsAt) return;
      try {
        if (await place(draft)) latencies.push(performance.now() - askedAt);
        else failed += 1;
      } catch (error) {
        if (isSoldTwice(error)) soldTwice += 1;
        // On a slow day a baseline's queue for a connection outlasts the wait: that buyer saw an error, and the others are still served.
        else if (isOutage(error)) failed += 1;
        else throw error;
      }
    }
  }

  await Promise.all(Array.from({ length: inFlight }, buyer));
  const elapsed = (performance.now() - startedAt) / 1_000;
  latencies.sort((a, b) => a - b);
  const done = latencies.length;
  return {
    done,
    failed,
    soldTwice,
    perSecond: done / elapsed,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}
