import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { limits } from "@/lib/kernel/limits";
import type { Log } from "./log";
import { withClient } from "./with-client";

export interface MigrateOptions {
  /** The address of the role that owns the tables. */
  readonly url: string;
  /** A Prisma migrations folder: `<stamp>_<name>/migration.sql`. */
  readonly folder: string;
  /** Run after the migrations, each time and repeatable: what each role may do. */
  readonly grantsFile: string;
  readonly log: Log;
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The key that Prisma Migrate itself locks, so that neither overtakes the other. */
const PRISMA_LOCK = 72707369;

const BOOKKEEPING = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/**
 * Applies every migration exactly once, in order, each in a transaction of its own, however many processes start at once;
 * `prisma migrate status` agrees afterwards. The lock lives as long as the transaction, so it also works through a pooler
 * that shares sessions. Returns the names that this call applied.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  return withClient(options.url, async (client) => {
    const applied: string[] = [];
    for (const migration of readMigrations(options.folder)) {
      if (await applyOnce(client, migration, options.log)) applied.push(migration.name);
    }
    await underLock(client, () => client.query(readFileSync(options.grantsFile, "utf8")));
    return applied;
  });
}

/** The names of the migrations that came with this build; none where the folder was left behind. */
export function shippedMigrations(): string[] {
  const folder = path.resolve("prisma", "migrations");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(path.join(folder, name, "migration.sql")));
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, "migration.sql")))
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

async function applyOnce(client: pg.Client, migration: Migration, log: Log): Promise<boolean> {
  return underLock(client, async () => {
    await client.query(BOOKKEEPING);
    const known = await findRecord(client, migration.name);
    if (known && !known.isFinished) {
      throw new Error(`The migration ${migration.name} failed earlier; repair it with \`prisma migrate resolve\`.`);
    }
    if (known) {
      if (known.checksum !== migration.checksum) log.warn("migration.edited_after_use", { migration: migration.name });
      return false;
    }
    await run(client, migration);
    log.info("migration.applied", { migration: migration.name });
    return true;
  });
}

async function findRecord(client: pg.Client, name: string) {
  const { rows } = await client.query<{ checksum: string; isFinished: boolean }>(
    `SELECT checksum, finished_at IS NOT NULL AS "isFinished" FROM _prisma_migrations
      WHERE migration_name = $1 AND rolled_back_at IS NULL`,
    [name],
  );
  return rows[0] ?? null;
}

async function run(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    throw new Error(`The migration ${name} failed and changed nothing: ${(error as Error).message}`, { cause: error });
  }
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), 1)`,
    [randomUUID(), checksum, name],
  );
}

async function underLock<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    await client.query(`SET LOCAL lock_timeout = ${limits.migrationLockWaitMs}`);
    await client.query("SELECT pg_advisory_xact_lock($1)", [PRISMA_LOCK]);
    await client.query("SET LOCAL lock_timeout = DEFAULT");
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}
