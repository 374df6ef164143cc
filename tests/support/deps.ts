import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { createDeps, type Deps } from "@/lib/platform/deps";
import { type EnvSource, readEnv } from "@/lib/platform/env";
import { createLog } from "@/lib/platform/log";

/** The shop's own dependencies over a test database; nothing in them is a stand-in. Close with `closeDeps`. */
export function createTestDeps(urls: DatabaseUrls, source: EnvSource = {}): Deps {
  const env = readEnv(
    { KAPU_SECRET: "a secret of forty letters, for tests only", ...source },
    (_folder, given) => given,
  );
  if (!env.ok) throw new Error(env.error.join("\n"));
  return createDeps({ env: env.value, urls, log: createLog("silent") });
}
