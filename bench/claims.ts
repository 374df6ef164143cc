import type { Contender } from "./contenders/contender";
import {
  checkThenTake,
  forUpdate,
  limitedUpdate,
  optimistic,
  skipLocked,
  tryConfirm,
} from "./contenders/orm-transactions";
import { batched, single } from "./contenders/ours";
import { pgbench } from "./contenders/pgbench";
import { queued, redisDecrement, redisList, redisLock, redisScript } from "./contenders/redis-first";
import { createRandom, type Sample, shuffle } from "./figures";
import type { Options } from "./options";
import type { BenchRedis } from "./redis";
import { type BenchShop, draftOrders, restock } from "./shop";

/** Enough that no baseline waits for a connection it could use, and few enough that Postgres does not drown in them. */
const BASELINE_CONNECTIONS = 16;

/** Every technique that the field's articles recommend, on the same schema, beside ours. */
function contendersOf(shop: BenchShop, redis: BenchRedis | null): Contender[] {
  const inPostgres = [single, forUpdate, skipLocked, optimistic, tryConfirm, checkThenTake, limitedUpdate];
  const redisFirst = redis ? [redisLock, redisDecrement, redisScript, redisList, queued] : [];
  return [
    batched(shop),
    pgbench(shop),
    ...inPostgres.map((create) => create(shop, BASELINE_CONNECTIONS)),
    ...redisFirst.map((create) => create({ shop, url: redis?.url ?? "", connections: BASELINE_CONNECTIONS })),
  ];
}

async function measure(
  shop: BenchShop,
  contender: Contender,
  { inFlight, seconds, round }: { inFlight: number; seconds: number; round: number },
): Promise<Sample> {
  const most = Math.ceil(contender.perSecondMax * Math.max(1, seconds)) + inFlight;
  await restock(shop, most);
  const drafts = await draftOrders(shop, most);
  await contender.prepare?.();
  const outcome = await contender.run({ inFlight, seconds }, drafts);
  return { bench: "claim", contender: contender.name, inFlight, round, ...outcome };
}

/** All contenders against one database, interleaved: each round runs every one of them, in an order of its own. */
export async function benchClaims(
  { shop, redis }: { readonly shop: BenchShop; readonly redis: BenchRedis | null },
  options: Options,
  tell: (line: string) => void,
): Promise<{ samples: Sample[]; contenders: Pick<Contender, "name" | "what">[] }> {
  const random = createRandom(options.seed);
  const contenders = contendersOf(shop, redis);
  const samples: Sample[] = [];
  try {
    for (const contender of contenders) await measure(shop, contender, { inFlight: 8, seconds: 0.2, round: 0 });
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const inFlight of options.inFlight) {
        for (const contender of shuffle(contenders, random)) {
          const sample = await measure(shop, contender, { inFlight, seconds: options.seconds, round });
          samples.push(sample);
          tell(`round ${round}  ${inFlight} in flight  ${contender.name}: ${Math.round(sample.perSecond)}/s`);
        }
      }
    }
  } finally {
    for (const contender of contenders) await contender.close();
  }
  return { samples, contenders };
}
