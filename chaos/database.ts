import { readFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import type { Secret } from "@/lib/kernel/secret";
import { prepareForeignDatabase } from "@/lib/platform/database-roles";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { startEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { createLog } from "@/lib/platform/log";
import { bringUpToDate } from "@/lib/platform/start-database";
import { withClient } from "@/lib/platform/with-client";

/** Written on a database that a run has made its own; a run fills it with sales that nobody made and breaks its server. */
const MARKER = "kapu chaos: made for breaking, holds nothing real";
const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);
const NAME = "kapu_chaos";

export interface ChaosDatabase {
  /** As the servers are given it, but for the line in between. */
  readonly url: string;
  readonly urls: DatabaseUrls;
  /** Null when the server is somebody else's: it is then never stopped. */
  readonly server: { readonly stopImmediately: () => void; readonly logFile: string } | null;
  stop(): Promise<void>;
}

export interface ChaosDatabaseOptions {
  /** `DATABASE_URL`, or undefined for a Postgres of the run's own. */
  readonly databaseUrl: string | undefined;
  readonly allowRemoteHost: boolean;
  readonly home: string;
  readonly secret: Secret;
}

/** A fresh, migrated database of the run's own, with the settings that a shop runs with. Refuses one that it did not make. */
export async function openChaosDatabase(options: ChaosDatabaseOptions): Promise<ChaosDatabase> {
  const { databaseUrl, secret } = options;
  if (databaseUrl) {
    await takeForeign(databaseUrl, options);
    return { url: databaseUrl, urls: await prepare(databaseUrl, secret), server: null, stop: async () => {} };
  }
  const log = createLog("silent");
  const postgres = await startEmbeddedPostgres({ home: options.home, log });
  const folder = path.join(options.home, "postgres-18");
  try {
    await withClient(postgres.urlOf("postgres"), async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`);
      // The roles' passwords come from the run's secret, which is another one each time.
      await client.query("DROP ROLE IF EXISTS kapu_app, kapu_audit");
      await client.query(`CREATE DATABASE ${NAME}`);
      await client.query(`COMMENT ON DATABASE ${NAME} IS ${client.escapeLiteral(MARKER)}`);
      // So that a deadlock is found before the shop gives up waiting for the lock.
      await client.query(`ALTER DATABASE ${NAME} SET deadlock_timeout = '200ms'`);
    });
    const url = postgres.urlOf(NAME);
    const stopImmediately = () => {
      const [pid] = readFileSync(path.join(folder, "data", "postmaster.pid"), "utf8").split("\n");
      process.kill(Number(pid), "SIGQUIT");
    };
    const server = { stopImmediately, logFile: path.join(folder, "postgres.log") };
    return { url, urls: await prepare(url, secret), server, stop: postgres.stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function prepare(url: string, secret: Secret): Promise<DatabaseUrls> {
  const urls = await prepareForeignDatabase(url, secret);
  await bringUpToDate(urls, createLog("silent"));
  return urls;
}

/** Throws one sentence when the database is not the run's to break. */
async function takeForeign(
  databaseUrl: string,
  { allowRemoteHost }: Pick<ChaosDatabaseOptions, "allowRemoteHost">,
): Promise<void> {
  if (!LOOPBACK.has(new URL(databaseUrl).hostname) && !allowRemoteHost)
    throw new Error("DATABASE_URL is not on this machine: name --allow-remote-host if you mean it.");
  await withClient(databaseUrl, async (client) => {
    const isOurs = await hasMarker(client);
    if (!isOurs && !(await isEmpty(client)))
      throw new Error("DATABASE_URL names a database that this harness did not make: give it an empty one.");
    await client.query("DROP SCHEMA IF EXISTS public, graphile_worker CASCADE");
    await client.query("CREATE SCHEMA public");
    const { rows } = await client.query<{ name: string }>("SELECT quote_ident(current_database()) AS name");
    await client.query(`COMMENT ON DATABASE ${rows[0]?.name} IS ${client.escapeLiteral(MARKER)}`);
  });
}

async function hasMarker(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ marker: string | null }>(
    "SELECT shobj_description(oid, 'pg_database') AS marker FROM pg_database WHERE datname = current_database()",
  );
  return rows[0]?.marker === MARKER;
}

async function isEmpty(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    "SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 1",
  );
  return rowCount === 0;
}
