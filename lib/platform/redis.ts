import { Redis } from "ioredis";
import type { Secret } from "@/lib/kernel/secret";
import type { Log } from "./log";

/**
 * A client that answers or fails within 50 ms: with ioredis's own defaults a GET still hung after 15 s when Redis was
 * stopped. Callers must do without it at any moment; it never holds the truth about anything.
 */
export function createRedis(url: Secret, log: Log): Redis {
  const redis = new Redis(url.reveal(), {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 50,
    connectTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  });
  redis.on("error", (error: Error) => log.warn("redis.connection_failed", {}, error));
  return redis;
}

/** Whether it answers within so long; for a command that lives too short to be connected already. */
export async function isAnswering(redis: Redis, withinMs: number): Promise<boolean> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < withinMs) {
    if ((await redis.ping().catch(() => null)) === "PONG") return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
