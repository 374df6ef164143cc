import pg from "pg";
import { limits } from "@/lib/kernel/limits";

export interface SnapshotOptions {
  /** How long one query may take. */
  readonly statementMs: number;
  /** Passes of one name exclude each other, in whichever process they run; without a name nothing is excluded. */
  readonly turn?: "continuous" | "full";
  /** Every row is going to be judged, not those of a few subjects. */
  readonly isWhole?: boolean;
}

/** "audi" in ASCII: our locks among everybody's. */
const LOCK = 0x61756469;
const TURNS = { continuous: 1, full: 2 } as const;

/**
 * Runs `work` on one snapshot of the whole database, reading only and holding no lock that a sale waits for. Returns null,
 * and runs nothing, when another process has the turn. The lock ends with the transaction, so it also works through a pooler,
 * and nobody who is killed keeps it.
 */
export async function withSnapshot<T>(
  databaseUrl: string,
  { statementMs, turn, isWhole = false }: SnapshotOptions,
  work: (client: pg.Client) => Promise<T>,
): Promise<T | null> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    application_name: "kapu-audit",
  });
  client.on("error", () => {}); // A cut connection also fails the query that waits on it, and that is where it is told.
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await setUp(client, statementMs, isWhole);
    if (turn && !(await takeTurn(client, TURNS[turn]))) return null;
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Sums over all of history want memory for hashing, and compiling them costs more than a small shop's whole audit. Who judges
 * every row joins by hash or by merging: statistics from the middle of an import say that a table is as good as empty, and the
 * nested loop that follows from them reads fifty thousand cards fifty thousand times.
 */
export async function setUp(client: pg.ClientBase, statementMs: number, isWhole: boolean): Promise<void> {
  await client.query(
    `SET LOCAL statement_timeout = ${statementMs}; SET LOCAL work_mem = '64MB'; SET LOCAL hash_mem_multiplier = 4; SET LOCAL jit = off; SET LOCAL enable_nestloop = ${isWhole ? "off" : "on"}`,
  );
}

async function takeTurn(client: pg.Client, turn: number): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_xact_lock($1, $2) AS mine", [
    LOCK,
    turn,
  ]);
  return rows[0]?.mine ?? false;
}
