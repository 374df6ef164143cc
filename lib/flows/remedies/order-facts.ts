import { findOrderState, type OrderState } from "@/lib/features/orders/store";
import type { FindingHead } from "@/lib/features/reconciliation/find-finding";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/** The finding's order as it is at this moment. */
export async function orderOf({ db }: Deps, { orderId }: FindingHead): Promise<Result<OrderState, "no_order">> {
  const order = orderId ? await findOrderState(db, orderId) : null;
  return order ? ok(order) : err("no_order");
}

/** The same where it is paid for and waits for its cards: nothing is handed out while its money is disputed. */
export async function paidOrderOf(
  deps: Deps,
  finding: FindingHead,
): Promise<Result<OrderState, "no_order" | "not_paid" | "disputed">> {
  const order = await orderOf(deps, finding);
  if (!order.ok) return order;
  if (order.value.status !== "paid" || order.value.settledPaymentId === null) return err("not_paid");
  return order.value.disputedAt === null ? order : err("disputed");
}

/** What of an order a person looks at before something is done with it. */
export const factsOf = ({
  status,
  exception,
  owedAt,
  disputedAt,
  settledPaymentId,
  cardIds,
  paymentCount,
}: OrderState) => [
  status,
  exception,
  owedAt?.getTime() ?? null,
  disputedAt?.getTime() ?? null,
  settledPaymentId,
  cardIds,
  paymentCount,
];

/** Whether the order stands in one of these states by now. */
export async function isOrderIn(tx: Tx, { orderId }: FindingHead, statuses: readonly string[]): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM orders WHERE id = ${orderId}::uuid AND status = ANY (${[...statuses]}::text[])`;
  return rows.length > 0;
}

/** Whether nothing of the order is left to be handed out: it was delivered, or its money goes back. */
export const isServed = (tx: Tx, finding: FindingHead): Promise<boolean> =>
  isOrderIn(tx, finding, ["delivered", "refunding", "refunded"]);
