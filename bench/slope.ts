import pg from "pg";
import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { placeThroughBatch } from "@/lib/flows/hot/place-batch";
import { runPlace } from "@/lib/flows/hot/place-statement";
import { createHotDb } from "@/lib/platform/db";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { type BufferCounter, openBufferCounter } from "./buffers";
import { hinted } from "./contenders/ours";
import { median } from "./figures";
import type { Options } from "./options";
import { openPast } from "./past";
import { type BenchShop, draftOrders, openDeps, openVariant, restock } from "./shop";

/** What one sale costs when so many cards of its variant were sold before; buffers are null where the server cannot count them. */
export interface SlopePoint {
  readonly underOldSnapshot: boolean;
  /** The how-manyth card of its variant. */
  readonly card: number;
  /** The median of sales as the shop makes them, one after the other, with the start hint. */
  readonly buffers: number | null;
  readonly ms: number;
  /** The very first sale of a process, which has no hint; every few seconds one sale is like it. */
  readonly firstBuffers: number | null;
  readonly firstMs: number;
  /** The same statement when every sale searches from the first card: what the hint is worth. */
  readonly fromStartBuffers: number | null;
  readonly fromStartMs: number;
}

/** What a sale costs in a batch of so many. */
export interface BatchCost {
  readonly size: number;
  readonly buffers: number | null;
  readonly ms: number;
}

export interface Slope {
  readonly points: readonly SlopePoint[];
  readonly batches: readonly BatchCost[];
}

const CARDS = [1, 10_000, 100_000, 1_000_000];
const SMOKE_CARDS = [1, 50, 500, 1_500];
const SALES = 50;
const SALES_FROM_START = 3;
/** Left over behind the last one that is measured. */
const MARGIN = 2_000;
const WARM_SALES = 20;
const BATCHES = [1, 16, 64, 256];
const BATCH_ROUNDS = 5;

const medianOf = <T extends { readonly ms: number; readonly buffers: number | null }>(costs: readonly T[]) => {
  const known = costs.map(({ buffers }) => buffers).filter((buffers) => buffers !== null);
  return { buffers: known.length === 0 ? null : median(known), ms: median(costs.map(({ ms }) => ms)) };
};

/** Its own hints, like a process that has just started, and one hot connection, so that its buffers can be counted. */
async function withFreshDeps<T>(
  { urls, warm }: Scene,
  work: (deps: Deps, counter: BufferCounter) => Promise<T>,
): Promise<T> {
  const opened = openDeps(urls, "silent");
  const deps: Deps = { ...opened, hot: createHotDb(urls.app, () => {}, 1) };
  try {
    for (const draft of await draftOrders({ ...warm, deps }, WARM_SALES)) await sellOne(deps, draft);
    return await work(deps, await openBufferCounter(deps.hot));
  } finally {
    await closeDeps(deps);
    await opened.hot.$disconnect();
  }
}

interface Scene {
  readonly urls: BenchShop["urls"];
  /** Another product, on which a connection's plans and caches are made warm. */
  readonly warm: BenchShop;
}

async function sellOne(deps: Deps, draft: OrderDraft): Promise<void> {
  const { verdict } = await placeThroughBatch(deps, hinted(deps, draft));
  if (verdict !== "placed") throw new Error(`a sale of the slope was ${verdict}`);
}

async function sellFrom(deps: Deps, { row, lines }: OrderDraft, start: string): Promise<bigint> {
  const [answer] = await runPlace(
    deps.hot,
    [row],
    lines.map((line) => ({ ...line, start })),
  );
  if (answer?.verdict !== "placed") throw new Error(`a sale from ${start} was ${answer?.verdict}`);
  return answer.last_pick ?? 0n;
}

/** The product's own way from a draft to the answer, sale by sale; then the same statement without the hint. */
const measurePoint = (scene: Scene, sale: BenchShop): Promise<Omit<SlopePoint, "underOldSnapshot" | "card">> =>
  withFreshDeps(scene, async (deps, counter) => {
    const [first, ...drafts] = await draftOrders({ ...sale, deps }, 1 + SALES + SALES_FROM_START);
    const withoutHint = await counter.of(() => sellOne(deps, first as OrderDraft));
    const usual = [];
    for (const draft of drafts.splice(0, SALES)) usual.push(await counter.of(() => sellOne(deps, draft)));
    const fromStart = [];
    for (const draft of drafts) fromStart.push(await counter.of(() => sellFrom(deps, draft, "0")));
    const { buffers: fromStartBuffers, ms: fromStartMs } = medianOf(fromStart);
    return {
      ...medianOf(usual),
      firstBuffers: withoutHint.buffers,
      firstMs: withoutHint.ms,
      fromStartBuffers,
      fromStartMs,
    };
  });

interface Pass {
  readonly scene: Scene;
  readonly sale: BenchShop;
  readonly cards: readonly number[];
  readonly tell: (line: string) => void;
}

async function walk({ scene, sale, cards, tell }: Pass, underOldSnapshot: boolean): Promise<SlopePoint[]> {
  const past = await openPast(sale, (cards.at(-1) ?? 0) + MARGIN);
  const reader = new pg.Client({ connectionString: scene.urls.owner });
  const points: SlopePoint[] = [];
  try {
    await reader.connect();
    if (underOldSnapshot) await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM variant");
    for (const card of cards) {
      await past.sellUntil(card - 1, { withOrders: !underOldSnapshot, withSearches: !underOldSnapshot });
      const point = { underOldSnapshot, card, ...(await measurePoint(scene, sale)) };
      points.push(point);
      const when = underOldSnapshot ? ", under an old snapshot" : "";
      tell(`slope  card ${card}${when}: ${point.buffers} buffers, ${point.ms.toFixed(2)} ms`);
    }
  } finally {
    await reader.end();
    await past.close();
  }
  return points;
}

/** What a sale of a batch costs in buffers: the statement by itself, without the coalescer. */
const measureBatches = (scene: Scene): Promise<BatchCost[]> =>
  withFreshDeps(scene, async (deps, counter) => {
    const sale = { ...scene.warm, deps };
    const costs: BatchCost[] = [];
    for (const size of BATCHES) {
      await restock(sale, size * BATCH_ROUNDS + 1);
      const [probe] = await draftOrders(sale, 1);
      let start = await sellFrom(deps, probe as OrderDraft, "0");
      const rounds = [];
      for (let round = 0; round < BATCH_ROUNDS; round += 1) {
        const drafts = await draftOrders(sale, size);
        const lines = drafts.flatMap((draft) => draft.lines.map((line) => ({ ...line, start: start.toString() })));
        const rows = drafts.map(({ row }) => row);
        rounds.push(
          await counter.of(async () => {
            const answers = await runPlace(deps.hot, rows, lines);
            for (const { last_pick } of answers) if (last_pick !== null && last_pick > start) start = last_pick;
          }),
        );
      }
      const { buffers, ms } = medianOf(rounds);
      costs.push({ size, buffers: buffers === null ? null : buffers / size, ms: ms / size });
    }
    return costs;
  });

/**
 * The cost of the first sale of a product, of its millionth, and of those between, and once more while somebody reads from a
 * snapshot that is older than all of them. What it leaves behind is not a shop's, so nothing is audited after it.
 */
export async function benchSlope(shop: BenchShop, options: Options, tell: (line: string) => void): Promise<Slope> {
  const warm = await openVariant(shop);
  await restock(warm, 2_000);
  const scene = { urls: shop.urls, warm };
  const cards = options.isSmoke ? SMOKE_CARDS : CARDS;
  const batches = await measureBatches(scene);
  const points: SlopePoint[] = [];
  for (const underOldSnapshot of [false, true]) {
    const sale = await openVariant(shop);
    points.push(...(await walk({ scene, sale, cards, tell }, underOldSnapshot)));
  }
  return { points, batches };
}
