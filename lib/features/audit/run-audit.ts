import pg from "pg";
import { limits } from "@/lib/kernel/limits";
import { INVARIANTS } from "./catalog";
import type { Invariant } from "./invariant";

export interface InvariantResult {
  readonly id: string;
  readonly name: string;
  readonly kind: Invariant["kind"];
  readonly sentence: Invariant["sentence"];
  /** False also when the query could not be answered: what was not looked at is not proven. */
  readonly ok: boolean;
  /** Offending rows as JSON values, at most `limits.auditRowsMax`; `fault` says what is wrong with each. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
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
}

/**
 * Judges every invariant on one snapshot: no order moves between two of the queries. It writes nothing, holds no lock that a
 * sale waits for, and shares no code with the statements that it checks. Give it the audit role's address where there is one.
 */
export async function runAudit(databaseUrl: string): Promise<AuditReport> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    application_name: "kapu-audit",
  });
  client.on("error", () => {}); // A cut connection also fails the query that waits on it, and that is where it is told.
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const report = await judge(client);
    await client.query("COMMIT");
    return report;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The same within a transaction of the caller's, who thereby chooses the snapshot; it must be REPEATABLE READ to mean anything. */
export async function judge(client: pg.Client): Promise<AuditReport> {
  // Sums over all of history want memory for hashing, and compiling them costs more than a small shop's whole audit.
  await client.query(
    `SET LOCAL statement_timeout = ${limits.auditStatementMs}; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off`,
  );
  const { rows } = await client.query<{ at: Date }>("SELECT now() AS at");
  const results: InvariantResult[] = [];
  for (const invariant of INVARIANTS) results.push(await judgeOne(client, invariant));
  return { isClean: results.every((result) => result.ok), at: rows[0]!.at.toISOString(), results };
}

async function judgeOne(client: pg.Client, { sql, ...invariant }: Invariant): Promise<InvariantResult> {
  const startedAt = performance.now();
  const since = () => Math.round(performance.now() - startedAt);
  await client.query("SAVEPOINT invariant");
  try {
    // MATERIALIZED: planned to be read to its end, as it is in a healthy shop; a bare LIMIT would make the planner hope.
    const { rows } = await client.query<{ row: Record<string, unknown> }>(
      `WITH violation AS MATERIALIZED (${sql})
       SELECT to_jsonb(violation) AS row FROM violation LIMIT ${limits.auditRowsMax + 1}`,
    );
    const shown = rows.slice(0, limits.auditRowsMax).map(({ row }) => row);
    const ok = rows.length === 0;
    return { ...invariant, ok, rows: shown, hasMore: rows.length > shown.length, ms: since(), failure: null };
  } catch (error) {
    await client.query("ROLLBACK TO SAVEPOINT invariant");
    const failure = error instanceof Error ? error.message : String(error);
    return { ...invariant, ok: false, rows: [], hasMore: false, ms: since(), failure };
  }
}
