import { lockOrder } from "@/lib/features/orders/store";
import {
  findStrayMoney,
  openStrayAttempt,
  type StrayMoney,
  type StrayPlace,
} from "@/lib/features/payments/stray-money";
import { newId, newOutTradeNo } from "@/lib/kernel/id";
import { isCurrency, money } from "@/lib/kernel/money";
import { err, type Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { SettleRow } from "./hot/settle-statement";
import { type SettleOutcome, settleIn } from "./settle-alone";
import { rowOf } from "./settle-payment";

type Admin = Extract<Viewer, { kind: "admin" }>;

/**
 * - no_payment: the money is not there · recorded_already: an order has it · no_order: there is none such
 * - other_merchant: the account belongs to a shop that did not sell the order
 * - number_of_other_order: the number that the money came with is another order's
 */
export type RecordRefusal = "no_payment" | "recorded_already" | "no_order" | "other_merchant" | "number_of_other_order";

/** The money as the inbox holds it; a line of a statement gets its event now. */
function settleRowOf(stray: StrayMoney, outTradeNo: string): SettleRow {
  const { accountId, gatewayTradeNumber, amountMinor, currency, eventId, dedupe, raw, source } = stray;
  if (eventId !== null && dedupe !== null)
    return {
      event_id: eventId,
      payment_id: newId(),
      account_id: accountId,
      source,
      dedupe,
      out_trade_no: outTradeNo,
      gateway_trade_number: gatewayTradeNumber,
      amount_minor: amountMinor.toString(),
      currency,
      raw,
    };
  if (!isCurrency(currency)) throw new Error("a statement holds known currencies only");
  const evidence = JSON.parse(raw) as [string, string][];
  const payment = {
    accountRef: accountId,
    outTradeNo,
    gatewayTradeNo: gatewayTradeNumber,
    amount: money(amountMinor, currency),
    method: null,
    evidence,
  };
  return rowOf(payment, { accountId, source: "statement" });
}

/**
 * Puts money that no order has down to an order, by an admin's word and on record. From then on it is a payment like every other one: judged
 * where every payment is judged, whether it is enough, too much, late or a second one. Safe twice: one trade number is one payment.
 */
export async function recordUnknownPayment(
  deps: Deps,
  viewer: Proven<Admin>,
  { place, orderId, reason }: { readonly place: StrayPlace; readonly orderId: string; readonly reason: string },
): Promise<Result<SettleOutcome, RecordRefusal>> {
  const result = await inTransaction<SettleOutcome, RecordRefusal>(deps.db, async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (!order) return err("no_order");
    const stray = await findStrayMoney(tx, place);
    if (!stray) return err("no_payment");
    if (stray.isPlaced) return err("recorded_already");
    const account = await tx.gatewayAccount.findUnique({
      where: { id: stray.accountId },
      select: { merchantId: true },
    });
    if (account?.merchantId && account.merchantId !== order.merchantId) return err("other_merchant");
    const row = settleRowOf(stray, stray.outTradeNo || newOutTradeNo());
    const attempt = { id: order.id, totalMinor: order.totalMinor, currency: order.currency, attemptId: newId() };
    if ((await openStrayAttempt(tx, row, attempt)) === null) return err("number_of_other_order");
    const settled = await settleIn(tx, row);
    if (!settled.ok) return settled;
    await recordAudit(tx, {
      actor: viewer,
      action: "order.payment_recorded",
      subjectKind: "order",
      subjectId: orderId,
      merchantId: order.merchantId,
      detail: {
        accountId: stray.accountId,
        tradeNumber: stray.gatewayTradeNumber,
        amountMinor: stray.amountMinor.toString(),
        currency: stray.currency,
        outcome: settled.value,
        reason,
      },
    });
    return settled;
  });
  deps.log.info("payment.recorded_by_hand", { orderId, outcome: result.ok ? result.value : result.error });
  return result;
}
