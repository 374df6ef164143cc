import { newId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { Tx } from "@/lib/platform/db";

/** What an admin gives to a wallet, or takes from it, and why. */
export interface Adjustment {
  readonly id: string;
  readonly email: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly reason: string;
  readonly needsTwoNames: boolean;
  readonly status: "proposed" | "confirmed" | "refused";
  readonly proposedBy: string;
}

async function read(tx: Tx, by: { id: string } | { requestKey: string }): Promise<Adjustment | null> {
  const [id, key] = "id" in by ? [by.id, null] : [null, by.requestKey];
  const rows = await tx.$queryRaw<Adjustment[]>`
    SELECT id, email, currency, amount_minor AS "amountMinor", reason, needs_two_names AS "needsTwoNames", status, proposed_by AS "proposedBy"
      FROM wallet_adjustment WHERE id = ${id}::uuid OR request_key = ${key} FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}

/** One adjustment, locked until the transaction ends, or null. */
export const lockAdjustment = (tx: Tx, id: string): Promise<Adjustment | null> => read(tx, { id });

/** Puts it on record, or returns the one that this intention made before. */
export async function insertAdjustment(
  tx: Tx,
  { requestKey, ...draft }: Omit<Adjustment, "id" | "status"> & { readonly requestKey: string },
): Promise<{ readonly adjustment: Adjustment; readonly isNew: boolean }> {
  const inserted = await tx.$executeRaw`
    INSERT INTO wallet_adjustment (id, email, currency, amount_minor, reason, needs_two_names, request_key, proposed_by)
    VALUES (${newId()}::uuid, ${draft.email}, ${draft.currency}, ${draft.amountMinor}::bigint, ${draft.reason}, ${draft.needsTwoNames},
            ${requestKey}, ${draft.proposedBy}::uuid)
    ON CONFLICT (request_key) DO NOTHING`;
  return { adjustment: (await read(tx, { requestKey })) as Adjustment, isNew: inserted === 1 };
}

/** Ends what waits; false when somebody else was faster. The database refuses one's own name where two are needed. */
export async function decideAdjustment(
  tx: Tx,
  id: string,
  decision: { readonly status: "confirmed" | "refused"; readonly decidedBy: string },
): Promise<boolean> {
  const decided = await tx.$executeRaw`
    UPDATE wallet_adjustment SET status = ${decision.status}, decided_by = ${decision.decidedBy}::uuid,
           decided_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ${id}::uuid AND status = 'proposed'`;
  return decided === 1;
}
