import type pg from "pg";
import { limits } from "@/lib/kernel/limits";
import type { Invariant } from "./invariant";
import { byProduct } from "./products";
import type { InvariantResult, OffendingRow } from "./run-audit";

/** The rows of one broken invariant that concern one product, or none that could be found. */
export interface Break {
  readonly invariant: Pick<Invariant, "id" | "name" | "kind" | "sentence" | "names">;
  readonly productId: string | null;
  /** At most `limits.auditRowsActedOn`. */
  readonly rows: readonly OffendingRow[];
  readonly hasMore: boolean;
}

/** What one pass has found out, and how it ended. */
export interface Pass {
  readonly pass: "continuous" | "full";
  /** The database's time of its snapshot. */
  readonly at: string;
  readonly ms: number;
  readonly results: readonly InvariantResult[];
  readonly breaks: readonly Break[];
  /** Why it did not come to its end; null when it did. */
  readonly unfinished: string | null;
  /** Whether the rolling look has come round in this pass. */
  readonly isRound: boolean;
  /** How many of the rows that were touched it took on. */
  readonly touched: number;
  /** Where the next pass begins, and the version of what this one began with. */
  readonly version: bigint;
  readonly state: unknown;
}

/** The breaks behind a result, each with the product whose sale it halts; what comes late halts nothing. */
export async function breaksOf(
  client: pg.ClientBase,
  invariant: Invariant,
  { rows, hasMore }: InvariantResult,
): Promise<Break[]> {
  if (rows.length === 0) return [];
  if (invariant.kind === "liveness") return [{ invariant, productId: null, rows, hasMore }];
  const grouped = await byProduct(client, invariant, rows);
  return [...grouped].map(([productId, own]) => ({ invariant, productId, rows: own, hasMore }));
}

/** Somebody else's turn, or nothing due: no pass. */
export type Settle = (pass: Pass) => Promise<void>;

export interface PassOptions {
  /** The names of the migrations that came with this program. */
  readonly migrations: readonly string[];
  /** Run while the pass still has its turn, so that no other process begins where this one stood. */
  readonly settle: Settle;
}

export interface Progress {
  readonly version: bigint;
  readonly state: unknown;
  readonly secondsSince: number | null;
  readonly ms: number;
}

/** Where the last pass of a kind stood when the snapshot was taken. */
export async function readProgress(client: pg.ClientBase, pass: Pass["pass"]): Promise<Progress> {
  const { rows } = await client.query<{ version: string; state: unknown; seconds: number | null; ms: number | null }>(
    `SELECT version::text AS version, state, extract(epoch FROM now() - finished_at)::float8 AS seconds, ms
       FROM public.audit_progress WHERE pass = $1`,
    [pass],
  );
  const row = rows[0];
  if (!row) throw new Error(`audit_progress has no row ${pass}`);
  return { version: BigInt(row.version), state: row.state, secondsSince: row.seconds, ms: row.ms ?? 0 };
}

/** How long a pass may go on before it leaves the rest to the next. */
export const BUDGET_MS = { continuous: limits.auditTickMs, full: limits.auditFullMs } as const;
