import { closeDeps, createDeps } from "@/lib/platform/deps";
import { type Env, EnvError, loadEnv } from "@/lib/platform/env";
import { createLog } from "@/lib/platform/log";
import { keepSecret } from "@/lib/platform/secret-file";
import { type StartedDatabase, startDatabase } from "@/lib/platform/start-database";
import { checkDatabase } from "./database";
import { type Finding, fine, guarded, problem } from "./finding";
import { checkLedger } from "./ledger";
import { checkBucket, checkGateways, checkMail, checkMasterKeys, checkPeople, checkRefunds } from "./shop";
import { checkDisk, checkPublicAddress, checkRedis } from "./surroundings";

const log = createLog("silent");

/** Makes every check that can be made; one that fails keeps none of the others from being made. */
export async function examine(): Promise<Finding[]> {
  let env: Env;
  try {
    env = loadEnv(keepSecret);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return error.message.split("\n").map((sentence) => problem("settings", sentence));
  }
  const around = await Promise.all([
    [fine("settings", "Every variable is understood.")],
    guarded("address", async () => [checkPublicAddress(env)]),
    guarded("disk", async () => [await checkDisk(env)]),
    guarded("redis", async () => [await checkRedis(env, log)]),
  ]);
  return [...around.flat(), ...(await examineDatabase(env))];
}

async function examineDatabase(env: Env): Promise<Finding[]> {
  let database: StartedDatabase;
  try {
    database = await startDatabase({ env, log });
  } catch (error) {
    return [problem("database", `It cannot be used: ${error instanceof Error ? error.message.trim() : String(error)}`)];
  }
  const deps = createDeps({ env, urls: database.urls, log });
  try {
    const findings = [
      await guarded("database", () => checkDatabase(deps, database)),
      await guarded("ledger", () => checkLedger(deps)),
      await guarded("keys", () => checkMasterKeys(deps)),
      await guarded("gateways", () => checkGateways(deps)),
      await guarded("refunds", () => checkRefunds(deps)),
      await guarded("mail", () => checkMail(deps)),
      await guarded("pictures", () => checkBucket(deps)),
      await guarded("people", () => checkPeople(deps)),
    ];
    return findings.flat();
  } finally {
    await closeDeps(deps);
    await database.stop();
  }
}
