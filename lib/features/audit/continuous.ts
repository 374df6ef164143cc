import type pg from "pg";
import { limits } from "@/lib/kernel/limits";
import { INVARIANTS } from "./catalog";
import { describeMigration, findMigrationState, isJudgeable } from "./migration-state";
import { type Break, BUDGET_MS, breaksOf, type Pass, type PassOptions, readProgress } from "./pass";
import { beginPosition, type Found, nothingFound, type Position, takeRolling, takeTouched } from "./position";
import { type InvariantResult, isTimeout, judgeWindow, snapshotTime } from "./run-audit";
import { withSnapshot } from "./snapshot";
import { close, weigh } from "./subjects";
import { isEmpty, type Subjects } from "./window";

/**
 * One pass of the continuous audit: the orders, cards and batches that were touched since the last one, and the next part of
 * a rolling look at everything, judged on one snapshot. It takes about as long on a large shop as on a small one: it asks
 * about a bounded number of rows, by index, and ends by a deadline. A pass that did not come to its end stays where it was
 * and takes on less next time; a row that cannot be judged even alone is left to the full pass, and told. Returns null when another
 * process has the turn.
 */
export function auditContinuously(databaseUrl: string, options: PassOptions): Promise<Pass | null> {
  return withSnapshot(databaseUrl, { statementMs: limits.auditTickStatementMs, turn: "continuous" }, async (client) => {
    const pass = await passOver(client, options.migrations);
    await options.settle(pass);
    return pass;
  });
}

/** The same within a transaction of the caller's, who thereby chooses the snapshot, and sees to it that nobody else has the turn. */
export async function passOver(client: pg.ClientBase, migrations: readonly string[]): Promise<Pass> {
  const startedAt = performance.now();
  const at = await snapshotTime(client);
  const progress = await readProgress(client, "continuous");
  const known = progress.state as Partial<Position>;
  const position = known.snapshot ? (known as Position) : await beginPosition(client, limits.auditWindowRows);
  const empty = { pass: "continuous", at, results: [], breaks: [], isRound: false, touched: 0 } as const;
  const ended = () => ({ ms: Math.round(performance.now() - startedAt), version: progress.version });
  const migration = await findMigrationState(client, migrations);
  if (!isJudgeable(migration)) {
    return { ...empty, ...ended(), state: position, unfinished: describeMigration(migration) };
  }
  try {
    const gathered = await gather(client, position);
    const verdict = await judgeAll(client, gathered.subjects, startedAt);
    const isMoving = verdict.unfinished === null || position.rows <= limits.auditWindowRowsMin;
    const state = isMoving
      ? { ...gathered.position, rows: rowsAfter(position.rows, verdict.unfinished === null) }
      : { ...position, rows: rowsAfter(position.rows, false) };
    const isRound = gathered.isRound && verdict.unfinished === null;
    return { ...empty, ...verdict, ...ended(), state, isRound, touched: gathered.touched };
  } catch (error) {
    // Gathering took too long, or the line broke: nothing was judged, so the position stays.
    const unfinished = error instanceof Error ? error.message : String(error);
    return { ...empty, ...ended(), state: { ...position, rows: rowsAfter(position.rows, false) }, unfinished };
  }
}

const rowsAfter = (rows: number, isFinished: boolean): number =>
  isFinished ? Math.min(rows * 2, limits.auditWindowRows) : Math.max(Math.floor(rows / 4), limits.auditWindowRowsMin);

interface Gathered {
  readonly subjects: Subjects;
  readonly position: Position;
  readonly isRound: boolean;
  readonly touched: number;
}

/** Takes on fewer rows when they lead to too many cards: one order may have five thousand. */
async function gather(client: pg.ClientBase, from: Position): Promise<Gathered> {
  for (let rows = from.rows; ; rows = Math.max(Math.floor(rows / 4), limits.auditWindowRowsMin)) {
    const found: Found = nothingFound();
    const touched = await takeTouched(client, { ...from, rows }, found);
    const rolled = await takeRolling(client, from.rolling, rows, found);
    if (rows > limits.auditWindowRowsMin && (await weigh(client, found)) > limits.auditWindowCards) continue;
    return {
      subjects: await close(client, found, limits.auditCountedBatchCards),
      position: { ...touched.position, rolling: rolled.rolling },
      isRound: rolled.isRound,
      touched: touched.rows,
    };
  }
}

async function judgeAll(client: pg.ClientBase, subjects: Subjects, startedAt: number) {
  const results: InvariantResult[] = [];
  const breaks: Break[] = [];
  const left: string[] = [];
  for (const invariant of INVARIANTS) {
    if (invariant.window === null || isEmpty(subjects)) continue;
    if (performance.now() - startedAt > BUDGET_MS.continuous) {
      left.push(invariant.id);
      continue;
    }
    const result = await judgeWindow(client, invariant, subjects);
    if (!result) continue;
    results.push(result);
    if (isTimeout(result)) left.push(invariant.id);
    breaks.push(...(await breaksOf(client, invariant, result)));
  }
  return { results, breaks, unfinished: left.length > 0 ? `out of time: ${left.join(", ")}` : null };
}
