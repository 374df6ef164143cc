import { newId } from "@/lib/kernel/id";
import type { Tx } from "@/lib/platform/db";

/**
 * Differences that a person must know of. `owed_order` and `unfillable_order` (its rows do not
 * add up) close themselves when the order is filled, `unknown_order` and
 * `unjudged_payment` when the payment is judged after all, and those about money when it has been given back.
 */
export type FindingKind =
  | "owed_order"
  | "unfillable_order"
  | "double_payment"
  | "amount_mismatch"
  | "currency_mismatch"
  | "unknown_order"
  | "trade_reused"
  | "unreadable_amount"
  | "unjudged_payment"
  | "refunded_outside"
  | "refund_failed"
  | "refund_stuck"
  | "refund_mismatch"
  | "dispute"
  | "invariant_broken";

export interface FindingDraft {
  readonly kind: FindingKind;
  /** What makes it one finding however often it is found. */
  readonly subject: string;
  readonly orderId?: string;
  readonly eventId?: string;
  readonly detail?: Record<string, string>;
}

/** Opens a finding, or leaves the one that is there: the same difference found again is the same finding. */
export async function openFinding(
  tx: Tx,
  { kind, subject, orderId, eventId, detail = {} }: FindingDraft,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO finding (id, kind, subject, order_id, event_id, detail)
    VALUES (${newId()}::uuid, ${kind}, ${subject}, ${orderId ?? null}::uuid, ${eventId ?? null}::uuid, ${JSON.stringify(detail)}::jsonb)
    ON CONFLICT (kind, subject) DO NOTHING`;
}

/** Opens a finding again whose difference has come back; nothing happens to one that is open. */
export async function reopenFinding(tx: Tx, { kind, subject }: Pick<FindingDraft, "kind" | "subject">): Promise<void> {
  await tx.$executeRaw`
    UPDATE finding SET status = 'open', resolved_at = NULL, resolution = NULL, opened_at = now()
     WHERE kind = ${kind} AND subject = ${subject} AND status = 'resolved'`;
}

/** Closes a finding whose difference is gone; nothing happens when there is none open. */
export async function resolveFinding(
  tx: Tx,
  { kind, subject, resolution }: { kind: FindingKind; subject: string; resolution: string },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE finding SET status = 'resolved', resolved_at = now(), resolution = ${resolution}
     WHERE kind = ${kind} AND subject = ${subject} AND status = 'open'`;
}
