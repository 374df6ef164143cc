import { randomBytes } from "node:crypto";
import type pg from "pg";
import { Secret } from "@/lib/kernel/secret";
import { prepareEmbeddedDatabase, prepareForeignDatabase } from "@/lib/platform/database-roles";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { startEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { createLog } from "@/lib/platform/log";
import { bringUpToDate } from "@/lib/platform/start-database";
import { withClient } from "@/lib/platform/with-client";
import { buildScenery, type Scenery, type StageDatabase } from "./stage";

/** Written on a database that a run has made its own: it is emptied, filled with sales that nobody made, and copied. */
const MARKER = "kapu simulation: made for playing, holds nothing real";
const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);
const TEMPLATE = "kapu_simulation";

/** A migrated template, and as many copies of it as there are programs. */
export interface SimulationServer {
  readonly scenery: Scenery;
  readonly createDatabase: () => Promise<StageDatabase>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** `DATABASE_URL`, or undefined for a Postgres of the run's own. */
  readonly databaseUrl: string | undefined;
  readonly allowRemoteHost: boolean;
  readonly home: string;
}

const at = (url: string, database: string): string => {
  const bent = new URL(url);
  bent.pathname = `/${database}`;
  return bent.href;
};

async function copy(urls: DatabaseUrls, superuser: string): Promise<StageDatabase> {
  const template = decodeURIComponent(new URL(superuser).pathname.slice(1));
  const name = `${TEMPLATE}_${randomBytes(6).toString("hex")}`;
  const server = at(superuser, "postgres");
  await withClient(server, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${client.escapeIdentifier(template)}`),
  );
  const [owner, app, audit] = [urls.owner, urls.app, urls.audit].map((url) => at(url, name)) as [
    string,
    string,
    string,
  ];
  const drop = async () => {
    await withClient(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  };
  return { urls: { owner, app, audit, hasRoles: urls.hasRoles }, superuser: at(superuser, name), drop };
}

/** Opens the server that programs are played on. Refuses, in one sentence, a database that is not the run's own. */
export async function openServer(options: ServerOptions): Promise<SimulationServer> {
  const log = createLog("silent");
  const { databaseUrl } = options;
  if (databaseUrl) {
    await takeForeign(databaseUrl, options);
    const urls = await prepareForeignDatabase(databaseUrl, new Secret("s".repeat(40)));
    await bringUpToDate(urls, log);
    return { scenery: await buildScenery(urls), createDatabase: () => copy(urls, databaseUrl), stop: async () => {} };
  }
  // It does not wait for the disk, which changes what survives a power cut and nothing that a program can see.
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  const postgres = await startEmbeddedPostgres({ home: options.home, log, settings });
  try {
    await withClient(postgres.urlOf("postgres"), dropLeftovers);
    const urls = await prepareEmbeddedDatabase(postgres, TEMPLATE);
    await bringUpToDate(urls, log);
    const scenery = await buildScenery(urls);
    return { scenery, createDatabase: () => copy(urls, postgres.urlOf(TEMPLATE)), stop: postgres.stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** What a killed run left behind, on a server that is nobody else's. */
async function dropLeftovers(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT quote_ident(datname) AS name FROM pg_database WHERE starts_with(datname, $1)",
    [TEMPLATE],
  );
  for (const { name } of rows) await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
}

async function takeForeign(
  databaseUrl: string,
  { allowRemoteHost }: Pick<ServerOptions, "allowRemoteHost">,
): Promise<void> {
  if (!LOOPBACK.has(new URL(databaseUrl).hostname) && !allowRemoteHost)
    throw new Error("DATABASE_URL is not on this machine: name --allow-remote-host if you mean it.");
  await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ name: string; marker: string | null; tables: number }>(
      `SELECT quote_ident(datname) AS name, shobj_description(oid, 'pg_database') AS marker,
              (SELECT count(*)::int FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')) AS tables
         FROM pg_database WHERE datname = current_database()`,
    );
    const [known] = rows;
    if (known?.marker !== MARKER && known?.tables !== 0)
      throw new Error("DATABASE_URL names a database that the simulation did not make: give it an empty one.");
    await client.query("DROP SCHEMA IF EXISTS public, graphile_worker CASCADE");
    await client.query("CREATE SCHEMA public");
    await client.query(`COMMENT ON DATABASE ${known.name} IS ${client.escapeLiteral(MARKER)}`);
  });
}
