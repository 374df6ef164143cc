import { mkdir, statfs } from "node:fs/promises";
import { limits } from "@/lib/kernel/limits";
import type { Env } from "@/lib/platform/env";
import type { Log } from "@/lib/platform/log";
import { createRedis, isAnswering } from "@/lib/platform/redis";
import { type Finding, fine, problem, warning } from "./finding";

const GIGABYTE = 1024 ** 3;
const DISK_LOW_BYTES = 2 * GIGABYTE;
const DISK_EMPTY_BYTES = GIGABYTE / 4;

const isLoopback = (host: string): boolean => host === "localhost" || host === "[::1]" || /^127\./.test(host);

/** Gateways call us at this address, and buyers' cookies need https. */
export function checkPublicAddress({ publicUrl }: Env): Finding {
  const { protocol, hostname } = new URL(publicUrl);
  if (isLoopback(hostname)) {
    return warning(
      "address",
      `${publicUrl} is this machine only: set KAPU_URL to the address buyers and gateways use.`,
    );
  }
  if (protocol !== "https:") return problem("address", `${publicUrl} is not https: put TLS in front and set KAPU_URL.`);
  return fine("address", `${publicUrl} is where buyers and gateways reach the shop.`);
}

/** A full disk stops the database first. */
export async function checkDisk({ dataDir, databaseUrl }: Env): Promise<Finding> {
  await mkdir(dataDir, { recursive: true });
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const sentence = `${Math.floor(free / GIGABYTE)} GB are free where ${dataDir} lies.`;
  if (free < DISK_EMPTY_BYTES) return problem("disk", `${sentence} Make room before the database stops.`);
  if (free < DISK_LOW_BYTES && !databaseUrl) return warning("disk", `${sentence} That is little for a database.`);
  return fine("disk", sentence);
}

/** Without Redis one machine loses nothing; with one that does not answer, several machines limit rates each on its own. */
export async function checkRedis({ redisUrl }: Env, log: Log): Promise<Finding> {
  if (!redisUrl) return fine("redis", "REDIS_URL is not set; one machine needs none.");
  const redis = createRedis(redisUrl, log);
  try {
    if (await isAnswering(redis, limits.redisCommandWaitMs)) return fine("redis", "It answers.");
    return warning(
      "redis",
      "It does not answer: the shop goes on without it, and every process limits rates on its own.",
    );
  } finally {
    redis.disconnect();
  }
}
