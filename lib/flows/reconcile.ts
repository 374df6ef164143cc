import { keyOf, prepare } from "@/lib/features/reconciliation/compare";
import { compareOrders } from "@/lib/features/reconciliation/compare-orders";
import { resolveFindings } from "@/lib/features/reconciliation/findings";
import { readDoubts, readDoubtsOf, recheck } from "@/lib/features/reconciliation/recheck";
import { type FoundDifference, renewFindings } from "@/lib/features/reconciliation/renew-findings";
import {
  addRun,
  failRun,
  foreseeSteps,
  type LockedRun,
  lockRun,
  moveRun,
  planRuns,
  type RunScope,
  releaseRun,
  type StepDone,
  type TakenRun,
  takeRun,
} from "@/lib/features/reconciliation/runs";
import { foresee, type Place, type Stage, stagesOf, stepOf } from "@/lib/features/reconciliation/stages";
import { suggestOrders } from "@/lib/features/reconciliation/suggest";
import { FIRST_ID } from "@/lib/features/reconciliation/window";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { restSince } from "./pace";
import { type ReconciliationContext, readReconciliationContext } from "./reconciliation-context";

interface Running {
  readonly runs: Map<string, Promise<void>>;
  isStopping: boolean;
}

const runningOf = (deps: Deps) =>
  ofDeps(deps, "reconciliation.running", (): Running => ({ runs: new Map(), isStopping: false }));

/** Begins no run any more, and resolves when the one under way has stopped behind a whole step: for a process that stops. */
export async function endOfReconciliation(deps: Deps): Promise<void> {
  const running = runningOf(deps);
  running.isStopping = true;
  await Promise.all(running.runs.values());
}

/**
 * Sees to the runs of the hour and of the day, and takes up the next run that is due, one at a time in each process; it goes on by itself.
 * Returns how many were begun.
 */
export async function runReconciliations(deps: Deps): Promise<number> {
  const running = runningOf(deps);
  await planRuns(deps.db);
  if (running.isStopping || running.runs.size > 0) return 0;
  const run = await takeRun(deps.db);
  if (!run) return 0;
  const work = workOff(deps, run, () => !running.isStopping).finally(() => running.runs.delete(run.id));
  running.runs.set(
    run.id,
    work.then(() => undefined),
  );
  return 1;
}

/** A run of its own, worked off here and now by this process and no other, for whoever waits for it; returns its id. */
export async function reconcileNow(deps: Deps, scope: RunScope): Promise<string> {
  const taken = await inTransaction<TakenRun | null, never>(deps.db, async (tx) =>
    ok(await takeRun(tx, await addRun(tx, { scope, requestedBy: null }))),
  );
  assert(taken.ok && taken.value, "a run that nobody else can see is this process's");
  await workOff(deps, taken.value, () => true);
  return taken.value.id;
}

/**
 * Works off a run that was taken up, step by step. Each step is one transaction: what it found, and where the run stands behind it. So
 * whoever is killed anywhere has done a step whole or not at all, the next one goes on behind it, and two processes at one run stop each
 * other. Between two steps it rests, so that buyers have the database to themselves for a good part of the time.
 */
export async function workOff(deps: Deps, run: TakenRun, goesOn: () => boolean): Promise<void> {
  try {
    const context = await readReconciliationContext(deps, run.scope);
    let part = 1;
    for (let steps = 0; steps < limits.reconcileStepsMax; steps += 1) {
      if (!goesOn()) return await releaseRun(deps.db, run);
      const startedAt = performance.now();
      const outcome = await runStep(deps, run, { ...context, part }).catch((error: unknown) =>
        stumbled(deps, run, error, part),
      );
      if (outcome === "last" || outcome === "over") return;
      // Orders of thousands of cards make a step long: it is cut into smaller ones, and they grow again.
      part = outcome === "next" ? Math.max(1, part / 2) : part * 4;
      await restSince(startedAt);
    }
    await failRun(deps.db, run, "too_many_steps");
  } catch (error) {
    deps.log.warn("reconciliation.failed", { runId: run.id }, error);
    const reason = error instanceof Error ? error.message : String(error);
    await failRun(deps.db, run, reason === "" ? "unknown" : reason).catch(() => {});
  }
}

class TooManyDifferences extends Error {
  override readonly message = "too_many_differences";
}

/** A step that failed is tried again in smaller ones, down to a bound; what no smaller step can mend ends the run. */
function stumbled(deps: Deps, { id }: TakenRun, error: unknown, part: number): "again" {
  if (error instanceof TooManyDifferences || part >= limits.reconcilePartsMax) throw error;
  deps.log.warn("reconciliation.step_failed", { runId: id, part }, error);
  return "again";
}

interface Cursor {
  readonly stage?: Stage;
  readonly place?: Place;
}

/** Until where a run has come: `last` when this was its last step, `over` when it is not this process's any more. */
type Outcome = "next" | "last" | "over";

async function runStep(deps: Deps, run: TakenRun, context: ReconciliationContext): Promise<Outcome> {
  const result = await inTransaction<Outcome, never>(deps.db, async (tx) => {
    const locked = await lockRun(tx, run);
    if (!locked) return ok("over");
    const stages = stagesOf(locked.mode, locked.scope);
    const { stage, place }: Cursor = locked.cursor;
    const at = stage ?? stages[0]!;
    await prepare(tx, at === "order" || at === "closing" ? "lists" : "ranges");
    if (!stage) await foreseeSteps(tx, run.id, await foresee(tx, stages, context));
    const done = await doStep(tx, { run, locked, stage: at, place: place ?? {}, context });
    const next = done.next === null ? stages[stages.indexOf(at) + 1] : at;
    const step: StepDone = {
      stage: next ?? at,
      cursor: next ? { stage: next, place: done.next ?? {} } : {},
      compared: done.compared,
      counts: done.counts,
      closed: done.closed,
      isLast: next === undefined,
    };
    await moveRun(tx, run.id, locked, step);
    return ok(next === undefined ? "last" : "next");
  });
  const outcome = result.ok ? result.value : "over";
  if (outcome === "last") deps.log.info("reconciliation.done", { runId: run.id, mode: run.mode });
  return outcome;
}

interface Step {
  readonly run: TakenRun;
  readonly locked: LockedRun;
  readonly stage: Stage;
  readonly place: Place;
  readonly context: ReconciliationContext;
}

interface Done {
  readonly compared: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly closed: number;
  readonly next: Place | null;
}

async function doStep(tx: Tx, step: Step): Promise<Done> {
  const { run, locked, stage, place, context } = step;
  if (stage === "closing") return closeVanished(tx, step);
  if (stage === "order") return compareOne(tx, step);
  const { found, compared, next } = await stepOf(tx, stage, place, context);
  await renew(tx, run, locked, await suggestOrders(tx, found));
  return { compared, counts: tally(found), closed: 0, next };
}

/** A shop of which everything differs is not told one by one: past a bound the run ends, and says so. */
async function renew(tx: Tx, run: TakenRun, locked: LockedRun, found: readonly FoundDifference[]): Promise<void> {
  if (locked.found + found.length > limits.reconcileFindingsPerRun) throw new TooManyDifferences();
  await renewFindings(tx, found, run.id);
}

const tally = (found: readonly FoundDifference[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind } of new Map(found.map((one) => [keyOf(one), one])).values())
    counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

/** One order with all that belongs to it, the gateways' books included, and what was open about it. */
async function compareOne(tx: Tx, { run, locked, context }: Step): Promise<Done> {
  const orderIds = [locked.scope.orderId ?? FIRST_ID];
  const found = await suggestOrders(tx, await compareOrders(tx, orderIds, context.check, { isWhole: true }));
  await renew(tx, run, locked, found);
  const there = new Set(found.map(keyOf));
  const doubts = (await readDoubtsOf(tx, orderIds)).filter((doubt) => !there.has(keyOf(doubt)));
  const closed = await closeDoubts(tx, doubts, run.id, context);
  return { compared: 1, counts: tally(found), closed, next: null };
}

/** Asks again about what was open and was not found, and closes what is not there any more. */
async function closeVanished(tx: Tx, { run, locked, place, context }: Step): Promise<Done> {
  const after = typeof place.after === "string" ? place.after : FIRST_ID;
  const { merchantId, accountId } = context.check;
  const doubts = await readDoubts(tx, { after, since: locked.startedAt, merchantId, accountId });
  const closed = await closeDoubts(tx, doubts, run.id, context);
  const isOver = doubts.length < limits.reconcileDoubtsPerStep;
  return { compared: doubts.length, counts: {}, closed, next: isOver ? null : { after: doubts.at(-1)?.id ?? after } };
}

/** Closes those of the findings whose difference is gone; the others are brought up to date. Returns how many were closed. */
export async function closeDoubts(
  tx: Tx,
  doubts: Parameters<typeof recheck>[1],
  runId: string,
  { check, dayOf }: Pick<ReconciliationContext, "check" | "dayOf">,
): Promise<number> {
  const { found, vanished } = await recheck(tx, doubts, check, dayOf);
  await renewFindings(tx, found, runId);
  return resolveFindings(tx, vanished, "vanished");
}
