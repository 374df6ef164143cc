import { placesOfLines } from "@/lib/features/inventory/pools";
import { releaseCards, tryLockStock, withdrawDelivered } from "@/lib/features/inventory/store";
import { appendEntry } from "@/lib/features/ledger/append";
import { judgeRefunds } from "@/lib/features/orders/rules";
import { changeOrder, type LockedOrder, lockOrder, readLines } from "@/lib/features/orders/store";
import { askNowOfOrder } from "@/lib/features/payments/attempts";
import { type RefundedPayment, readRefundedPayments } from "@/lib/features/payments/refunds";
import { resolveFinding, resolveFindings } from "@/lib/features/reconciliation/findings";
import { cancelWaitingOf } from "@/lib/features/replacements/store";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { serveOwedOrders } from "./offer-cards";
import { releaseOrders } from "./release-orders";

/** Whose word moved the money, and which refund: for the order's record and the ledger. */
export interface RefundCause {
  readonly refundId: string;
  readonly actorId: string | null;
}

/** The variants whose stock grew; tell `noticeStockArrival` of these after the commit. */
type Followed = Result<{ readonly variantIds: readonly string[] }, "stock_locked">;

/** What an order holds and nobody was given goes back: first to other owed orders, then to everyone. */
async function giveUpCards(tx: Tx, order: LockedOrder): Promise<Followed> {
  const lines = await readLines(tx, order.id);
  const variantIds = lines.map((line) => line.variantId);
  if (!(await tryLockStock(tx, variantIds))) return err("stock_locked");
  const { id: orderId, merchantId, cardIds } = order;
  const released = await releaseCards(tx, { orderId, cardIds });
  assert(released === cardIds.length, "what an undelivered order holds is reserved for it");
  await appendEntry(tx, { kind: "release", merchantId, orderId, reference: "refunding", cardIds });
  return ok({ variantIds });
}

/** No more is handed out for money that goes back. A pending order is closed first: it must not be paid meanwhile. */
async function begin(tx: Tx, locked: LockedOrder, cause: RefundCause): Promise<Followed> {
  let order = locked;
  const grown: string[] = [];
  if (order.status === "pending") {
    const to = { to: "cancelled", reason: "refund_requested", actorId: cause.actorId, keepsDeducted: false } as const;
    grown.push(...(await releaseOrders(tx, [order.id], to)).variantIds);
    await askNowOfOrder(tx, order.id);
    order = (await lockOrder(tx, order.id)) as LockedOrder;
  }
  const isHolding = order.status !== "delivered" && order.cardIds.length > 0;
  if (isHolding) {
    const given = await giveUpCards(tx, order);
    if (!given.ok) return given;
    grown.push(...given.value.variantIds);
  }
  const cardIds = isHolding ? [] : order.cardIds;
  const change = { status: "refunding", owedAt: null, cardIds } as const;
  await changeOrder(tx, order, change, { reason: "refund_requested", actorId: cause.actorId });
  for (const kind of ["owed_order", "overdue_order", "unfillable_order"] as const)
    await resolveFinding(tx, { kind, subject: order.id, resolution: "refunded" });
  if (isHolding) {
    const places = await placesOfLines(tx, await readLines(tx, order.id));
    for (const place of places) await serveOwedOrders(tx, place);
  }
  return ok({ variantIds: grown });
}

/** The money is back: cards that were delivered for it are nobody's any more, and are never sold again. */
async function finish(tx: Tx, order: LockedOrder, { refundId, actorId }: RefundCause): Promise<void> {
  if (order.cardIds.length > 0) {
    const { id: orderId, merchantId, cardIds } = order;
    const withdrawn = await withdrawDelivered(tx, { orderId, cardIds });
    assert(withdrawn === cardIds.length, "every card of a refunded order was delivered to it");
    await appendEntry(tx, { kind: "withdraw", merchantId, orderId, reference: refundId, cardIds });
  }
  await cancelWaitingOf(tx, order.id);
  await changeOrder(tx, order, { status: "refunded" }, { reason: "money_returned", actorId });
}

/** Closes what was open about money that is back, at our word or at the gateway's own desk. */
async function resolveReturned(tx: Tx, payments: readonly RefundedPayment[]): Promise<void> {
  for (const { id, accountId, gatewayTradeNumber, returnedMinor, amountMinor } of payments) {
    if (returnedMinor < amountMinor) continue;
    for (const kind of ["double_payment", "amount_mismatch", "currency_mismatch"] as const)
      await resolveFinding(tx, { kind, subject: id, resolution: "refunded" });
    const answered = await tx.$queryRaw<{ id: string }[]>`
      SELECT f.id::text FROM refund r JOIN finding f ON f.kind IN ('refund_failed', 'refund_stuck') AND f.subject = r.id::text
       WHERE r.payment_id = ${id}::uuid
      UNION ALL
      SELECT f.id::text FROM payment p JOIN payment_event e ON e.order_id = p.order_id AND e.account_id = ${accountId} AND e.gateway_trade_number = ${gatewayTradeNumber}
        JOIN finding f ON f.event_id = e.id AND f.kind = 'refunded_outside'
       WHERE p.id = ${id}::uuid`;
    await resolveFindings(
      tx,
      answered.map((finding) => finding.id),
      "refunded",
    );
  }
}

/**
 * Brings a locked order to where its refunds have brought its money: refunding as soon as all that it stands on is to go back,
 * refunded once it is back. Safe twice. `stock_locked`: begin the transaction again, since whoever holds an owed order never
 * waits for the stock.
 */
export async function followRefunds(tx: Tx, locked: LockedOrder, cause: RefundCause): Promise<Followed> {
  const payments = await readRefundedPayments(tx, locked.id);
  const verdict = judgeRefunds(locked, payments);
  await resolveReturned(tx, payments);
  if (verdict === "stands" || locked.status === "refunded") return ok({ variantIds: [] });
  const begun = locked.status === "refunding" ? ok({ variantIds: [] }) : await begin(tx, locked, cause);
  if (!begun.ok || verdict === "refunding") return begun;
  const order = await lockOrder(tx, locked.id);
  assert(order, "orders are never deleted");
  await finish(tx, order, cause);
  return begun;
}

/** A transaction that may find the stock's lock taken: begun again a bounded number of times, then `busy`. */
export async function inRefundTransaction<T, E extends string>(
  deps: Deps,
  run: (tx: Tx) => Promise<Result<T, E | "stock_locked">>,
): Promise<Result<T, E | "busy">> {
  for (let tries = 1; ; tries++) {
    const result = await inTransaction(deps.db, run);
    if (result.ok || result.error !== "stock_locked") return result as Result<T, E>;
    if (tries === limits.loneRetries) return err("busy");
    await new Promise((wake) => setTimeout(wake, limits.loneWaitMs * (1 + Math.random())));
  }
}
