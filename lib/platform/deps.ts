import type { Redis } from "ioredis";
import { type Clock, systemClock } from "@/lib/kernel/clock";
import { deriveKeys, type Keys } from "./crypto";
import { type DatabaseUrls, databaseUrls } from "./database-urls";
import { createDb, createHotDb, type Db } from "./db";
import { type Env, getEnv } from "./env";
import { createLog, type Log } from "./log";
import { createRedis } from "./redis";
import { provideSingleton, singleton } from "./singleton";

/** The outside world as flows and features see it; handed in, so that a test hands in another. */
export interface Deps {
  /** Pages, jobs and single orders. */
  readonly db: Db;
  /** The hot statements and nothing else. */
  readonly hot: Db;
  /** Null without `REDIS_URL`; never the truth about anything. */
  readonly redis: Redis | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly env: Env;
  readonly keys: Keys;
  readonly fetch: typeof globalThis.fetch;
}

/** Opens (lazily) the clients that an environment names. `closeDeps` closes them. */
export function createDeps({ env, urls, log }: { env: Env; urls: DatabaseUrls; log: Log }): Deps {
  const onError = (error: Error) => log.warn("database.connection_failed", {}, error);
  return {
    db: createDb(urls.app, onError),
    hot: createHotDb(urls.app, onError),
    redis: env.redisUrl ? createRedis(env.redisUrl, log) : null,
    clock: systemClock,
    log,
    env,
    keys: deriveKeys(env.secret, env.masterKeys),
    fetch: globalThis.fetch,
  };
}

/** Closes every connection that `createDeps` opened; nothing may be under way. */
export async function closeDeps(deps: Deps): Promise<void> {
  await Promise.all([deps.db.$disconnect(), deps.hot.$disconnect()]);
  deps.redis?.disconnect();
}

const NAME = "deps";

/** Makes the process's dependencies known to code that no one hands them to: pages and server actions. */
export const provideDeps = (deps: Deps): void => provideSingleton(NAME, deps);

/** The process's dependencies: what `provideDeps` was given, or, in a host without our server, made from the environment. */
export const getDeps = (): Deps =>
  singleton(NAME, () => createDeps({ env: getEnv(), urls: databaseUrls(), log: createLog("stdout") }));

const perDeps = Symbol.for("kapu.perDeps");

/**
 * One value per `Deps` and name (a coalescer, a cache): two shops in one test process do not share them, and the two
 * copies of a module in one server process do.
 */
export function ofDeps<T>(deps: Deps, name: string, make: () => T): T {
  const scope = globalThis as { [perDeps]?: WeakMap<Deps, Map<string, unknown>> };
  scope[perDeps] ??= new WeakMap();
  let values = scope[perDeps].get(deps);
  if (!values) {
    values = new Map();
    scope[perDeps].set(deps, values);
  }
  if (!values.has(name)) values.set(name, make());
  return values.get(name) as T;
}
