import { limits } from "@/lib/kernel/limits";
import { closeDeps, createDeps, type Deps } from "@/lib/platform/deps";
import { loadEnv } from "@/lib/platform/env";
import { createLog } from "@/lib/platform/log";
import { keepSecret } from "@/lib/platform/secret-file";
import { type StartedDatabase, startDatabase } from "@/lib/platform/start-database";

export interface OpenedShop {
  readonly deps: Deps;
  readonly database: StartedDatabase;
}

/**
 * The shop's database for the length of one command: the one that the running server uses, or, when none runs, the
 * embedded one, started before and stopped after. A server that runs on it is never disturbed.
 */
export async function withShop<T>(work: (shop: OpenedShop) => Promise<T>): Promise<T> {
  const env = loadEnv(keepSecret);
  const log = createLog("silent");
  const database = await startDatabase({ env, log, waitMs: limits.commandDatabaseWaitMs });
  try {
    const deps = createDeps({ env, urls: database.urls, log });
    try {
      return await work({ deps, database });
    } finally {
      await closeDeps(deps);
    }
  } finally {
    await database.stop();
  }
}
