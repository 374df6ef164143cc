import { type LockedOrder, lockOrder } from "@/lib/features/orders/store";
import type { VerifiedPayment } from "@/lib/features/payments/gateways/port";
import { findPayer, findWallet, paymentKey, postMovement, type Wallet } from "@/lib/features/wallets/store";
import { assert } from "@/lib/kernel/assert";
import { type Currency, money } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type SettleOutcome, settleIn } from "./settle-alone";
import { rowOf } from "./settle-payment";

export interface PayWithBalance {
  readonly orderId: string;
  /** The address whose mail the payer has proved to read. */
  readonly email: string;
}

/**
 * - not_found: no such order, or none that is to be paid by balance · not_payable: it is paid, closed, or past its deadline
 * - insufficient_balance: nothing moved, and the order waits on
 */
export type BalanceRefusal = "not_found" | "not_payable" | "insufficient_balance";

interface BalanceAttempt {
  readonly id: string;
  readonly accountId: string;
  readonly outTradeNo: string;
}

/** The order's attempt at an account of the kind; there is one at most, since an account is asked once. */
async function findBalanceAttempt(tx: Tx, orderId: string): Promise<BalanceAttempt | null> {
  const rows = await tx.$queryRaw<BalanceAttempt[]>`
    SELECT a.id, a.account_id AS "accountId", a.out_trade_no AS "outTradeNo"
      FROM payment_attempt a JOIN gateway_account g ON g.id = a.account_id AND g.gateway = 'balance'
     WHERE a.order_id = ${orderId}::uuid ORDER BY a.created_at DESC, a.id DESC LIMIT 1`;
  return rows[0] ?? null;
}

const paymentOf = (order: LockedOrder, attempt: BalanceAttempt, movementId: string): VerifiedPayment => ({
  accountRef: "balance",
  outTradeNo: attempt.outTradeNo,
  gatewayTradeNo: movementId,
  amount: money(order.totalMinor, order.currency as Currency),
  method: null,
  evidence: [["movement", movementId]],
});

/** Takes the money and judges the payment. Whatever it is judged to be but a payment of this order undoes both. */
async function spend(
  tx: Tx,
  { order, attempt, wallet }: { order: LockedOrder; attempt: BalanceAttempt; wallet: Wallet },
): Promise<Result<SettleOutcome, BalanceRefusal>> {
  const posted = await postMovement(tx, {
    walletId: wallet.id,
    kind: "payment",
    amountMinor: -order.totalMinor,
    currency: order.currency as Currency,
    requestKey: paymentKey(attempt.id),
    orderId: order.id,
  });
  if (!posted.ok) return err(posted.error === "request_conflict" ? "not_payable" : posted.error);
  const payment = paymentOf(order, attempt, posted.value.movementId);
  const { accountId } = attempt;
  const settled = await settleIn(tx, rowOf(payment, { accountId, source: "balance" }));
  assert(settled.ok);
  return settled.value === "settled" || settled.value === "owed" ? settled : err("not_payable");
}

/**
 * Pays an order out of a balance: the debit, the payment and the order's cards are one transaction, judged where every payment is judged. Two
 * tabs are one debit, too little is a refusal, and whoever dies on the way has moved nothing. Only an order that may still be paid is.
 */
export async function payWithBalance(
  deps: Deps,
  { orderId, email }: PayWithBalance,
): Promise<Result<SettleOutcome, BalanceRefusal>> {
  const result = await inTransaction<SettleOutcome, BalanceRefusal>(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    const attempt = order && (await findBalanceAttempt(tx, orderId));
    if (!order || !attempt) return err("not_found");
    if ((await findPayer(tx, attempt.id))?.email === email) return ok("repeat");
    if (order.status !== "pending" || order.isPastDeadline || order.paymentCount > 0) return err("not_payable");
    const wallet = await findWallet(tx, { email, currency: order.currency as Currency });
    return wallet ? spend(tx, { order, attempt, wallet }) : err("insufficient_balance");
  });
  deps.log.info("balance.paid", { orderId, outcome: result.ok ? result.value : result.error });
  return result;
}
