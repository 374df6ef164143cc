import { createHmac } from "node:crypto";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Db } from "./db";
import { type Deps, ofDeps } from "./deps";

/** So many attempts per key in so many seconds, counted in Postgres: the same for all processes, and past a restart. */
export interface AttemptRule {
  readonly name: string;
  readonly points: number;
  readonly windowSeconds: number;
}

/** The two calls of a pg pool that the limiter makes, over the ordinary client. */
const asPool = (db: Db) => ({
  async query({ text, values }: { text: string; values: readonly unknown[] }) {
    const rows = await db.$queryRawUnsafe<{ points: number; expire: bigint | null }[]>(text, ...values);
    return {
      rows: rows.map(({ points, expire }) => ({ points, expire: expire === null ? null : Number(expire) })),
      rowCount: rows.length,
    };
  },
});

const limiterOf = (deps: Deps, rule: AttemptRule): RateLimiterPostgres =>
  ofDeps(
    deps,
    `attempts.${rule.name}`,
    () =>
      new RateLimiterPostgres({
        storeClient: asPool(deps.db),
        storeType: "pool",
        tableName: "attempt_count",
        tableCreated: true,
        keyPrefix: rule.name,
        points: rule.points,
        duration: rule.windowSeconds,
      }),
  );

/** Addresses and e-mails are counted by a keyed hash: the table names nobody. */
const blind = (deps: Deps, key: string): string =>
  createHmac("sha256", deps.keys.requestHash).update(`attempt|${key}`).digest("base64url").slice(0, 32);

/**
 * Takes one attempt before the work it guards, in one statement, so that a hundred guesses sent at once are counted like
 * a hundred sent in turn. `giveBack` or `forget` undoes it after a success.
 */
export async function takeAttempt(deps: Deps, rule: AttemptRule, key: string): Promise<Result<null, "rate_limited">> {
  try {
    await limiterOf(deps, rule).consume(blind(deps, key));
    return ok(null);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return err("rate_limited");
    throw refusal;
  }
}

/** Returns an attempt that turned out to be rightful. */
export async function giveBackAttempt(deps: Deps, rule: AttemptRule, key: string): Promise<void> {
  await limiterOf(deps, rule).reward(blind(deps, key), 1);
}

/** Clears the count of a key: whoever knows the password is not a guesser. */
export async function forgetAttempts(deps: Deps, rule: AttemptRule, key: string): Promise<void> {
  await limiterOf(deps, rule).delete(blind(deps, key));
}
