import { newId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { Tx } from "@/lib/platform/db";

/** A way to pay that no gateway's server speaks of. */
export interface ManualAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly outTradeNo: string;
  readonly currency: Currency;
}

/** The attempt, if its account is one for transfers by hand; null for every other one, whose gateway speaks for itself. */
export async function findManualAttempt(tx: Tx, attemptId: string): Promise<ManualAttempt | null> {
  const rows = await tx.$queryRaw<ManualAttempt[]>`
    SELECT a.id, a.order_id AS "orderId", a.account_id AS "accountId", a.out_trade_no AS "outTradeNo", a.currency
      FROM payment_attempt a JOIN gateway_account g ON g.id = a.account_id AND g.gateway = 'manual' WHERE a.id = ${attemptId}::uuid`;
  return rows[0] ?? null;
}

export type TransferStatus = "proposed" | "confirmed" | "refused" | "replaced";

/** What a person says arrived. */
export interface Transfer {
  readonly id: string;
  readonly attemptId: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly reference: string;
  readonly tradeNumber: string;
  readonly arrivedOn: string;
  readonly needsTwoNames: boolean;
  readonly status: TransferStatus;
  readonly proposedBy: string;
}

const read = (tx: Tx, where: { readonly id?: string; readonly accountId?: string; readonly tradeNumber?: string }) =>
  tx.$queryRaw<Transfer[]>`
    SELECT id, attempt_id AS "attemptId", order_id AS "orderId", account_id AS "accountId", amount_minor AS "amountMinor", currency, reference,
           trade_number AS "tradeNumber", arrived_on::text AS "arrivedOn", needs_two_names AS "needsTwoNames", status, proposed_by AS "proposedBy"
      FROM transfer
     WHERE id = ${where.id ?? null}::uuid
        OR (account_id = ${where.accountId ?? null} AND trade_number = ${where.tradeNumber ?? null} AND status IN ('proposed', 'confirmed'))`;

/** One transfer, or null. Read it after its order's lock: all that changes it holds that. */
export const findTransfer = async (tx: Tx, id: string): Promise<Transfer | null> => (await read(tx, { id }))[0] ?? null;

/** The transfer that stands under the bank's number at this account, waiting or confirmed; or null. */
export const findByTradeNumber = async (
  tx: Tx,
  by: { readonly accountId: string; readonly tradeNumber: string },
): Promise<Transfer | null> => (await read(tx, by))[0] ?? null;

/** Whether money of this day can be for this order: a day's slack at either end, for banks and time zones. */
export async function isArrivalPossible(tx: Tx, orderId: string, arrivedOn: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<[{ possible: boolean }]>`
    SELECT ${arrivedOn}::date BETWEEN (created_at - interval '1 day')::date AND (clock_timestamp() + interval '1 day')::date AS possible
      FROM orders WHERE id = ${orderId}::uuid`;
  return row.possible;
}

/**
 * Puts what a person says on record, in place of what waited for a second name before: another amount voids it. Null when the bank's number
 * was written down for another order a moment ago.
 */
export async function insertTransfer(tx: Tx, draft: Omit<Transfer, "id" | "status">): Promise<Transfer | null> {
  const id = newId();
  await tx.$executeRaw`
    UPDATE transfer SET status = 'replaced', decided_by = ${draft.proposedBy}::uuid, decided_at = date_trunc('milliseconds', clock_timestamp())
     WHERE attempt_id = ${draft.attemptId}::uuid AND status = 'proposed'`;
  const inserted = await tx.$executeRaw`
    INSERT INTO transfer (id, attempt_id, order_id, account_id, amount_minor, currency, reference, trade_number, arrived_on, needs_two_names, proposed_by)
    VALUES (${id}::uuid, ${draft.attemptId}::uuid, ${draft.orderId}::uuid, ${draft.accountId}, ${draft.amountMinor}::bigint, ${draft.currency},
            ${draft.reference}, ${draft.tradeNumber}, ${draft.arrivedOn}::date, ${draft.needsTwoNames}, ${draft.proposedBy}::uuid)
    ON CONFLICT (account_id, trade_number) WHERE status IN ('proposed', 'confirmed') DO NOTHING`;
  return inserted === 1 ? { ...draft, id, status: "proposed" } : null;
}

/** Ends what waits; false when somebody else was faster. The database refuses one's own name where two are needed. */
export async function decideTransfer(
  tx: Tx,
  id: string,
  decision: { readonly status: "confirmed" | "refused"; readonly decidedBy: string; readonly refusal: string | null },
): Promise<boolean> {
  const decided = await tx.$executeRaw`
    UPDATE transfer SET status = ${decision.status}, decided_by = ${decision.decidedBy}::uuid, refusal = ${decision.refusal},
           decided_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ${id}::uuid AND status = 'proposed'`;
  return decided === 1;
}

/** Notes a buyer's word, or his newest one. A word that was refused before is heard again. */
export async function writeReport(
  tx: Tx,
  { attemptId, orderId, reference }: { attemptId: string; orderId: string; reference: string },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO transfer_report AS r (attempt_id, order_id, reference) VALUES (${attemptId}::uuid, ${orderId}::uuid, ${reference})
    ON CONFLICT (attempt_id) DO UPDATE
       SET reference = EXCLUDED.reference, closed_at = NULL, refusal = NULL,
           reported_at = CASE WHEN r.closed_at IS NULL THEN r.reported_at ELSE EXCLUDED.reported_at END`;
}

/** Nobody has to look for the buyer's transfer any more: it is there, or, with a reason that the buyer reads, it is not. False when nobody had to. */
export async function closeReport(tx: Tx, attemptId: string, refusal: string | null): Promise<boolean> {
  const closed = await tx.$executeRaw`
    UPDATE transfer_report SET closed_at = date_trunc('milliseconds', clock_timestamp()), refusal = ${refusal}
     WHERE attempt_id = ${attemptId}::uuid AND closed_at IS NULL`;
  return closed === 1;
}
