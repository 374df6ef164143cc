import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runMigrations } from "graphile-worker";
import type pg from "pg";
import { limits } from "@/lib/kernel/limits";
import { prepareEmbeddedDatabase, prepareForeignDatabase, ROLES } from "./database-roles";
import { type DatabaseUrls, provideDatabaseUrls } from "./database-urls";
import { startEmbeddedPostgres } from "./embedded-postgres";
import { type Env, EnvError } from "./env";
import type { Log } from "./log";
import { migrate } from "./migrate";
import { withClient } from "./with-client";

export interface StartedDatabase {
  readonly urls: DatabaseUrls;
  readonly isEmbedded: boolean;
  /** Lets go of an embedded Postgres; nothing to do for one that somebody else runs. */
  stop(): Promise<void>;
}

export interface StartDatabaseOptions {
  readonly env: Env;
  readonly log: Log;
  /** How long a database that is not up yet is waited for, in milliseconds. */
  readonly waitMs?: number;
  /** Called when the embedded Postgres died and could not be brought back. */
  readonly onGivenUp?: (error: Error) => void;
}

const EMBEDDED_DATABASE = "kapu";

/** "queu" in ASCII. */
const QUEUE_LOCK = 0x71756575;

/** The database of this process, ready to sell from: running, with its roles, every migration and the queue's tables. */
export async function startDatabase(options: StartDatabaseOptions): Promise<StartedDatabase> {
  const started = options.env.databaseUrl ? await joinForeign(options) : await startEmbedded(options);
  try {
    await bringUpToDate(started.urls, options.log);
  } catch (error) {
    await started.stop();
    throw error;
  }
  provideDatabaseUrls(started.urls);
  return started;
}

async function joinForeign({
  env,
  log,
  waitMs = limits.serverDatabaseWaitMs,
}: StartDatabaseOptions): Promise<StartedDatabase> {
  const url = env.databaseUrl?.reveal() ?? "";
  await waitUntilItAnswers(url, log, waitMs);
  return { urls: await prepareForeignDatabase(url, env.secret), isEmbedded: false, stop: async () => {} };
}

const RETRY_MS = 1_000;
/** A server that is not up yet, or starts, recovers or is full; anything else will not change by waiting. */
const PASSES_BY_ITSELF = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "57P03", "53300"]);

/** The machine's services start in any order, so the database gets a moment. Throws one sentence without the address. */
async function waitUntilItAnswers(url: string, log: Log, waitMs: number): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      await withClient(url, (client) => client.query("SELECT 1"));
      return;
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      const isOver = performance.now() - startedAt > waitMs;
      if (isOver || !PASSES_BY_ITSELF.has(code)) {
        throw new EnvError(`The database of DATABASE_URL refuses: ${[code, message].filter(Boolean).join(" ")}.`);
      }
      log.warn("database.waiting", { code });
      await sleep(RETRY_MS);
    }
  }
}

async function startEmbedded({ env, log, onGivenUp }: StartDatabaseOptions): Promise<StartedDatabase> {
  const postgres = await startEmbeddedPostgres({ home: env.dataDir, log, onGivenUp });
  try {
    const urls = await prepareEmbeddedDatabase(postgres, EMBEDDED_DATABASE);
    return { urls, isEmbedded: true, stop: postgres.stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** Applies what is missing to a database: our migrations, the rights of the roles, and the tables of the job queue. */
export async function bringUpToDate(urls: DatabaseUrls, log: Log): Promise<void> {
  const prisma = path.resolve("prisma");
  const folders = { folder: path.join(prisma, "migrations"), grantsFile: path.join(prisma, "grants.sql") };
  await migrate({ url: urls.owner, ...folders, log });
  await installQueue(urls);
}

/**
 * The queue's tables hide their rows from everyone but their owner, so the role that works the queue makes them; it may
 * create a schema only for that moment. Starters take turns: one must not take the right away under another.
 */
async function installQueue(urls: DatabaseUrls): Promise<void> {
  await withClient(urls.owner, async (turn) => {
    await turn.query("BEGIN");
    await turn.query("SELECT pg_advisory_xact_lock($1)", [QUEUE_LOCK]);
    await withClient(urls.owner, (owner) => installQueueAlone(owner, urls));
    await turn.query("COMMIT");
  });
}

async function installQueueAlone(owner: pg.Client, urls: DatabaseUrls): Promise<void> {
  const { rows } = await owner.query<{ database: string; isMissing: boolean }>(
    `SELECT quote_ident(current_database()) AS database, to_regnamespace('graphile_worker') IS NULL AS "isMissing"`,
  );
  const mayNeedRight = urls.hasRoles && rows[0]?.isMissing;
  if (mayNeedRight) await owner.query(`GRANT CREATE ON DATABASE ${rows[0]?.database} TO ${ROLES.app}`);
  await runMigrations({ connectionString: urls.app });
  if (mayNeedRight) await owner.query(`REVOKE CREATE ON DATABASE ${rows[0]?.database} FROM ${ROLES.app}`);
}
