import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { releaseOrders } from "./release-orders";

/**
 * Closes orders whose deadline passed more than `limits.releaseGraceSeconds` ago by the database's clock and gives their
 * cards back, in bounded batches. Readers have called these orders expired since the deadline; this only makes the stock
 * follow. Two sweepers at once share the work: each skips what the other has locked. Returns how many orders it closed.
 */
export async function expireOrders(deps: Deps): Promise<number> {
  let total = 0;
  for (let run = 0; run < limits.sweepRunsMax; run++) {
    const result = await inTransaction(deps.db, async (tx) => {
      const due = await tx.$queryRaw<{ id: string }[]>`
        SELECT id FROM orders
         WHERE status = 'pending' AND closed_at IS NULL
           AND deadline_at < clock_timestamp() - make_interval(secs => ${limits.releaseGraceSeconds}::int)
         ORDER BY deadline_at LIMIT ${limits.sweepOrdersPerRun}::int FOR NO KEY UPDATE SKIP LOCKED`;
      const orderIds = due.map((row) => row.id);
      return ok(await releaseOrders(tx, orderIds, { to: "expired", reason: "deadline_passed", keepsDeducted: true }));
    });
    assert(result.ok);
    const { closed, variantIds } = result.value;
    for (const variantId of variantIds) noticeStockArrival(deps, variantId);
    total += closed;
    if (closed < limits.sweepOrdersPerRun) break;
  }
  if (total > 0) deps.log.info("orders.expired", { count: total });
  return total;
}
