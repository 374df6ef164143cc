import type { TestProject } from "vitest/node";
import { prepareEmbeddedDatabase } from "@/lib/platform/database-roles";
import { startEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { createLog } from "@/lib/platform/log";
import { bringUpToDate } from "@/lib/platform/start-database";
import { makeTemporaryFolder, removeFolder, sweepKilledRuns } from "./temporary-folder";

/** What a test file needs in order to clone a database of its own. */
export interface TestPostgres {
  readonly port: number;
  readonly password: string;
  readonly template: string;
  readonly major: 15 | 18;
}

declare module "vitest" {
  export interface ProvidedContext {
    postgres: TestPostgres;
  }
}

const TEMPLATE = "kapu_template";
const PACKAGE_OF_15 = "embedded-postgres-15-linux-x64";

/**
 * One real Postgres for the whole run: 18, or 15 by KAPU_TEST_POSTGRES=15. It does not wait for the disk (fsync off), which
 * changes what survives a power cut and nothing that these tests look at; tests of crashes start a server of their own.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const major = process.env.KAPU_TEST_POSTGRES === "15" ? 15 : 18;
  sweepKilledRuns();
  const home = makeTemporaryFolder("postgres");
  const log = createLog("silent");
  const postgres = await startEmbeddedPostgres({
    home,
    log,
    packageName: major === 15 ? PACKAGE_OF_15 : undefined,
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
  });
  const stop = async () => {
    await postgres.stop();
    removeFolder(home);
  };
  try {
    await bringUpToDate(await prepareEmbeddedDatabase(postgres, TEMPLATE), log);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide("postgres", { port: postgres.port, password: postgres.password, template: TEMPLATE, major });
  return stop;
}
