import { compare, keyOf, prepare } from "@/lib/features/reconciliation/compare";
import { compareOrders } from "@/lib/features/reconciliation/compare-orders";
import { readDoubts, readDoubtsOf } from "@/lib/features/reconciliation/recheck";
import { renewFindings } from "@/lib/features/reconciliation/renew-findings";
import { addRun, lockContinuousRun, moveContinuousRun } from "@/lib/features/reconciliation/runs";
import {
  beginPosition,
  type Position,
  readDue,
  readKeptSince,
  takeTouched,
} from "@/lib/features/reconciliation/touched";
import { FIRST_ID } from "@/lib/features/reconciliation/window";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { closeDoubts } from "./reconcile";
import { type ReconciliationContext, readReconciliationContext } from "./reconciliation-context";

export interface ContinuousOptions {
  /** How old a row must be to be taken up. */
  readonly lagSeconds?: number;
}

/**
 * One pass of the continuous run: every order that the ledger, the orders' events or the outbox have named since the last pass is compared
 * with all that belongs to it, what was open about it is asked about again, and so are some of the other open findings. Each step moves the
 * position in the transaction of what it found. Books that were kept meanwhile get a run of their own. Returns how many orders it compared.
 */
export async function reconcileContinuously(
  deps: Deps,
  { lagSeconds = limits.reconcileLagSeconds }: ContinuousOptions = {},
): Promise<number> {
  const known = ofDeps(deps, "reconciliation.known", (): Known => ({ context: null, readAt: 0, part: 1 }));
  const context = await contextOf(deps, known);
  let orders = 0;
  for (let step = 0; step < limits.reconcileStepsPerPass; step += 1) {
    const rowsMax = Math.max(1, Math.ceil(limits.reconcileRowsPerFeed / known.part));
    const result = await inTransaction(deps.db, async (tx) =>
      ok(await takeStep(tx, context, { lagSeconds, rowsMax })),
    ).catch((error: unknown) => {
      // Orders of thousands of cards make a step long: the next pass takes smaller ones.
      known.part = Math.min(known.part * 4, limits.reconcilePartsMax);
      throw error;
    });
    if (!result.ok || result.value === null) return orders;
    known.part = Math.max(1, known.part / 2);
    orders += result.value.orders;
    if (!result.value.hasMore) return orders;
  }
  return orders;
}

interface Known {
  context: ReconciliationContext | null;
  readAt: number;
  part: number;
}

/** Read anew once in a while: books that were kept in between have a run of their own. */
async function contextOf(deps: Deps, known: Known): Promise<ReconciliationContext> {
  if (known.context && performance.now() - known.readAt < limits.reconcileDueSeconds * 1_000) return known.context;
  known.context = await readReconciliationContext(deps, {});
  known.readAt = performance.now();
  return known.context;
}

interface StepSize {
  readonly lagSeconds: number;
  readonly rowsMax: number;
}

interface StepTaken {
  readonly orders: number;
  readonly hasMore: boolean;
}

async function takeStep(tx: Tx, context: ReconciliationContext, size: StepSize): Promise<StepTaken | null> {
  const run = await lockContinuousRun(tx);
  if (!run) return null;
  await prepare(tx, "lists");
  const known = run.cursor as Partial<Position>;
  const from: Position = known.entry ? (known as Position) : { ...(await beginPosition(tx)), doubt: FIRST_ID };
  const { orderIds, rows, position } = await takeTouched(tx, from, size);
  const due = await lookAtDue(tx, from, context, size.lagSeconds);
  const found = [...due.found, ...(await compareOrders(tx, orderIds, context.check))];
  await renewFindings(tx, found, run.id);
  const there = new Set(found.map(keyOf));
  const doubts = (await readDoubtsOf(tx, orderIds)).filter((doubt) => !there.has(keyOf(doubt)));
  const closed = await closeDoubts(tx, doubts, run.id, context);
  const doubt = due.isDue ? await askAgain(tx, from.doubt, run.id, context) : { closed: 0, after: from.doubt };
  await moveContinuousRun(tx, run.id, {
    cursor: { ...position, filesUntil: due.filesUntil, dueAt: due.dueAt, doubt: doubt.after },
    compared: orderIds.length,
    found: found.length,
    closed: closed + doubt.closed,
  });
  return { orders: orderIds.length, hasMore: rows >= size.rowsMax };
}

/** Once in a while: what is wrong by time alone, what stands still, and the books that were kept meanwhile. */
async function lookAtDue(tx: Tx, from: Position, { check }: ReconciliationContext, lagSeconds: number) {
  const [{ isDue, now }] = await tx.$queryRaw<[{ isDue: boolean; now: string }]>`
    SELECT ${from.dueAt}::timestamptz <= now() - make_interval(secs => ${limits.reconcileDueSeconds}::int) AS "isDue", now()::text AS now`;
  if (!isDue) return { isDue, found: [], dueAt: from.dueAt, filesUntil: from.filesUntil };
  const { orderIds, refundIds } = await readDue(tx);
  const found = [
    ...(await compareOrders(tx, orderIds, check)),
    ...(refundIds.length > 0 ? await compare(tx, "refunds", { ids: refundIds }, check) : []),
    ...(await compare(tx, "standing", null, check)),
  ];
  const { scopes, until } = await readKeptSince(tx, from.filesUntil, lagSeconds);
  for (const scope of scopes) await addRun(tx, { scope, requestedBy: null });
  return { isDue, found, dueAt: now, filesUntil: until };
}

/** The next open findings in their order, round and round: one whose rows nothing touches any more closes all the same. */
async function askAgain(tx: Tx, after: string, runId: string, context: ReconciliationContext) {
  const [{ since }] = await tx.$queryRaw<[{ since: Date }]>`SELECT now() AS since`;
  const doubts = await readDoubts(tx, { after, since, merchantId: null, accountId: null });
  const closed = await closeDoubts(tx, doubts, runId, context);
  return { closed, after: doubts.length < limits.reconcileDoubtsPerStep ? FIRST_ID : (doubts.at(-1)?.id ?? FIRST_ID) };
}
