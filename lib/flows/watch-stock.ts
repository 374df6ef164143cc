import { crossBounds, queueWarnings } from "@/lib/features/stock-alerts/warnings";
import { queueStockDeliveries } from "@/lib/features/webhooks/deliveries";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { canMail } from "./mail-order-link";

/**
 * Tells merchants of variants that have run low, each once until it is filled up again: the crossing, its letters and its webhooks are one transaction, so
 * two processes, or one that is killed, tell once. One process at a time. Returns how many variants fell.
 */
export async function watchStock(deps: Deps): Promise<number> {
  const result = await inTransaction(deps.db, async (tx) => {
    const [lock] = await tx.$queryRaw<
      [{ isMine: boolean }]
    >`SELECT pg_try_advisory_xact_lock(7270736900016) AS "isMine"`;
    if (!lock.isMine) return ok({ fell: [], rose: [] });
    const crossed = await crossBounds(tx);
    const merchantIds = [...new Set(crossed.fell.map(({ merchantId }) => merchantId))];
    if (merchantIds.length > 0) await queueWarnings(tx, merchantIds, canMail(deps) ? "queued" : "not_configured");
    await queueStockDeliveries(tx, [
      ...crossed.fell.map((crossing) => ({ ...crossing, kind: "stock.low" as const })),
      ...crossed.rose.map((crossing) => ({ ...crossing, kind: "stock.filled_up" as const })),
    ]);
    return ok(crossed);
  });
  if (!result.ok) return 0;
  for (const { variantId } of result.value.fell) deps.log.info("stock.low", { variantId });
  for (const { variantId } of result.value.rose) deps.log.info("stock.filled_up", { variantId });
  return result.value.fell.length;
}
