import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { placeThroughBatch } from "@/lib/flows/hot/place-batch";
import { toPublicId } from "@/lib/kernel/id";
import { findFreePort } from "@/lib/platform/embedded-postgres";
import { createRandom, type Sample, shuffle } from "./figures";
import { generate } from "./generator";
import type { LoadReport, Work } from "./load";
import { noticeOf } from "./notice";
import type { Options } from "./options";
import type { ServeOrder } from "./serve";
import { type BenchShop, draftAmong, restock } from "./shop";

interface Endpoint {
  readonly name: string;
  readonly what: string;
  /** More than the fastest machine would need: how many cards, or orders to pay for, are made ready per second. */
  readonly perSecondMax: number;
  /** Makes ready what the requests need, and says what they are. */
  readonly prepare: (shop: BenchShop, most: number, folder: string) => Promise<Work>;
}

const bodyFor = (shop: BenchShop) => ({
  variantId: toPublicId("variant", shop.variantId),
  quantity: 1,
  gateway: shop.accountId,
});

const toAddress =
  (address: string) =>
  async (shop: BenchShop): Promise<Work> => ({ kind: "order", path: address, body: bodyFor(shop) });

async function orders(shop: BenchShop, most: number): Promise<Work> {
  await restock(shop, most);
  return { kind: "order", path: "/api/v1/orders", body: bodyFor(shop) };
}

/** The load before has ended, and its last orders may still be on their way to cards that were counted for the next. */
const STILL_ON_THEIR_WAY = 256;

/** Orders that wait for their payment, and the address of each one's notice. */
async function noticesOf(shops: readonly [BenchShop, ...BenchShop[]], most: number, folder: string): Promise<Work> {
  const [shop] = shops;
  await restock(shop, most + STILL_ON_THEIR_WAY);
  const drafts = await draftAmong(shops, most);
  const keys = new Map(shops.map(({ accountId, gatewayKey }) => [accountId, gatewayKey]));
  const outcomes = await Promise.all(drafts.map((draft) => placeThroughBatch(shop.deps, draft)));
  const refused = outcomes.filter(({ verdict }) => verdict !== "placed");
  if (refused.length > 0) throw new Error(`${refused.length} of ${most} orders to pay for: ${refused[0]?.verdict}`);
  const file = path.join(folder, "notices.txt");
  const lines = drafts.map(({ presentation, row }) => {
    const url = presentation.kind === "redirect" ? presentation.url : "";
    return `${noticeOf(url, keys.get(row.account_id) ?? "")}\n`;
  });
  writeFileSync(file, lines.join(""));
  return { kind: "addresses", file };
}

const notices = (shop: BenchShop, most: number, folder: string): Promise<Work> => noticesOf([shop], most, folder);

/** The same of many gateways at once, each with a key of its own. */
const noticesOfMany = (shop: BenchShop, most: number, folder: string): Promise<Work> =>
  noticesOf([shop, ...shop.otherAccounts.map((account) => ({ ...shop, ...account }))], most, folder);

async function sales(shop: BenchShop, most: number): Promise<Work> {
  await restock(shop, most);
  return { kind: "sale", body: bodyFor(shop), key: shop.gatewayKey };
}

export const ENDPOINTS: readonly Endpoint[] = [
  { name: "POST /api/v1/orders", what: "a real order, in the shop's lane", perSecondMax: 6_000, prepare: orders },
  {
    name: "notice, delivered",
    what: "a gateway's signed notice, each of another order: verified, recorded, judged, the card delivered",
    perSecondMax: 4_000,
    prepare: notices,
  },
  {
    name: "notices of 20 accounts",
    what: "the same, the orders divided between twenty accounts of gateways",
    perSecondMax: 4_000,
    prepare: noticesOfMany,
  },
  {
    name: "whole sale",
    what: "order, signed notice, delivered, revealed: three requests, counted once",
    perSecondMax: 3_000,
    prepare: sales,
  },
  {
    name: "no-op in the lane",
    what: "reads the same body, answers",
    perSecondMax: 0,
    prepare: toAddress("/bench/noop"),
  },
  {
    name: "one SELECT",
    what: "reads the same body, asks the database for one row",
    perSecondMax: 0,
    prepare: toAddress("/bench/select"),
  },
  {
    name: "no-op Next route",
    what: "reads the same body in a Next.js route handler, answers",
    perSecondMax: 0,
    prepare: toAddress("/noop"),
  },
];

/** This very program, as another process: `serve` is a word of its command line. */
const program = fileURLToPath(import.meta.url);
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

/** Our lane, what it could be at best, and what it would be in Next, in one process behind one generator. */
export async function benchHttp(shop: BenchShop, options: Options, tell: (line: string) => void): Promise<Sample[]> {
  const random = createRandom(options.seed);
  const port = await findFreePort();
  const folder = mkdtempSync(path.join(tmpdir(), "kapu-bench-"));
  const server = await startServer({ urls: shop.urls, port, variantId: shop.variantId });
  const measure = async (endpoint: Endpoint, inFlight: number, seconds: number): Promise<LoadReport> => {
    // The generator counts in whole seconds.
    const whole = Math.max(1, Math.round(seconds));
    const work = await endpoint.prepare(shop, endpoint.perSecondMax * (whole + 1), folder);
    return generate({ url: `http://127.0.0.1:${port}`, inFlight, seconds: whole, work });
  };
  const samples: Sample[] = [];
  try {
    for (const endpoint of ENDPOINTS) await measure(endpoint, 8, 1);
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const inFlight of options.inFlight) {
        for (const endpoint of shuffle(ENDPOINTS, random)) {
          const report = await measure(endpoint, inFlight, options.seconds);
          samples.push({ bench: "http", contender: endpoint.name, inFlight, round, ...report, soldTwice: 0 });
          tell(`round ${round}  ${inFlight} in flight  ${endpoint.name}: ${Math.round(report.perSecond)}/s`);
        }
      }
    }
  } finally {
    const gone = once(server, "exit");
    server.disconnect();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
  return samples;
}
