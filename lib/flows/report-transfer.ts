import { lockOrder } from "@/lib/features/orders/store";
import { findManualAttempt, writeReport } from "@/lib/features/transfers/store";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { takeTurn } from "@/lib/platform/rate-limit";

const REPORTS = {
  name: "transfer-report",
  points: limits.transferReportsPerOrder,
  seconds: limits.transferReportsWindowSeconds,
};

/**
 * "I have transferred": puts the order before the people who look into the bank's list. It moves nothing and settles nothing, says no more
 * the second time than the first, and is heard for an expired or cancelled order too: late money is still money.
 */
export async function reportTransfer(
  deps: Deps,
  { orderId, attemptId, reference }: { orderId: string; attemptId: string; reference: string },
): Promise<Result<null, "not_found" | "not_pending" | "rate_limited">> {
  if (!(await takeTurn(deps, REPORTS, orderId))) return err("rate_limited");
  const result = await inTransaction<null, "not_found" | "not_pending">(deps.db, async (tx) => {
    const attempt = await findManualAttempt(tx, attemptId);
    if (!attempt || attempt.orderId !== orderId) return err("not_found");
    const order = await lockOrder(tx, orderId);
    if (!order) return err("not_found");
    if (order.paymentCount > 0) return err("not_pending");
    await writeReport(tx, { attemptId, orderId, reference });
    return ok(null);
  });
  if (result.ok) deps.log.info("transfer.reported", { orderId });
  return result;
}
