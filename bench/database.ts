import path from "node:path";
import type pg from "pg";
import { prepareEmbeddedDatabase } from "@/lib/platform/database-roles";
import { type DatabaseUrls, singleRoleUrls } from "@/lib/platform/database-urls";
import { startEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { createLog } from "@/lib/platform/log";
import { bringUpToDate } from "@/lib/platform/start-database";
import { withClient } from "@/lib/platform/with-client";

/** Written on a database that a run has made its own; a run fills it with orders that nobody placed. */
const MARKER = "kapu bench: made for measuring, holds nothing real";
const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);
const NAME = "kapu_bench";
/** A client of pgbench for each order in flight, beside every contender's pool. */
const CONNECTIONS = "400";

export interface BenchDatabase {
  readonly urls: DatabaseUrls;
  stop(): Promise<void>;
}

/**
 * An empty, migrated database of the bench's own: embedded, with the settings that a shop runs with (it waits for the disk), or the one
 * that `DATABASE_URL` names, cleared of what an earlier run left. Refuses another machine that was not asked for, and a database that holds anything it did not make itself.
 */
export async function openBenchDatabase(
  databaseUrl: string | undefined,
  { allowRemoteHost }: { readonly allowRemoteHost: boolean },
): Promise<BenchDatabase> {
  const log = createLog("silent");
  if (databaseUrl) {
    await takeForeign(databaseUrl, allowRemoteHost);
    await withClient(databaseUrl, (client) =>
      client.query("DROP SCHEMA IF EXISTS public, graphile_worker CASCADE; CREATE SCHEMA public"),
    );
    const urls = singleRoleUrls(databaseUrl);
    await bringUpToDate(urls, log);
    return { urls, stop: async () => {} };
  }
  const settings = { max_connections: CONNECTIONS };
  const postgres = await startEmbeddedPostgres({ home: path.resolve(".build", "bench-data"), log, settings });
  await withClient(postgres.urlOf("postgres"), (client) =>
    client.query(`DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`),
  );
  const urls = await prepareEmbeddedDatabase(postgres, NAME);
  await bringUpToDate(urls, log);
  return { urls, stop: postgres.stop };
}

async function takeForeign(databaseUrl: string, allowRemoteHost: boolean): Promise<void> {
  if (!allowRemoteHost && !LOOPBACK.has(new URL(databaseUrl).hostname))
    throw new Error("DATABASE_URL is not on this machine: name --allow-remote-host if you mean it.");
  await withClient(databaseUrl, async (client) => {
    if (await isOurs(client)) return;
    if (!(await isEmpty(client))) {
      throw new Error("DATABASE_URL names a database that the bench did not make: give it an empty one.");
    }
    const { rows } = await client.query<{ name: string }>("SELECT quote_ident(current_database()) AS name");
    await client.query(`COMMENT ON DATABASE ${rows[0]?.name} IS ${client.escapeLiteral(MARKER)}`);
  });
}

async function isOurs(client: pg.Client): Promise<boolean> {
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
