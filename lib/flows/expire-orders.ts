import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { Prisma } from "@/lib/generated/prisma/client";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { isPassing } from "@/lib/platform/outage";
import { releaseOrders } from "./release-orders";

const IS_DUE = Prisma.sql`
  status = 'pending' AND closed_at IS NULL AND deadline_at < clock_timestamp() - make_interval(secs => ${limits.releaseGraceSeconds}::int)`;

async function readDue({ db }: Deps): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM orders
     WHERE ${IS_DUE}
     ORDER BY deadline_at LIMIT ${limits.sweepOrdersPerRun}::int`;
  return rows.map((row) => row.id);
}

/** Closes what is still pending of these orders, whose deadlines never move, and what no one else has locked. */
async function close(deps: Deps, due: readonly string[]): Promise<number> {
  const result = await inTransaction(deps.db, async (tx) => {
    const locked = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM orders WHERE id = ANY (${[...due]}::uuid[]) AND status = 'pending' ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;
    const orderIds = locked.map((row) => row.id);
    return ok(await releaseOrders(tx, orderIds, { to: "expired", reason: "deadline_passed", keepsDeducted: true }));
  });
  assert(result.ok);
  for (const variantId of result.value.variantIds) noticeStockArrival(deps, variantId);
  return result.value.closed;
}

/** The same of one order, if its time is over; false when it is not, or when it is closed already. */
export async function expireOrder(deps: Deps, orderId: string): Promise<boolean> {
  const due = await deps.db.$queryRaw<unknown[]>`
    SELECT 1 FROM orders WHERE id = ${orderId}::uuid AND ${IS_DUE}`;
  return due.length > 0 && (await close(deps, [orderId])) > 0;
}

/** All at once; when one of them cannot be released, each alone, so that it keeps back its own cards only. */
async function closeDue(deps: Deps, due: readonly string[]): Promise<number> {
  try {
    return await close(deps, due);
  } catch (error) {
    if (isPassing(error)) throw error;
  }
  let closed = 0;
  for (const orderId of due) {
    try {
      closed += await close(deps, [orderId]);
    } catch (error) {
      if (isPassing(error)) throw error;
      deps.log.error("order.release_failed", { orderId }, error);
    }
  }
  return closed;
}

/**
 * Closes orders whose deadline passed more than `limits.releaseGraceSeconds` ago by the database's clock and gives their
 * cards back, in bounded batches. Readers have called these orders expired since the deadline; this only makes the stock
 * follow. Two sweepers at once share the work: each skips what the other has locked. Returns how many orders it closed.
 */
export async function expireOrders(deps: Deps): Promise<number> {
  let total = 0;
  for (let run = 0; run < limits.sweepRunsMax; run++) {
    const due = await readDue(deps);
    const closed = await closeDue(deps, due);
    total += closed;
    if (due.length < limits.sweepOrdersPerRun || closed === 0) break;
  }
  if (total > 0) deps.log.info("orders.expired", { count: total });
  return total;
}
