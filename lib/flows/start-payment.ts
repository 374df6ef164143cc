import type { PaymentView } from "@/lib/features/orders/place-command";
import { lockOrder } from "@/lib/features/orders/store";
import { findAccount } from "@/lib/features/payments/accounts";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { draftAttempt } from "./hot/draft-order";

export type StartRefusal = "not_found" | "not_payable" | "gateway_unavailable" | "too_many_attempts";

export interface StartCommand {
  readonly orderId: string;
  readonly accountId: string;
  /** An attempt that its gateway will have nothing of: it is not given again. */
  readonly instead?: string | undefined;
}

/**
 * Another way to pay an order, of exactly its total; the latest attempt of the same account is given again instead, so that
 * a buyer who asks twice does not pay twice.
 */
export async function startPayment(
  deps: Deps,
  { orderId, accountId, instead }: StartCommand,
): Promise<Result<PaymentView, StartRefusal>> {
  // Before the transaction, which holds a connection and must not wait for a second one.
  const account = await findAccount(deps, accountId);
  return inTransaction(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order) return err("not_found");
    if (order.status !== "pending" || order.isPastDeadline || order.paymentCount > 0) return err("not_payable");
    const attempts = await tx.paymentAttempt.findMany({
      where: { orderId },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    });
    const open = attempts.findLast((attempt) => attempt.accountId === accountId);
    if (open && open.id !== instead) return ok({ id: open.id, accountId, ...(open.presentation as { kind: string }) });
    const isFull = attempts.filter((attempt) => attempt.accountId === accountId).length >= limits.attemptsPerAccountMax;
    if (isFull || attempts.length >= limits.attemptsPerOrderMax) return err("too_many_attempts");
    const { number, locale } = await tx.order.findUniqueOrThrow({
      where: { id: orderId },
      select: { number: true, locale: true },
    });
    const draft = draftAttempt(deps, {
      orderId,
      orderNumber: number,
      locale: locale as "zh" | "en",
      account,
      amountMinor: order.totalMinor,
      currency: order.currency as Currency,
    });
    if (!draft.ok) return draft;
    const id = newId();
    await tx.$executeRaw`
      INSERT INTO payment_attempt (id, order_id, account_id, out_trade_no, amount_minor, currency, presentation, created_at, next_query_at)
      VALUES (${id}::uuid, ${orderId}::uuid, ${accountId}, ${draft.value.outTradeNo}, ${order.totalMinor}::bigint, ${order.currency},
              ${JSON.stringify(draft.value.presentation)}::jsonb, date_trunc('milliseconds', clock_timestamp()),
              clock_timestamp() + make_interval(secs => ${limits.queryIntervalSecondsMin}::int))`;
    return ok({ id, accountId, ...draft.value.presentation });
  });
}
