import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from "rate-limiter-flexible";
import { type Deps, ofDeps } from "./deps";

export interface RateLimit {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

function limiterOf(deps: Deps, { name, points, seconds }: RateLimit): RateLimiterMemory | RateLimiterRedis {
  return ofDeps(deps, `rate-limit.${name}`, () => {
    const memory = new RateLimiterMemory({ keyPrefix: name, points, duration: seconds });
    if (!deps.redis) return memory;
    // Redis makes the count common to all processes; without it each process counts for itself.
    return new RateLimiterRedis({
      storeClient: deps.redis,
      keyPrefix: `kapu:limit:${name}`,
      points,
      duration: seconds,
      insuranceLimiter: memory,
    });
  });
}

/** Counts one turn of `key`; false when its turns in the window are used up. Risk control: a lost Redis only makes it laxer. */
export async function takeTurn(deps: Deps, limit: RateLimit, key: string): Promise<boolean> {
  try {
    await limiterOf(deps, limit).consume(key);
    return true;
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal;
    return false;
  }
}

/** Seconds until `key` has a turn again, at least 1 when it has none, 0 when it has. It counts nothing. */
export async function secondsUntilTurn(deps: Deps, limit: RateLimit, key: string): Promise<number> {
  const used: RateLimiterRes | null = await limiterOf(deps, limit).get(key);
  if (!used || used.consumedPoints < limit.points) return 0;
  return Math.max(1, Math.ceil(used.msBeforeNext / 1000));
}
