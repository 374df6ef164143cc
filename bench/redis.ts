import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { findFreePort } from "@/lib/platform/embedded-postgres";

export interface BenchRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A Redis of the bench's own for the techniques that need one, as durable as the database beside it: each write waits for the
 * disk. Null when no redis-server is on the PATH; the report then says what it left out.
 */
export async function openBenchRedis(): Promise<BenchRedis | null> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return null;
  const port = await findFreePort();
  const folder = mkdtempSync(path.join(os.tmpdir(), "kapu-bench-redis-"));
  const durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
  const child = spawn("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, ...durable], {
    stdio: "ignore",
  });
  const url = `redis://127.0.0.1:${port}`;
  const probe = new Redis(url, { maxRetriesPerRequest: 50 });
  probe.on("error", () => {});
  await probe.ping();
  probe.disconnect();
  return {
    url,
    stop: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
