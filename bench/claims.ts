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

/** How many products the buyers divide between where it is not one. */
const MANY = 100;

/** The hot product is the question; that the answer holds on many takes fewer rounds. */
export const roundsOnMany = ({ rounds }: Pick<Options, "rounds">): number => Math.ceil(rounds / 2);

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

function questionsOf(sales: readonly (readonly BenchShop[])[], options: Options): Question[] {
  const { inFlight, seconds } = options;
  const rounds = Array.from({ length: options.rounds }, (_, index) => index + 1);
  return rounds.flatMap((round) =>
    sales
      .filter((shops) => shops.length === 1 || round <= roundsOnMany(options))
      .flatMap((shops) => inFlight.map((count) => ({ shops, inFlight: count, seconds, round }))),
  );
}

const describe = ({ shops, inFlight, round }: Question): string =>
  `round ${round}  ${shops.length === 1 ? "one product" : `${shops.length} products`}  ${inFlight} in flight`;

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
    const sales = [[shop], await openVariants(shop, options.isSmoke ? 5 : MANY)];
    const warm = { shops: [shop], inFlight: 8, seconds: 0.2, round: 0 };
    for (const contender of contenders) await measure(meter, contender, warm);
    for (const question of questionsOf(sales, options)) {
      for (const contender of shuffle(contenders, random)) {
        const sample = await measure(meter, contender, question);
        samples.push(sample);
        tell(`${describe(question)}  ${contender.name}: ${Math.round(sample.perSecond)}/s`);
      }
    }
  } finally {
    await meter.close();
    for (const contender of contenders) await contender.close();
  }
  return { samples, contenders };
}
