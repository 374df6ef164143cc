import { lockOrder } from "@/lib/features/orders/store";
import { findTransfer } from "@/lib/features/transfers/store";
import { err, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { SettleOutcome } from "./settle-alone";
import { type ConfirmRefusal, settleTransfer } from "./settle-transfer";

/**
 * The second name: what one admin wrote down another one confirms, and from that moment it is a payment, judged like every other one. What
 * is confirmed is what was shown: another amount is another proposal. Pressed twice, or by two at once, it is one payment.
 */
export async function confirmTransfer(
  deps: Deps,
  viewer: Viewer,
  { transferId }: { transferId: string },
): Promise<Result<SettleOutcome, "not_allowed" | "not_found" | ConfirmRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const result = await inTransaction<SettleOutcome, "not_found" | ConfirmRefusal>(deps.db, async (tx) => {
    const known = await findTransfer(tx, transferId);
    const order = known && (await lockOrder(tx, known.orderId));
    const transfer = order && (await findTransfer(tx, transferId));
    if (!order || !transfer) return err("not_found");
    return settleTransfer(tx, viewer, { order, transfer });
  });
  deps.log.info("transfer.confirmed", { transferId, outcome: result.ok ? result.value : result.error });
  return result;
}
