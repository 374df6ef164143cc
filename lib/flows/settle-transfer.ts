import type { LockedOrder } from "@/lib/features/orders/store";
import type { VerifiedPayment } from "@/lib/features/payments/gateways/port";
import { closeReport, decideTransfer, findManualAttempt, type Transfer } from "@/lib/features/transfers/store";
import { assert } from "@/lib/kernel/assert";
import { money } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import type { Tx } from "@/lib/platform/db";
import { type SettleOutcome, settleIn } from "./settle-alone";
import { rowOf } from "./settle-payment";

type Admin = Extract<Viewer, { kind: "admin" }>;

/**
 * - own_proposal: nobody is his own second name · proposal_gone: it was confirmed, refused or replaced since
 * - reference_used: the bank's number stands for other money at this account
 */
export type ConfirmRefusal = "own_proposal" | "proposal_gone" | "reference_used";

const paymentOf = (transfer: Transfer, outTradeNo: string, confirmedBy: string): VerifiedPayment => ({
  accountRef: "manual",
  outTradeNo,
  gatewayTradeNo: transfer.tradeNumber,
  amount: money(transfer.amountMinor, transfer.currency),
  method: null,
  evidence: [
    ["transfer", transfer.id],
    ["reference", transfer.reference],
    ["arrived_on", transfer.arrivedOn],
    ["proposed_by", transfer.proposedBy],
    ["confirmed_by", confirmedBy],
  ],
});

/**
 * Makes a waiting transfer, whose order the caller has locked, the payment that it is, in one transaction: whoever dies on the way leaves
 * neither the name nor the money. It is judged where every payment is judged.
 */
export async function settleTransfer(
  tx: Tx,
  viewer: Admin,
  { order, transfer }: { order: LockedOrder; transfer: Transfer },
): Promise<Result<SettleOutcome, ConfirmRefusal>> {
  if (transfer.needsTwoNames && transfer.proposedBy === viewer.userId) return err("own_proposal");
  const decision = { status: "confirmed", decidedBy: viewer.userId, refusal: null } as const;
  if (!(await decideTransfer(tx, transfer.id, decision))) return err("proposal_gone");
  const attempt = await findManualAttempt(tx, transfer.attemptId);
  assert(attempt, "a transfer is of an attempt");
  const { accountId } = transfer;
  const payment = paymentOf(transfer, attempt.outTradeNo, viewer.userId);
  const settled = await settleIn(tx, rowOf(payment, { accountId, source: "manual" }));
  assert(settled.ok);
  if (settled.value === "trade_reused") return err("reference_used");
  await closeReport(tx, transfer.attemptId, null);
  await recordAudit(tx, {
    actor: viewer,
    action: "transfer.confirmed",
    subjectKind: "order",
    subjectId: order.id,
    merchantId: order.merchantId,
    detail: {
      amountMinor: transfer.amountMinor.toString(),
      currency: transfer.currency,
      reference: transfer.reference,
      outcome: settled.value,
    },
  });
  return ok(settled.value);
}
