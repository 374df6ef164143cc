import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { toPublicId } from "@/lib/kernel/id";
import { findFreePort } from "@/lib/platform/embedded-postgres";
import { createRandom, type Sample, shuffle } from "./figures";
import type { LoadOrder, LoadReport } from "./load";
import type { Options } from "./options";
import type { ServeOrder } from "./serve";
import { type BenchShop, restock } from "./shop";

export const ENDPOINTS = [
  {
    name: "POST /api/v1/orders",
    path: "/api/v1/orders",
    what: "a real order, in the shop's lane",
    cardsPerSecond: 6_000,
  },
  { name: "no-op in the lane", path: "/bench/noop", what: "reads the same body, answers", cardsPerSecond: 0 },
  {
    name: "one SELECT",
    path: "/bench/select",
    what: "reads the same body, asks the database for one row",
    cardsPerSecond: 0,
  },
  {
    name: "no-op Next route",
    path: "/noop",
    what: "reads the same body in a Next.js route handler, answers",
    cardsPerSecond: 0,
  },
] as const;

/** This very program, as another process: `serve` is a word of its command line. */
const program = fileURLToPath(import.meta.url);
/** The generator is a program of its own: with the shop's modules in it, it would be slower than what it measures. */
const generator = path.join(path.dirname(program), "bench-load.js");
const START_MS = 60_000;

async function startServer(order: ServeOrder): Promise<ChildProcess> {
  const child = fork(program, ["serve", JSON.stringify(order)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the measured server ended with ${code}`);
  });
  await Promise.race([once(child, "message", { signal: AbortSignal.timeout(START_MS) }), ended]);
  ended.catch(() => {});
  return child;
}

async function load(order: LoadOrder): Promise<LoadReport> {
  const timeout = (order.seconds + 60) * 1_000;
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(order)], { timeout });
  return JSON.parse(stdout) as LoadReport;
}

/** Our lane, what it could be at best, and what it would be in Next, in one process behind one generator. */
export async function benchHttp(shop: BenchShop, options: Options, tell: (line: string) => void): Promise<Sample[]> {
  const random = createRandom(options.seed);
  const port = await findFreePort();
  const server = await startServer({ urls: shop.urls, port, variantId: shop.variantId });
  const body = { variantId: toPublicId("variant", shop.variantId), quantity: 1, gateway: shop.accountId };
  const seconds = Math.max(1, options.seconds);
  const measure = async (endpoint: (typeof ENDPOINTS)[number], inFlight: number): Promise<LoadReport> => {
    if (endpoint.cardsPerSecond > 0) await restock(shop, Math.ceil(endpoint.cardsPerSecond * seconds));
    return load({ url: `http://127.0.0.1:${port}`, path: endpoint.path, inFlight, seconds, body });
  };
  const samples: Sample[] = [];
  try {
    for (const endpoint of ENDPOINTS) await measure(endpoint, 8);
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const inFlight of options.inFlight) {
        for (const endpoint of shuffle(ENDPOINTS, random)) {
          const report = await measure(endpoint, inFlight);
          samples.push({ bench: "http", contender: endpoint.name, inFlight, round, ...report, soldTwice: 0 });
          tell(`round ${round}  ${inFlight} in flight  ${endpoint.name}: ${Math.round(report.perSecond)}/s`);
        }
      }
    }
  } finally {
    const gone = once(server, "exit");
    server.disconnect();
    await gone;
  }
  return samples;
}
