import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";

/** What a run is about; each field only where it narrows the run. */
export interface RunScope {
  /** ISO times. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly merchantId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly orderId?: string | undefined;
}

export type RunMode = "continuous" | "hourly" | "daily" | "demand";
export type RunState = "waiting" | "running" | "done" | "failed" | "stopped";

/** A run that this process has taken up. */
export interface TakenRun {
  readonly id: string;
  readonly mode: RunMode;
  readonly scope: RunScope;
  readonly holder: string;
}

/** How a run stands when its row is locked for a step. */
export interface LockedRun {
  readonly mode: RunMode;
  readonly scope: RunScope;
  readonly cursor: Readonly<Record<string, unknown>>;
  readonly startedAt: Date;
  readonly found: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** What one step has done, for the run's row. */
export interface StepDone {
  readonly stage: string;
  readonly cursor: Readonly<Record<string, unknown>>;
  readonly compared: number;
  /** Findings that were found, by kind. */
  readonly counts: Readonly<Record<string, number>>;
  readonly closed: number;
  readonly isLast: boolean;
}

/** Puts a run in the queue; returns its id. */
export async function addRun(
  tx: Tx | Db,
  { scope, requestedBy }: { readonly scope: RunScope; readonly requestedBy: string | null },
): Promise<string> {
  const id = newId();
  await tx.$executeRaw`
    INSERT INTO reconciliation_run (id, mode, scope, requested_by) VALUES (${id}::uuid, 'demand', ${JSON.stringify(scope)}::jsonb, ${requestedBy}::uuid)`;
  return id;
}

/** The run of this hour and the run of this day, each once, whoever comes first; the day's begins when the gateways' books of yesterday are out. */
export async function planRuns(db: Db): Promise<void> {
  await db.$executeRaw`
    INSERT INTO reconciliation_run (id, mode, slot, scope)
    SELECT r.id, r.mode, r.slot, jsonb_build_object('from', to_char((r.slot - r.back) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
      FROM (VALUES (${newId()}::uuid, 'hourly', date_trunc('hour', now()), make_interval(hours => ${limits.reconcileHourlyHours}::int)),
                   (${newId()}::uuid, 'daily', date_trunc('day', now() - interval '3 hours') + interval '3 hours', make_interval(days => ${limits.reconcileDailyDays}::int)))
             AS r (id, mode, slot, back)
     WHERE NOT EXISTS (SELECT 1 FROM reconciliation_run k WHERE k.mode = r.mode AND k.slot >= r.slot)
    ON CONFLICT (mode, slot) WHERE slot IS NOT NULL DO NOTHING`;
}

/** Takes up the oldest run that waits, or whose process was killed; `runId`: only this one. Null when there is none. */
export async function takeRun(db: Db | Tx, runId: string | null = null): Promise<TakenRun | null> {
  const holder = newId();
  const [run] = await db.$queryRaw<TakenRun[]>`
    UPDATE reconciliation_run
       SET state = 'running', holder = ${holder}::uuid, leased_until = clock_timestamp() + make_interval(secs => ${limits.reconcileLeaseSeconds}::int),
           started_at = coalesce(started_at, date_trunc('milliseconds', clock_timestamp()))
     WHERE id = (SELECT id FROM reconciliation_run
                  WHERE state IN ('waiting', 'running') AND mode <> 'continuous' AND (state = 'waiting' OR leased_until < clock_timestamp())
                    AND (${runId}::uuid IS NULL OR id = ${runId}::uuid)
                  ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id::text, mode, scope, holder::text`;
  return run ?? null;
}

/** Locks a run for its next step; null when it is this process's no more: stopped, or taken over while this one stood still. */
export async function lockRun(tx: Tx, { id, holder }: Pick<TakenRun, "id" | "holder">): Promise<LockedRun | null> {
  const [run] = await tx.$queryRaw<LockedRun[]>`
    SELECT mode, scope, cursor, started_at AS "startedAt", found, counts FROM reconciliation_run
     WHERE id = ${id}::uuid AND holder = ${holder}::uuid AND state = 'running' FOR UPDATE`;
  return run ?? null;
}

/** Moves a locked run behind a step, in the step's own transaction, and keeps it for this process a while longer. */
export async function moveRun(tx: Tx, id: string, run: LockedRun, step: StepDone): Promise<void> {
  const counts = { ...run.counts };
  for (const [kind, count] of Object.entries(step.counts)) counts[kind] = (counts[kind] ?? 0) + count;
  const found = Object.values(step.counts).reduce((sum, count) => sum + count, 0);
  await tx.$executeRaw`
    UPDATE reconciliation_run
       SET stage = ${step.stage}, cursor = ${JSON.stringify(step.cursor)}::jsonb, done_steps = done_steps + 1,
           all_steps = CASE WHEN ${step.isLast} THEN done_steps + 1 ELSE greatest(all_steps, done_steps + 2) END,
           compared = compared + ${step.compared}::bigint, found = found + ${found}::int, closed = closed + ${step.closed}::int,
           counts = ${JSON.stringify(counts)}::jsonb,
           state = CASE WHEN ${step.isLast} THEN 'done' ELSE state END,
           finished_at = CASE WHEN ${step.isLast} THEN date_trunc('milliseconds', clock_timestamp()) END,
           leased_until = clock_timestamp() + make_interval(secs => ${limits.reconcileLeaseSeconds}::int)
     WHERE id = ${id}::uuid`;
}

/** How many steps a run is likely to have; told as it begins. */
export async function foreseeSteps(tx: Tx, id: string, steps: number): Promise<void> {
  await tx.$executeRaw`UPDATE reconciliation_run SET all_steps = greatest(all_steps, ${steps}::int) WHERE id = ${id}::uuid`;
}

/** Lets go of a run that is to be gone on with by whoever comes next. */
export async function releaseRun(db: Db, { id, holder }: Pick<TakenRun, "id" | "holder">): Promise<void> {
  await db.$executeRaw`
    UPDATE reconciliation_run SET leased_until = clock_timestamp() WHERE id = ${id}::uuid AND holder = ${holder}::uuid AND state = 'running'`;
}

/** Ends a run that cannot go on, with the reason; what it has found stays found. */
export async function failRun(db: Db, { id, holder }: Pick<TakenRun, "id" | "holder">, failure: string): Promise<void> {
  await db.$executeRaw`
    UPDATE reconciliation_run SET state = 'failed', failure = ${failure.slice(0, 500)}, finished_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ${id}::uuid AND holder = ${holder}::uuid AND state = 'running'`;
}

/** Stops a run that waits or goes on: it ends behind the step that is under way. False when it is over, or there is none. */
export async function stopRun(tx: Tx, id: string): Promise<boolean> {
  const stopped = await tx.$executeRaw`
    UPDATE reconciliation_run SET state = 'stopped', finished_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ${id}::uuid AND mode <> 'continuous' AND state IN ('waiting', 'running')`;
  return stopped === 1;
}

/** The one continuous run, locked for a pass; null when another process has the turn. */
export async function lockContinuousRun(tx: Tx): Promise<(LockedRun & { readonly id: string }) | null> {
  await tx.$executeRaw`
    INSERT INTO reconciliation_run (id, mode) VALUES (${newId()}::uuid, 'continuous') ON CONFLICT (mode) WHERE mode = 'continuous' DO NOTHING`;
  const [run] = await tx.$queryRaw<(LockedRun & { id: string })[]>`
    SELECT id::text, mode, scope, cursor, clock_timestamp() AS "startedAt", found, counts FROM reconciliation_run
     WHERE mode = 'continuous' FOR UPDATE SKIP LOCKED`;
  return run ?? null;
}

/** Puts down where the continuous run stands, in the transaction of what it found. */
export async function moveContinuousRun(
  tx: Tx,
  id: string,
  step: Pick<StepDone, "cursor" | "compared" | "closed"> & { readonly found: number },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE reconciliation_run
       SET cursor = ${JSON.stringify(step.cursor)}::jsonb, compared = compared + ${step.compared}::bigint, found = found + ${step.found}::int,
           closed = closed + ${step.closed}::int, started_at = now(), finished_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ${id}::uuid`;
}
