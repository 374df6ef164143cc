import { readLedger } from "@/lib/features/ledger/read-ledger";
import { ledgerKeyOf, sealNextBlock } from "@/lib/features/ledger/seal";
import { verifyLedger } from "@/lib/features/ledger/verify";
import { withClient } from "@/lib/platform/with-client";
import type { Load } from "./contenders/contender";
import { batched } from "./contenders/ours";
import { createRandom, type Sample, shuffle } from "./figures";
import type { Options } from "./options";
import { type BenchShop, draftOrders, restock } from "./shop";

const BLOCKS_MAX = 100_000;
const PAUSE_MS = 100;
const INDEX = "CREATE INDEX IF NOT EXISTS stock_entry_chain_ix ON stock_entry (xid, id)";

type Outcome = Pick<Sample, "done" | "failed" | "soldTwice" | "perSecond" | "p50Ms" | "p99Ms">;

/** How many of a kind were dealt with from then until now. */
function rateOf(done: number, startedAt: number): Outcome {
  const perSecond = done / ((performance.now() - startedAt) / 1_000);
  return { done, failed: 0, soldTwice: 0, perSecond, p50Ms: null, p99Ms: null };
}

async function sealAll(shop: BenchShop): Promise<Outcome> {
  const startedAt = performance.now();
  let entries = 0;
  for (let blocks = 0; blocks < BLOCKS_MAX; blocks++) {
    const sealed = await sealNextBlock(shop.deps);
    if (sealed === 0) break;
    entries += sealed;
  }
  return rateOf(entries, startedAt);
}

async function verifyAll({ deps, urls }: BenchShop): Promise<Outcome> {
  const trustedKeys = new Set([ledgerKeyOf(deps).publicKey.toString("hex")]);
  const startedAt = performance.now();
  const report = await withClient(urls.audit, (client) =>
    verifyLedger(readLedger(client), { trustedKeys, savedHeads: [] }),
  );
  if (report.break) throw new Error(`the ledger that was just sealed does not verify: ${report.break.sentence}`);
  return rateOf(report.entries, startedAt);
}

/** Orders as the shop places them; whatever was written before them is sealed first. */
async function prepare(shop: BenchShop, load: Load): Promise<() => Promise<Outcome>> {
  const contender = batched({ shop });
  const most = Math.ceil(contender.perSecondMax * Math.max(1, load.seconds)) + load.inFlight;
  await restock(shop, most);
  const drafts = await draftOrders(shop, most);
  await sealAll(shop);
  return () => contender.run(load, drafts);
}

/** Blocks are sealed as soon as there is anything to seal, which is oftener than the job of the shop does it. */
async function sellWhileSealing(shop: BenchShop, sell: () => Promise<Outcome>): Promise<Outcome> {
  let isOver = false;
  const sealing = (async () => {
    while (!isOver) {
      if ((await sealNextBlock(shop.deps)) === 0) await new Promise((wake) => setTimeout(wake, PAUSE_MS));
    }
  })();
  try {
    return await sell();
  } finally {
    isOver = true;
    await sealing;
  }
}

const createIndex = (shop: BenchShop) => withClient(shop.urls.owner, (client) => client.query(INDEX));

/** What the index of the chain costs a sale. */
async function sellWithoutIndex(shop: BenchShop, sell: () => Promise<Outcome>): Promise<Outcome> {
  await withClient(shop.urls.owner, (client) => client.query("DROP INDEX stock_entry_chain_ix"));
  try {
    return await sell();
  } finally {
    await createIndex(shop);
  }
}

const WAYS = {
  "ours, sealed later": (_shop: BenchShop, sell: () => Promise<Outcome>) => sell(),
  "ours, sealed meanwhile": sellWhileSealing,
  "ours, no index of the chain": sellWithoutIndex,
} as const;

/** What each figure is. */
export const LEDGER_LEGEND = [
  { name: "ours, sealed later", what: "orders placed, each of which writes one entry; nothing is sealed meanwhile" },
  { name: "ours, sealed meanwhile", what: "the same, while the same process seals whatever is settled" },
  { name: "ours, no index of the chain", what: "the same as the first, without the index that sealing needs" },
  { name: "entries sealed", what: "what those orders wrote, chained, signed and written by one process" },
  { name: "entries verified", what: "the whole ledger of the run, recomputed from its first block" },
];

/** How fast the ledger is sealed beside how fast it is written, and what sealing costs the sales. */
export async function benchLedger(shop: BenchShop, options: Options, tell: (line: string) => void): Promise<Sample[]> {
  const random = createRandom(options.seed);
  const inFlight = Math.max(...options.inFlight);
  const samples: Sample[] = [];
  // A run that was killed may have left the database without it.
  await createIndex(shop);
  const take = (round: number, contender: string, outcome: Outcome) => {
    // The first round only warms everything up.
    if (round > 0) samples.push({ bench: "ledger", contender, inFlight, round, ...outcome });
    if (round > 0) tell(`round ${round}  ${contender}: ${Math.round(outcome.perSecond)}/s`);
  };
  for (let round = 0; round <= options.rounds; round++) {
    for (const [name, way] of shuffle(Object.entries(WAYS), random)) {
      const sell = await prepare(shop, { inFlight, seconds: round === 0 ? 0.2 : options.seconds });
      take(round, name, await way(shop, sell));
      const sealed = await sealAll(shop);
      if (name === "ours, sealed later") take(round, "entries sealed", sealed);
    }
  }
  take(options.rounds, "entries verified", await verifyAll(shop));
  return samples;
}
