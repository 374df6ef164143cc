import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { toPublicId } from "@/lib/kernel/id";
import { findFreePort } from "@/lib/platform/embedded-postgres";
import { seedDemo } from "@/prisma/seed";
import { createRandom, median, type Sample, shuffle } from "./figures";
import { generate } from "./generator";
import type { LoadReport } from "./load";
import type { Options } from "./options";
import type { ServeOrder } from "./serve";
import { type BenchShop, restock } from "./shop";

const HOME = "/zh";
/** Any cookie makes a visitor somebody, and what he sees is rendered for him. */
const COOKIE = "bench=1";
const IN_FLIGHT = 16;
/** Orders that come at an even pace, far below what the shop can take: what they wait for is somebody else's work. */
const ORDERS = { perSecond: 50, inFlight: 8 };
const START_MS = 120_000;
const SEEN_MS_MAX = 10_000;

/** How long an order takes while the pages stand still, and while they are rendered flat out. */
export interface Delay {
  readonly round: number;
  readonly idleP50Ms: number;
  readonly idleP99Ms: number;
  readonly busyP50Ms: number;
  readonly busyP99Ms: number;
  readonly rendersPerSecond: number;
  readonly failed: number;
}

export interface PageFigures {
  readonly samples: readonly Sample[];
  readonly delays: readonly Delay[];
  /** From the commit of a new price to the first page that shows it. */
  readonly seenAfterMs: readonly number[];
}

const program = fileURLToPath(import.meta.url);

async function startShop(order: ServeOrder): Promise<ChildProcess> {
  const child = fork(program, ["serve", JSON.stringify(order)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the shop that shows pages ended with ${code}`);
  });
  await Promise.race([once(child, "message", { signal: AbortSignal.timeout(START_MS) }), ended]);
  ended.catch(() => {});
  return child;
}

/** A page of the shop under load; what is kept in front of Next and what Next renders differ by a cookie. */
async function loadPage(url: string, path: string, seconds: number, cookie?: string): Promise<LoadReport> {
  const report = await generate({
    url,
    inFlight: IN_FLIGHT,
    seconds,
    work: { kind: "page", path, ...(cookie ? { cookie } : {}) },
  });
  if (report.failed > 0) throw new Error(`${path} failed ${report.failed} times`);
  return report;
}

async function delayOf(shop: BenchShop, url: string, seconds: number, round: number): Promise<Delay> {
  const body = { variantId: toPublicId("variant", shop.variantId), quantity: 1, gateway: shop.accountId };
  const order = () =>
    generate({
      url,
      inFlight: ORDERS.inFlight,
      seconds,
      rate: ORDERS.perSecond,
      work: { kind: "order", path: "/api/v1/orders", body },
    });
  await restock(shop, ORDERS.perSecond * (2 * seconds + 4));
  const idle = await order();
  const [busy, pages] = await Promise.all([order(), loadPage(url, HOME, seconds + 1, COOKIE)]);
  return {
    round,
    idleP50Ms: idle.p50Ms,
    idleP99Ms: idle.p99Ms,
    busyP50Ms: busy.p50Ms,
    busyP99Ms: busy.p99Ms,
    rendersPerSecond: pages.perSecond,
    failed: idle.failed + busy.failed,
  };
}

/** Changes a price and asks for the kept page until it says so. */
async function untilSeen(shop: BenchShop, url: string, slug: string): Promise<number> {
  const variant = await shop.deps.db.variant.findFirstOrThrow({ where: { product: { slug } }, orderBy: { id: "asc" } });
  const priceMinor = variant.priceMinor + 1n;
  await shop.deps.db.variant.update({ where: { id: variant.id }, data: { priceMinor } });
  const startedAt = performance.now();
  const price = `${priceMinor / 100n}.${String(priceMinor % 100n).padStart(2, "0")}`;
  for (;;) {
    const text = await (await fetch(`${url}/zh/products/${slug}`)).text();
    const ms = performance.now() - startedAt;
    if (text.includes(price)) return ms;
    if (ms > SEEN_MS_MAX) throw new Error(`a new price was not on the page after ${SEEN_MS_MAX} ms`);
    await sleep(10);
  }
}

/** The demo shop's pages from the shop's own server: kept in front of Next, rendered by Next, and what that costs an order. */
export async function benchPages(
  shop: BenchShop,
  options: Options,
  tell: (line: string) => void,
): Promise<PageFigures> {
  await seedDemo(shop.deps);
  const { slug } = await shop.deps.db.product.findFirstOrThrow({
    where: { merchantId: { not: shop.merchantId }, status: "published" },
    orderBy: { id: "asc" },
  });
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startShop({ urls: shop.urls, port, variantId: shop.variantId, pages: "shop" });
  const seconds = Math.max(1, Math.round(options.seconds));
  const contenders = [
    { contender: "home page, kept", path: HOME },
    { contender: "product page, kept", path: `/zh/products/${slug}` },
    { contender: "home page, rendered", path: HOME, cookie: COOKIE },
    { contender: "product page, rendered", path: `/zh/products/${slug}`, cookie: COOKIE },
  ];
  const random = createRandom(options.seed);
  const figures = { samples: [] as Sample[], delays: [] as Delay[], seenAfterMs: [] as number[] };
  try {
    for (const { path, cookie } of contenders)
      await (await fetch(`${url}${path}`, { headers: cookie ? { cookie } : {} })).text();
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const { contender, path, cookie } of shuffle(contenders, random)) {
        const report = await loadPage(url, path, seconds, cookie);
        figures.samples.push({ bench: "pages", contender, inFlight: IN_FLIGHT, round, ...report, soldTwice: 0 });
        tell(`round ${round}  ${contender}: ${Math.round(report.perSecond)}/s`);
      }
      figures.delays.push(await delayOf(shop, url, Math.max(4, seconds), round));
      figures.seenAfterMs.push(await untilSeen(shop, url, slug));
    }
  } finally {
    const gone = once(server, "exit");
    server.disconnect();
    await gone;
  }
  return figures;
}

const over = (delays: readonly Delay[], pick: (delay: Delay) => number): number => median(delays.map(pick));

/** What a person reads of the delays: one line each, medians of the rounds. */
export function describeDelays({ delays, seenAfterMs }: PageFigures): string[] {
  const [idle50, idle99] = [over(delays, (one) => one.idleP50Ms), over(delays, (one) => one.idleP99Ms)];
  const [busy50, busy99] = [over(delays, (one) => one.busyP50Ms), over(delays, (one) => one.busyP99Ms)];
  return [
    `An order among ${ORDERS.perSecond} a second, pages at rest: p50 ${idle50.toFixed(1)} ms, p99 ${idle99.toFixed(1)} ms`,
    `The same while ${over(delays, (one) => one.rendersPerSecond).toFixed(0)} pages a second are rendered: p50 ${busy50.toFixed(1)} ms, p99 ${busy99.toFixed(1)} ms`,
    `A new price is on the kept page after ${Math.max(...seenAfterMs).toFixed(0)} ms at most`,
  ];
}

/** p99 of an order while pages are rendered flat out, over its p99 while they stand still. */
export const slowdownOf = ({ delays }: PageFigures): number =>
  over(delays, (one) => one.busyP99Ms) / over(delays, (one) => one.idleP99Ms);
