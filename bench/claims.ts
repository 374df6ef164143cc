import { createAll } from "./contenders/all";
import type { Bench, Contender } from "./contenders/contender";
import { createRandom, type Sample, shuffle } from "./figures";
import { type Meter, openMeter } from "./meter";
import type { Options } from "./options";
import type { BenchRedis } from "./redis";
import { type BenchShop, draftAmong, openVariants, restockAll } from "./shop";

/** Enough that no baseline waits for a connection it could use, and few enough that Postgres does not drown in them. */
export const BASELINE_CONNECTIONS = 16;

export const benchOf = (shop: BenchShop, redis: BenchRedis | null): Bench => ({
  shop,
  connections: BASELINE_CONNECTIONS,
  redisUrl: redis?.url ?? "",
});

/** How many products the buyers divide between: one that everybody wants, and many. */
export const PRODUCTS = [1, 100] as const;

interface Question {
  /** The products on sale. */
  readonly shops: readonly BenchShop[];
  readonly inFlight: number;
  readonly seconds: number;
  readonly round: number;
}

/** Where buyers draw their product by themselves, a few ask for one more often than its share. */
const UNEVEN = 1.5;

async function measure(
  meter: Meter,
  contender: Contender,
  { shops, inFlight, seconds, round }: Question,
): Promise<Sample> {
  const most = Math.ceil(contender.perSecondMax * seconds) + inFlight;
  const ofEach = shops.length === 1 ? most : Math.ceil((most / shops.length) * UNEVEN);
  await restockAll(shops, ofEach);
  const drafts = await draftAmong(shops, most);
  await contender.prepare?.(drafts);
  const outcome = await meter.costOf(() => contender.run({ inFlight, seconds }, drafts));
  return { bench: "claim", contender: contender.name, products: shops.length, inFlight, round, ...outcome };
}

/** All contenders against one database, interleaved: each round runs every one of them, in an order of its own. */
export async function benchClaims(
  { shop, redis }: { readonly shop: BenchShop; readonly redis: BenchRedis | null },
  options: Options,
  tell: (line: string) => void,
): Promise<{ samples: Sample[]; contenders: Pick<Contender, "name" | "what">[] }> {
  const random = createRandom(options.seed);
  const contenders = createAll(benchOf(shop, redis));
  const meter = await openMeter(shop.urls.app);
  const samples: Sample[] = [];
  try {
    const sales = [[shop], await openVariants(shop, options.isSmoke ? 5 : PRODUCTS[1])];
    const warm = { shops: [shop], inFlight: 8, seconds: 0.2, round: 0 };
    for (const contender of contenders) await measure(meter, contender, warm);
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const shops of sales) {
        for (const inFlight of options.inFlight) {
          for (const contender of shuffle(contenders, random)) {
            const sample = await measure(meter, contender, { shops, inFlight, seconds: options.seconds, round });
            samples.push(sample);
            const on = shops.length === 1 ? "one product" : `${shops.length} products`;
            tell(`round ${round}  ${on}  ${inFlight} in flight  ${contender.name}: ${Math.round(sample.perSecond)}/s`);
          }
        }
      }
    }
  } finally {
    await meter.close();
    for (const contender of contenders) await contender.close();
  }
  return { samples, contenders };
}
