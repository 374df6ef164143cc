import { type LockedOrder, lockOrder } from "@/lib/features/orders/store";
import { needsTwoNames, tradeNumberOf } from "@/lib/features/transfers/rules";
import {
  findByTradeNumber,
  findManualAttempt,
  insertTransfer,
  isArrivalPossible,
  type ManualAttempt,
} from "@/lib/features/transfers/store";
import { money, parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { SettleOutcome } from "./settle-alone";
import { type ConfirmRefusal, settleTransfer } from "./settle-transfer";

type Admin = Extract<Viewer, { kind: "admin" }>;

export interface RecordTransfer {
  readonly attemptId: string;
  /** What arrived, as typed, in the currency of the order. */
  readonly amount: string;
  /** The bank's own number of it. */
  readonly reference: string;
  /** "2026-11-21" */
  readonly arrivedOn: string;
  /** How many payments of the order the admin saw: two who look at the same transfer must not make two of it. */
  readonly seenPayments: number;
}

/**
 * - not_allowed: only an admin vouches for money · not_found: no such attempt, or a gateway speaks for it
 * - amount_malformed, reference_malformed, arrival_out_of_range: what was typed cannot be
 * - reference_used: this number of the bank stands for other money · order_changed: the order was paid since the admin looked
 * - own_proposal, proposal_gone: see `confirmTransfer`
 */
export type RecordRefusal =
  | "not_allowed"
  | "not_found"
  | "amount_malformed"
  | "reference_malformed"
  | "arrival_out_of_range"
  | "order_changed"
  | ConfirmRefusal;

/** `waiting`: for a second name. Everything else: what the money was judged to be. */
export type Recorded = SettleOutcome | "waiting";

type Parsed = Omit<RecordTransfer, "amount"> & { readonly amountMinor: bigint; readonly tradeNumber: string };

async function record(
  tx: Tx,
  viewer: Admin,
  { attempt, order, cmd }: { attempt: ManualAttempt; order: LockedOrder; cmd: Parsed },
): Promise<Result<Recorded, RecordRefusal>> {
  const { id: attemptId, accountId, currency } = attempt;
  const known = await findByTradeNumber(tx, { accountId, tradeNumber: cmd.tradeNumber });
  const isSame = known?.attemptId === attemptId && known.amountMinor === cmd.amountMinor;
  if (known && known.attemptId !== attemptId) return err("reference_used");
  if (known?.status === "confirmed") return isSame ? ok("repeat") : err("reference_used");
  if (known && isSame && known.proposedBy === viewer.userId) return ok("waiting");
  // Two who write down the same, each from the bank's list, agree.
  if (known && isSame && known.arrivedOn === cmd.arrivedOn)
    return settleTransfer(tx, viewer, { order, transfer: known });
  if (order.paymentCount !== cmd.seenPayments) return err("order_changed");
  if (!(await isArrivalPossible(tx, order.id, cmd.arrivedOn))) return err("arrival_out_of_range");
  const { reference, tradeNumber, arrivedOn, amountMinor } = cmd;
  const transfer = await insertTransfer(tx, {
    ...{ attemptId, orderId: order.id, accountId, amountMinor, currency, reference, tradeNumber, arrivedOn },
    needsTwoNames: needsTwoNames(money(amountMinor, currency)),
    proposedBy: viewer.userId,
  });
  if (!transfer) return err("reference_used");
  await recordAudit(tx, {
    actor: viewer,
    action: "transfer.proposed",
    subjectKind: "order",
    subjectId: order.id,
    merchantId: order.merchantId,
    detail: { amountMinor: amountMinor.toString(), currency, reference, needsTwoNames: transfer.needsTwoNames },
  });
  return transfer.needsTwoNames ? ok("waiting") : settleTransfer(tx, viewer, { order, transfer });
}

/**
 * An admin writes down a transfer that arrived. Up to a limit it is a payment from that moment, judged like every other one; above it,
 * it waits for a second admin's name, and whatever waited before it is void. The same words twice, from one admin or from two, are one
 * payment; so is one number of the bank, whatever it is said to be for.
 */
export async function recordTransfer(
  deps: Deps,
  viewer: Viewer,
  { amount, ...cmd }: RecordTransfer,
): Promise<Result<Recorded, RecordRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const tradeNumber = tradeNumberOf(cmd.reference);
  if (!tradeNumber.ok) return tradeNumber;
  const result = await inTransaction<Recorded, RecordRefusal>(deps.db, async (tx) => {
    const attempt = await findManualAttempt(tx, cmd.attemptId);
    if (!attempt) return err("not_found");
    const paid = parseDecimal(amount, attempt.currency);
    if (!paid.ok || paid.value.amountMinor <= 0n) return err("amount_malformed");
    const order = await lockOrder(tx, attempt.orderId);
    if (!order) return err("not_found");
    const parsed = { ...cmd, amountMinor: paid.value.amountMinor, tradeNumber: tradeNumber.value };
    return record(tx, viewer, { attempt, order, cmd: parsed });
  });
  deps.log.info("transfer.recorded", {
    attemptId: cmd.attemptId,
    outcome: result.ok ? result.value : result.error,
  });
  return result;
}
