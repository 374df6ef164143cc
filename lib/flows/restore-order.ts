import { judgeRefunds, type OrderStatus } from "@/lib/features/orders/rules";
import { changeOrder, findStateBefore, type LockedOrder } from "@/lib/features/orders/store";
import { readRefundedPayments } from "@/lib/features/payments/refunds";
import { openFinding, reopenFinding } from "@/lib/features/reconciliation/findings";
import { assert } from "@/lib/kernel/assert";
import type { Tx } from "@/lib/platform/db";

/** Whether nothing of what the order stands on is on its way back any more. */
export const mayStand = async (tx: Tx, order: LockedOrder): Promise<boolean> =>
  judgeRefunds(order, await readRefundedPayments(tx, order.id)) === "stands";

/**
 * Brings a locked order whose refund came to nothing back to where it stood before, on record: what was delivered can be seen again, what
 * was paid and waited is owed its cards again, in its old place, and what was closed stays closed. Cards that it gave up are gone: it
 * waits for others. Call `fillOwedOrder` after the commit when it says `paid`.
 */
export async function restoreOrder(
  tx: Tx,
  order: LockedOrder,
  { actorId }: { readonly actorId: string | null },
): Promise<OrderStatus> {
  assert(order.status === "refunding", "only a refund that was begun is taken back");
  const status = await findStateBefore(tx, order.id);
  const owedAt = status === "paid" ? await databaseNow(tx) : null;
  await changeOrder(tx, order, { status, owedAt }, { reason: "refund_given_up", actorId });
  if (owedAt) {
    const finding = { kind: "owed_order", subject: order.id, orderId: order.id } as const;
    await openFinding(tx, finding);
    await reopenFinding(tx, finding);
  }
  return status;
}

async function databaseNow(tx: Tx): Promise<Date> {
  const [row] = await tx.$queryRaw<[{ at: Date }]>`SELECT clock_timestamp() AS at`;
  return row.at;
}
