import type { Refund, RefundedPayment } from "@/lib/features/payments/refunds";
import { findPayer, openWallet, postMovement, refundKey, type Wallet } from "@/lib/features/wallets/store";
import { assert } from "@/lib/kernel/assert";
import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Tx } from "@/lib/platform/db";

/** The balance that paid, or that of the address the order was placed with; null for an order that names none. */
async function receiverOf(tx: Tx, orderId: string, payment: RefundedPayment): Promise<Wallet | null> {
  const payer = await findPayer(tx, payment.attemptId);
  if (payer) return payer;
  const { email } = await tx.order.findUniqueOrThrow({ where: { id: orderId }, select: { email: true } });
  return email === "" ? null : openWallet(tx, { email, currency: payment.currency as Currency });
}

/**
 * Puts a refund into the buyer's balance, in the transaction that records it and before it takes the stock's lock; once for each refund, by
 * its id. No gateway is asked, so there is no moment at which nobody knows.
 */
export async function creditRefund(
  tx: Tx,
  { refund, payment }: { refund: Refund; payment: RefundedPayment },
): Promise<Result<null, "no_wallet">> {
  const wallet = await receiverOf(tx, refund.orderId, payment);
  if (!wallet) return err("no_wallet");
  const posted = await postMovement(tx, {
    walletId: wallet.id,
    kind: "refund",
    amountMinor: refund.amountMinor,
    currency: wallet.currency,
    requestKey: refundKey(refund.id),
    orderId: refund.orderId,
  });
  assert(posted.ok, "a credit is never too much, and a refund's id is its own");
  return ok(null);
}
