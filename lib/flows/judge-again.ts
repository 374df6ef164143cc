import { newId } from "@/lib/kernel/id";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";
import type { SettleRow } from "./hot/settle-statement";
import { type SettleOutcome, settleAlone } from "./settle-alone";

/** A payment of the inbox as it was told, word for word; null when there is none such. */
async function readToldPayment(deps: Deps, eventId: string): Promise<SettleRow | null> {
  const rows = await deps.db.$queryRaw<SettleRow[]>`
    SELECT id::text AS event_id, ${newId()}::text AS payment_id, account_id, source, encode(dedupe, 'hex') AS dedupe, out_trade_no,
           gateway_trade_number, amount_minor::text AS amount_minor, currency, raw
      FROM payment_event WHERE id = ${eventId}::uuid AND kind = 'payment'`;
  return rows[0] ?? null;
}

/**
 * Judges a payment of the inbox once more, as if it had just been told: the same words, and the place where every payment is judged. One that
 * is judged already only has its order driven on.
 */
export async function judgeAgain(
  deps: Deps,
  { eventId }: { readonly eventId: string },
): Promise<Result<SettleOutcome, "no_payment">> {
  const row = await readToldPayment(deps, eventId);
  return row ? ok(await settleAlone(deps, row)) : err("no_payment");
}
