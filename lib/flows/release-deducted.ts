import { placesOfLines } from "@/lib/features/inventory/pools";
import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { lockStock, releaseCards } from "@/lib/features/inventory/store";
import { appendEntry } from "@/lib/features/ledger/append";
import { changeOrder, type LockedOrder, lockOrder, readLines } from "@/lib/features/orders/store";
import { assert } from "@/lib/kernel/assert";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { serveOwedOrders } from "./offer-cards";

/** Gives back what the order holds, first to owed orders; returns the variants whose stock grew. */
async function release(tx: Tx, order: LockedOrder): Promise<string[]> {
  const lines = await readLines(tx, order.id);
  await lockStock(
    tx,
    lines.map((line) => line.variantId),
  );
  const { id: orderId, merchantId, cardIds } = order;
  const released = await releaseCards(tx, { orderId, cardIds });
  assert(released === cardIds.length, "what an expired order holds is reserved for it");
  await appendEntry(tx, { kind: "release", merchantId, orderId, reference: "released_by_hand", cardIds });
  await changeOrder(tx, order, { cardIds: [] }, { reason: "cards_released" });
  for (const place of await placesOfLines(tx, lines)) await serveOwedOrders(tx, place);
  return lines.map((line) => line.variantId);
}

/**
 * Cards of *deduct on order* outlive the deadline of their order; this is how the merchant, or an admin, puts them on sale
 * again, on record. The order stays expired, and money that comes for it afterwards claims afresh. Only an expired order
 * that still holds cards is releasable: a second call, or one that a payment has overtaken, changes nothing.
 */
export async function releaseDeducted(
  deps: Deps,
  viewer: Viewer,
  orderId: string,
): Promise<Result<{ released: number }, "not_found" | "not_releasable">> {
  const scope = merchantScope(viewer);
  const result = await inTransaction(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order || (scope !== null && order.merchantId !== scope)) return err("not_found");
    if (order.status !== "expired" || order.stockPolicy !== "deduct_on_order" || order.cardIds.length === 0)
      return err("not_releasable");
    const variantIds = await release(tx, order);
    await recordAudit(tx, {
      actor: viewer,
      action: "order.cards_released",
      subjectKind: "order",
      subjectId: orderId,
      merchantId: order.merchantId,
      detail: { cards: order.cardIds.length },
    });
    return ok({ variantIds, released: order.cardIds.length });
  });
  if (!result.ok) return result;
  const { variantIds, released } = result.value;
  for (const variantId of variantIds) noticeStockArrival(deps, variantId);
  deps.log.info("order.cards_released", { orderId, cards: released });
  return ok({ released });
}
