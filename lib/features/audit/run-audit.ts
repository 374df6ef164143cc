import type pg from "pg";
import { limits } from "@/lib/kernel/limits";
import { INVARIANTS } from "./catalog";
import type { Invariant } from "./invariant";
import { findMigrationState, isJudgeable, type MigrationState } from "./migration-state";
import { setUp, withSnapshot } from "./snapshot";
import { type Subjects, windowQuery, windowValues } from "./window";

export type OffendingRow = Readonly<Record<string, unknown>>;

export interface InvariantResult {
  readonly id: string;
  readonly name: string;
  readonly kind: Invariant["kind"];
  readonly sentence: Invariant["sentence"];
  /** False also when the query could not be answered: what was not looked at is not proven. */
  readonly ok: boolean;
  /** Offending rows as JSON values, at most `limits.auditRowsMax`; `fault` says what is wrong with each. */
  readonly rows: readonly OffendingRow[];
  /** Whether there are more than `rows`. */
  readonly hasMore: boolean;
  readonly ms: number;
  /** Why the query could not be answered. */
  readonly failure: string | null;
}

export interface AuditReport {
  readonly isClean: boolean;
  /** The database's time of the one snapshot that every invariant was judged on. */
  readonly at: string;
  readonly results: readonly InvariantResult[];
  /** How the schema stands to this program; null when the caller did not say what it knows. */
  readonly migration: MigrationState | null;
}

export interface AuditOptions {
  /** The names of the migrations that came with this program. */
  readonly migrations?: readonly string[];
}

/**
 * Judges every invariant on one snapshot: no order moves between two of the queries. It writes nothing, holds no lock that a
 * sale waits for, and shares no code with the statements that it checks. Give it the audit role's address where there is one.
 */
export async function runAudit(databaseUrl: string, { migrations }: AuditOptions = {}): Promise<AuditReport> {
  const whole = { statementMs: limits.auditStatementMs, isWhole: true };
  const report = await withSnapshot(databaseUrl, whole, async (client) => {
    const migration = migrations ? await findMigrationState(client, migrations) : null;
    return withMigration(await judge(client), migration);
  });
  if (!report) throw new Error("an audit without a turn found none");
  return report;
}

/** On a database that is mid-migration nothing is proven, whatever the queries say. */
const withMigration = (report: AuditReport, migration: MigrationState | null): AuditReport => ({
  ...report,
  migration,
  isClean: report.isClean && (migration === null || isJudgeable(migration)),
});

/** The same within a transaction of the caller's, who thereby chooses the snapshot; it must be REPEATABLE READ to mean anything. */
export async function judge(client: pg.ClientBase): Promise<AuditReport> {
  await setUp(client, limits.auditStatementMs, true);
  const at = await snapshotTime(client);
  const results: InvariantResult[] = [];
  for (const invariant of INVARIANTS) results.push(await judgeOne(client, invariant));
  return { isClean: results.every((result) => result.ok), at, results, migration: null };
}

/** The time of the transaction's snapshot by the database's clock. */
export async function snapshotTime(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ at: Date }>("SELECT now() AS at");
  return rows[0]!.at.toISOString();
}

/** Judges one invariant on all rows. */
export function judgeOne(
  client: pg.ClientBase,
  invariant: Invariant,
  rowsMax: number = limits.auditRowsMax,
): Promise<InvariantResult> {
  // MATERIALIZED: planned to be read to its end, as it is in a healthy shop; a bare LIMIT would make the planner hope.
  const query = `WITH violation AS MATERIALIZED (${invariant.sql})
       SELECT to_jsonb(violation) AS row FROM violation LIMIT ${rowsMax + 1}`;
  return ask(client, invariant, { query, values: [], rowsMax });
}

/** Judges one invariant on some subjects; null when it cannot be asked so. */
export async function judgeWindow(
  client: pg.ClientBase,
  invariant: Invariant,
  subjects: Subjects,
  rowsMax: number = limits.auditRowsActedOn,
): Promise<InvariantResult | null> {
  const query = windowQuery(invariant, rowsMax);
  return query === null ? null : ask(client, invariant, { query, values: windowValues(subjects), rowsMax });
}

interface Question {
  readonly query: string;
  readonly values: string[];
  readonly rowsMax: number;
}

async function ask(
  client: pg.ClientBase,
  { id, name, kind, sentence }: Invariant,
  { query, values, rowsMax }: Question,
): Promise<InvariantResult> {
  const startedAt = performance.now();
  const since = () => Math.round(performance.now() - startedAt);
  const invariant = { id, name, kind, sentence };
  await client.query("SAVEPOINT invariant");
  try {
    const { rows } = await client.query<{ row: OffendingRow }>(query, values);
    await client.query("RELEASE SAVEPOINT invariant");
    const shown = rows.slice(0, rowsMax).map(({ row }) => row);
    const ok = rows.length === 0;
    return { ...invariant, ok, rows: shown, hasMore: rows.length > shown.length, ms: since(), failure: null };
  } catch (error) {
    await client.query("ROLLBACK TO SAVEPOINT invariant");
    const failure = error instanceof Error ? error.message : String(error);
    return { ...invariant, ok: false, rows: [], hasMore: false, ms: since(), failure };
  }
}

/** What Postgres says of a query that took longer than it may. */
export const isTimeout = ({ failure }: InvariantResult): boolean => failure?.includes("statement timeout") ?? false;
