import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withClient } from "@/lib/platform/with-client";
import { readAftermath, releaseHeld } from "./aftermath";
import { benchOf } from "./claims";
import { TECHNIQUES, type Technique, techniquesFor } from "./contenders/all";
import { type Contender, isSoldTwice } from "./contenders/contender";
import { createRandom } from "./figures";
import type { Options } from "./options";
import type { BenchRedis } from "./redis";
import { HEARD, type SellOrder } from "./seller";
import { type BenchShop, draftOrders, openVariant, restock } from "./shop";

/** What was left of a technique whose process was killed in the middle of selling, several times, each with a product of its own. */
export interface Crash {
  readonly contender: string;
  readonly kills: number;
  /** Sales of which a buyer had heard before the kill. */
  readonly acknowledged: number;
  /** Of those, how many the database does not know. */
  readonly lost: number;
  /** Sales that were written, and of which nobody heard: a buyer who asks again must find his. */
  readonly unheard: number;
  /** Cards that two orders hold, and sales of a sold card that the schema's guard threw back. */
  readonly soldTwice: number;
  /** Cards that are not sold, and that the next process could not sell to anyone either. */
  readonly stranded: number;
  /** Orders that a buyer was told are accepted, and that the next process did not write either. */
  readonly neverSold: number;
  /** The longest time until the next process made its first sale. */
  readonly firstSaleMs: number;
}

interface Place {
  readonly shop: BenchShop;
  readonly redis: BenchRedis | null;
}

const IN_FLIGHT = 32;
/** The kill comes once this many sales were heard of, kept or thrown back, at least and at most. */
const HEARD_BEFORE_KILL = [10, 60] as const;
/** An id has neither letter. */
const SALE_HEARD = new RegExp(`[${HEARD.sold}${HEARD.soldTwice}]`);
const ATTEMPTS_MAX = 3;
const SELLER_MS_MAX = 60_000;
const BACKENDS_MS_MAX = 15_000;
/** So many refusals in a row are believed. */
const REFUSALS = 5;
const THROWN_BACK_MAX = 10_000;

const program = fileURLToPath(import.meta.url);

interface Heard {
  readonly accepted: Set<string>;
  readonly sold: Set<string>;
  readonly soldTwice: number;
}

function readHeard(text: string): Heard {
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  const idsOf = (letter: string): string[] => lines.filter((line) => line[0] === letter).map((line) => line.slice(2));
  return {
    accepted: new Set(idsOf(HEARD.accepted)),
    sold: new Set(idsOf(HEARD.sold)),
    soldTwice: idsOf(HEARD.soldTwice).length,
  };
}

/** Sells in a process of its own until enough was heard, kills it, and returns what was heard; null when it was done before. */
async function sellUntilKilled(order: SellOrder, killAfter: number): Promise<Heard | null> {
  const stdio = ["ignore", "pipe", "inherit", "ipc"] as const;
  const child = fork(program, ["sell", JSON.stringify(order)], { stdio: [...stdio], timeout: SELLER_MS_MAX });
  let text = "";
  let sales = 0;
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    sales += part.split(SALE_HEARD).length - 1;
    if (sales >= killAfter) child.kill("SIGKILL");
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (signal === "SIGKILL") return readHeard(text);
  if (code === 0) return null;
  throw new Error(`the process that sells by ${order.technique} ended with ${code ?? signal}`);
}

/** A killed client's sessions finish or roll back what they were at; only then is anything counted. */
async function waitForSessions(url: string, startedAt: Date): Promise<void> {
  await withClient(url, async (client) => {
    const endsAt = performance.now() + BACKENDS_MS_MAX;
    for (;;) {
      const { rows } = await client.query<{ left: number }>(
        `SELECT count(*)::int AS left FROM pg_stat_activity
          WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND backend_start > $1`,
        [startedAt],
      );
      if (rows[0]?.left === 0) return;
      if (performance.now() > endsAt) throw new Error("the sessions of a killed process do not end");
      await sleep(50);
    }
  });
}

/** The next process of the same shop: it lays nothing out anew, and sells until it believes that nothing is left. */
async function sellRest(contender: Contender, sale: BenchShop, orders: number): Promise<number> {
  const drafts = await draftOrders(sale, orders);
  const startedAt = performance.now();
  let firstSaleMs: number | null = null;
  let thrownBack = 0;
  const buyer = async (): Promise<void> => {
    let refusals = 0;
    for (let draft = drafts.pop(); draft && refusals < REFUSALS; draft = drafts.pop()) {
      try {
        const isSold = await contender.place?.(draft);
        refusals = isSold ? 0 : refusals + 1;
        if (isSold) firstSaleMs ??= performance.now() - startedAt;
      } catch (error) {
        if (!isSoldTwice(error)) throw error;
        // Nothing was written, so this buyer asks again; a technique that never gets on is left with its stock.
        if (thrownBack++ < THROWN_BACK_MAX) drafts.push(draft);
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, buyer));
  return firstSaleMs ?? performance.now() - startedAt;
}

async function crashOnce(place: Place, technique: Technique, killAfter: number): Promise<Omit<Crash, "kills">> {
  const { shop, redis } = place;
  const bench = benchOf(shop, redis);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const sale = await openVariant(shop);
    const contender = TECHNIQUES[technique]({ ...bench, shop: sale });
    try {
      const cards = Math.ceil(contender.perSecondMax / 5);
      await restock(sale, cards);
      const { deps: _deps, urls, ...ids } = sale;
      const startedAt = new Date();
      const order = { technique, urls, redisUrl: bench.redisUrl, shop: ids, connections: bench.connections };
      const heard = await sellUntilKilled({ ...order, inFlight: IN_FLIGHT, orders: 2 * cards }, killAfter);
      if (!heard) continue;
      await waitForSessions(urls.owner, startedAt);
      const before = await readAftermath(sale, heard);
      const firstSaleMs = await sellRest(contender, sale, 2 * cards);
      const { stranded, neverSold, heldTwice } = await readAftermath(sale, heard);
      await releaseHeld(sale);
      const { lost, unheard } = before;
      const sums = { acknowledged: heard.sold.size, lost, unheard, soldTwice: heard.soldTwice + heldTwice };
      return { contender: contender.name, ...sums, stranded, neverSold, firstSaleMs };
    } finally {
      await contender.close();
    }
  }
  throw new Error(`${technique} was never killed in the middle of selling`);
}

/** One row of several kills. */
export function addUp(crashes: readonly Omit<Crash, "kills">[]): Crash {
  const sum = (pick: (crash: Omit<Crash, "kills">) => number): number =>
    crashes.reduce((total, crash) => total + pick(crash), 0);
  return {
    contender: crashes[0]?.contender ?? "",
    kills: crashes.length,
    acknowledged: sum((crash) => crash.acknowledged),
    lost: sum((crash) => crash.lost),
    unheard: sum((crash) => crash.unheard),
    soldTwice: sum((crash) => crash.soldTwice),
    stranded: sum((crash) => crash.stranded),
    neverSold: sum((crash) => crash.neverSold),
    firstSaleMs: Math.max(...crashes.map((crash) => crash.firstSaleMs)),
  };
}

/** Each technique in a process of its own that is killed with SIGKILL while it sells; then the database is asked. */
export async function benchCrash(place: Place, options: Options, tell: (line: string) => void): Promise<Crash[]> {
  const random = createRandom(options.seed);
  const [least, most] = HEARD_BEFORE_KILL;
  const rows: Crash[] = [];
  for (const technique of techniquesFor({ redisUrl: place.redis?.url ?? "" })) {
    const crashes: Omit<Crash, "kills">[] = [];
    while (crashes.length < options.kills) {
      crashes.push(await crashOnce(place, technique, least + Math.floor(random() * (most - least))));
    }
    const row = addUp(crashes);
    rows.push(row);
    tell(`kill -9  ${row.contender}: ${row.lost} lost, ${row.stranded} cards stranded, ${row.neverSold} never sold`);
  }
  return rows;
}
