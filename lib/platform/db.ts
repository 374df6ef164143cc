import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Result } from "@/lib/kernel/result";

export type Db = PrismaClient;
export type Tx = Prisma.TransactionClient;

const APP_CONNECTIONS = 10;
/** Two for each of the batched statements, which place, settle and spend: one that waits for a row keeps no other waiting. */
const HOT_CONNECTIONS = 6;
/** A line that died without a word is noticed, and a pool that is full says so. */
const LINE = { connectionTimeoutMillis: limits.poolWaitMs, keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
/**
 * Every wait has an end: for a row that a stuck transaction holds, and for the transaction of a process that vanished
 * while it held rows. Whoever gives up a lock has changed nothing and may ask again.
 */
const APP_OPTIONS = `-c lock_timeout=${limits.lockTimeoutMs} -c idle_in_transaction_session_timeout=${limits.transactionTimeoutMs * 2}`;

/**
 * Planning the hot statements costs more than running them, so each keeps one generic plan; and since the planner cannot
 * know a batch's size, it may neither scan a table nor join by nested loops where it has a choice (docs/decisions/0001).
 */
export const HOT_OPTIONS =
  "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_nestloop=off -c enable_mergejoin=off -c jit=off " +
  `-c lock_timeout=${limits.hotLockTimeoutMs} -c statement_timeout=${limits.hotStatementMs}`;

/**
 * A connection that may be cut at any moment, also while it is handed over: the pool listens to it no more, its owner does not
 * listen yet, and an error that nobody listens to ends the process. The owner's first query tells of it.
 */
class PooledClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on("error", () => {});
  }
}

const nameOf = new Map<string, string>();

/** One name per statement text, so that Postgres parses each text once per connection. */
function statementName({ sql }: { sql: string }): string {
  let name = nameOf.get(sql);
  if (!name) {
    name = createHash("sha1").update(sql).digest("base64url");
    // Lists of different lengths make different texts; past the bound a text goes unnamed instead of growing the map.
    if (nameOf.size < 2_000) nameOf.set(sql, name);
  }
  return name;
}

/** The ordinary client: pages, jobs, single orders that need several statements. */
export function createDb(connectionString: string, onError: (error: Error) => void, max = APP_CONNECTIONS): Db {
  const adapter = new PrismaPg(
    {
      ...LINE,
      Client: PooledClient,
      connectionString,
      max,
      application_name: "kapu",
      options: APP_OPTIONS,
      query_timeout: limits.queryTimeoutMs,
    },
    { statementNameGenerator: statementName, onPoolError: onError, onConnectionError: onError },
  );
  return new PrismaClient({ adapter });
}

/**
 * The client of the hot statements: few connections, and one generic plan per statement, because planning them costs
 * more than running them (docs/decisions/0001).
 */
export function createHotDb(connectionString: string, onError: (error: Error) => void, max = HOT_CONNECTIONS): Db {
  const adapter = new PrismaPg(
    {
      ...LINE,
      Client: PooledClient,
      connectionString,
      max,
      query_timeout: limits.hotStatementMs + 1_000,
      application_name: "kapu-hot",
      options: HOT_OPTIONS,
    },
    { statementNameGenerator: statementName, onPoolError: onError, onConnectionError: onError },
  );
  return new PrismaClient({ adapter });
}

/** SQLSTATE of a database error, whichever way the client wraps it, or null. */
export function sqlStateOf(error: unknown): string | null {
  for (const { originalCode, code, meta } of causesOf(error)) {
    if (typeof originalCode === "string") return originalCode;
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("P1") && !code.startsWith("P2"))
      return code;
    if (typeof meta?.code === "string") return meta.code;
  }
  return null;
}

/** What an error, or one that caused it, may say of itself. */
interface ErrorLike {
  readonly code?: unknown;
  readonly kind?: unknown;
  readonly message?: unknown;
  readonly originalCode?: unknown;
  readonly cause?: unknown;
  readonly meta?: { readonly code?: unknown; readonly driverAdapterError?: unknown };
}

/** An error and what caused it, outermost first, through the places in which the client hides a cause. */
export function* causesOf(error: unknown): Generator<ErrorLike> {
  let cause = error as ErrorLike | null | undefined;
  for (let depth = 0; depth < 5 && typeof cause === "object" && cause !== null; depth++) {
    yield cause;
    cause = (cause.meta?.driverAdapterError ?? cause.cause) as ErrorLike | null | undefined;
  }
}

const RETRIED = new Set(["40001", "40P01", "55P03"]);

/** Whether a transaction that failed so may simply be run again: it was rolled back by the database itself. */
export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== null) return RETRIED.has(state);
  return (error as { code?: unknown } | null)?.code === "P2034";
}

class RolledBack extends Error {
  constructor(readonly result: Result<never, unknown>) {
    super("rolled back");
  }
}

/**
 * Everything `run` writes commits together, or nothing does: it rolls back on a throw and on an `err`. Deadlocks and
 * serialization failures are run again a bounded number of times; `run` must therefore do no I/O but the database's.
 */
export async function inTransaction<T, E>(db: Db, run: (tx: Tx) => Promise<Result<T, E>>): Promise<Result<T, E>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.$transaction(
        async (tx) => {
          const result = await run(tx);
          if (!result.ok) throw new RolledBack(result as Result<never, unknown>);
          return result;
        },
        { maxWait: limits.transactionMaxWaitMs, timeout: limits.transactionTimeoutMs, isolationLevel: "ReadCommitted" },
      );
    } catch (error) {
      if (error instanceof RolledBack) return error.result as Result<T, E>;
      if (attempt >= limits.transactionRetries || !isRetryable(error)) throw error;
      await new Promise((wake) => setTimeout(wake, attempt * 10 * (1 + Math.random())));
    }
  }
}
