import type pg from "pg";
import { limits } from "@/lib/kernel/limits";
import { INVARIANTS } from "./catalog";
import { describeMigration, findMigrationState, isJudgeable } from "./migration-state";
import { type Break, BUDGET_MS, breaksOf, type Pass, type PassOptions, type Progress, readProgress } from "./pass";
import { type InvariantResult, isTimeout, judgeOne, snapshotTime } from "./run-audit";
import { withSnapshot } from "./snapshot";

interface State {
  /** Invariants that the last slice did not come to. */
  readonly left?: readonly string[];
  /** How long the slices of this pass took so far. */
  readonly ms?: number;
}

/**
 * Judges every invariant on all rows when that is due, on one snapshot, and in slices when it is long: what a slice did not
 * come to is where the next one begins. Due as often as costs a fiftieth of the time, at least once a day. Returns null when
 * it is not due or another process has the turn.
 */
export async function auditFully(databaseUrl: string, options: PassOptions): Promise<Pass | null> {
  const whole = { statementMs: limits.auditStatementMs, turn: "full", isWhole: true } as const;
  return withSnapshot(databaseUrl, whole, async (client) => {
    const progress = await readProgress(client, "full");
    if (!isDue(progress)) return null;
    const pass = await run(client, options, progress);
    await options.settle(pass);
    return pass;
  });
}

/** Whether it is time for the next slice, or the next pass. */
export function isDue({ state, secondsSince, ms }: Pick<Progress, "state" | "secondsSince" | "ms">): boolean {
  if ((state as State).left?.length || secondsSince === null) return true;
  const pause = (ms / 1000) * limits.auditFullShare;
  return secondsSince >= Math.min(Math.max(pause, limits.auditFullSecondsMin), limits.auditFullSecondsMax);
}

async function run(client: pg.ClientBase, { migrations }: PassOptions, progress: Progress): Promise<Pass> {
  const startedAt = performance.now();
  const at = await snapshotTime(client);
  const { left = [], ms: before = 0 } = progress.state as State;
  const base = { pass: "full", at, isRound: false, touched: 0, version: progress.version } as const;
  const migration = await findMigrationState(client, migrations);
  if (!isJudgeable(migration)) {
    const unfinished = describeMigration(migration);
    return { ...base, ms: before, results: [], breaks: [], state: progress.state, unfinished };
  }
  const verdict = await judgeSlice(client, left, startedAt);
  const ms = before + Math.round(performance.now() - startedAt);
  const state: State = verdict.left.length > 0 ? { left: verdict.left, ms } : {};
  const missed = [...verdict.left, ...verdict.results.filter(isTimeout).map(({ id }) => id)];
  const unfinished = missed.length > 0 ? `out of time: ${missed.join(", ")}` : null;
  return { ...base, ms, results: verdict.results, breaks: verdict.breaks, state, unfinished };
}

async function judgeSlice(client: pg.ClientBase, ids: readonly string[], startedAt: number) {
  const results: InvariantResult[] = [];
  const breaks: Break[] = [];
  const left: string[] = [];
  for (const invariant of INVARIANTS) {
    if (ids.length > 0 && !ids.includes(invariant.id)) continue;
    if (results.length > 0 && performance.now() - startedAt > BUDGET_MS.full) {
      left.push(invariant.id);
      continue;
    }
    const result = await judgeOne(client, invariant, limits.auditRowsActedOn);
    results.push(result);
    breaks.push(...(await breaksOf(client, invariant, result)));
  }
  return { results, breaks, left };
}
