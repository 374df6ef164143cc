import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { placeThroughBatch } from "@/lib/flows/hot/place-batch";
import { percentile } from "./figures";
import type { Options } from "./options";
import { type BenchShop, draftOrders, restock } from "./shop";

/** Orders that buyers place each second beside other work and beside none, and for how long. */
const PER_SECOND = 50;
const SECONDS = 20;
const SMOKE_SECONDS = 1;

/** Orders of one second after the other: an order that was drafted long ago would not look like one that is placed now. */
async function* draftInTime(shop: BenchShop, ordersMax: number): AsyncGenerator<OrderDraft> {
  for (let drafted = 0; drafted < ordersMax; drafted += PER_SECOND) yield* await draftOrders(shop, PER_SECOND);
}

/** What buyers wait for an order who come at a steady pace, until a moment: milliseconds of each. */
async function buyersWait(shop: BenchShop, goesOn: () => boolean, ordersMax: number): Promise<number[]> {
  const times: number[] = [];
  const under = new Set<Promise<void>>();
  for await (const draft of draftInTime(shop, ordersMax)) {
    if (!goesOn()) break;
    const startedAt = performance.now();
    const one = placeThroughBatch(shop.deps, draft).then(({ verdict }) => {
      if (verdict !== "placed") throw new Error(`a buyer beside other work heard ${verdict}`);
      times.push(performance.now() - startedAt);
    });
    under.add(one);
    void one.finally(() => under.delete(one)).catch(() => {});
    await new Promise((wake) => setTimeout(wake, 1_000 / PER_SECOND));
  }
  await Promise.all(under);
  return times;
}

const p99Seconds = (times: readonly number[]): number =>
  (percentile(
    times.toSorted((a, b) => a - b),
    0.99,
  ) ?? 0) / 1_000;

interface Work {
  readonly run: () => Promise<unknown>;
  /** Ends it when enough was seen of it; otherwise it is waited for. */
  readonly stop?: () => Promise<unknown>;
}

/** The same buyers beside nothing, before and after, and beside some work: what one in a hundred of them waits for, in seconds. */
export async function besideBuyers(
  shop: BenchShop,
  { isSmoke }: Options,
  { run, stop }: Work,
): Promise<{ readonly alone: number; readonly beside: number }> {
  const orders = (isSmoke ? SMOKE_SECONDS : SECONDS) * PER_SECOND;
  await restock(shop, 6 * orders + 100);
  await buyersWait(shop, () => true, orders);
  const before = await buyersWait(shop, () => true, orders);
  let isOver = false;
  const work = run().finally(() => {
    isOver = true;
  });
  const beside = await buyersWait(shop, () => !isOver, 3 * orders);
  await stop?.();
  await work;
  const after = await buyersWait(shop, () => true, orders);
  return { alone: p99Seconds([...before, ...after]), beside: p99Seconds(beside) };
}
