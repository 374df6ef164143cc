import type pg from "pg";

/**
 * How the database's schema stands to this program. `behind`: migrations that the program needs are missing; `migrating`: and
 * somebody is applying them now; `failed`: one stopped half-way; `ahead`: a newer program has been here.
 */
export interface MigrationState {
  readonly state: "settled" | "behind" | "migrating" | "failed" | "ahead";
  readonly names: readonly string[];
}

/** The key that migrations lock; see platform/migrate.ts. */
const MIGRATION_LOCK = 72707369;

/** Compares what the database has applied with what the program knows. Reads what every role may read. */
export async function findMigrationState(client: pg.ClientBase, known: readonly string[]): Promise<MigrationState> {
  const { rows } = await client.query<{ name: string; done: boolean }>(
    "SELECT migration_name AS name, finished_at IS NOT NULL AS done FROM public._prisma_migrations WHERE rolled_back_at IS NULL",
  );
  const failed = rows.filter(({ done }) => !done).map(({ name }) => name);
  if (failed.length > 0) return { state: "failed", names: failed };
  const applied = new Set(rows.map(({ name }) => name));
  const missing = known.filter((name) => !applied.has(name));
  if (missing.length > 0) return { state: (await isMigrationRunning(client)) ? "migrating" : "behind", names: missing };
  const newer = [...applied].filter((name) => !known.includes(name)).sort();
  return newer.length > 0 ? { state: "ahead", names: newer } : { state: "settled", names: [] };
}

async function isMigrationRunning(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
      WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1`,
    [MIGRATION_LOCK],
  );
  return rows.length > 0;
}

/** Whether the invariants' queries mean anything on a database in this state. */
export const isJudgeable = ({ state }: MigrationState): boolean => state === "settled" || state === "ahead";

/** One sentence for people, or null when there is nothing to say. */
export function describeMigration({ state, names }: MigrationState): string | null {
  const list = names.join(", ");
  if (state === "settled") return null;
  if (state === "ahead") return `The database is newer than this program: it also has ${list}.`;
  if (state === "failed") return `A migration stopped half-way: ${list}. What is said below proves nothing.`;
  const when = state === "migrating" ? "is being migrated at this moment" : "has not been migrated";
  return `The database ${when}: ${list} missing. What is said below proves nothing.`;
}
