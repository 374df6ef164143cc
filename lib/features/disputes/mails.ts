import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";
import type { AnyOutcome, DisputeState } from "./rules";

export type BuyersMailKind =
  | "dispute_received"
  | "dispute_answered"
  | "dispute_escalated"
  | "dispute_decided"
  | "dispute_closed";

type MailState = "queued" | "not_configured";

/** A mail to the buyer, in the language of the order, in the transaction of what it tells; none where the order names no address. */
export async function mailBuyer(tx: Tx, disputeId: string, kind: BuyersMailKind, status: MailState): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO mail (id, kind, order_id, dispute_id, recipient, locale, status)
    SELECT ${newId()}::uuid, ${kind}, o.id, d.id, o.email, o.locale, ${status} FROM dispute d JOIN orders o ON o.id = d.order_id
     WHERE d.id = ${disputeId}::uuid AND o.email <> ''`;
}

/** The same to everybody of the merchant's: something waits for them. */
export async function mailMerchant(tx: Tx, disputeId: string, status: MailState): Promise<void> {
  const people = await tx.$queryRaw<{ email: string }[]>`
    SELECT u.email FROM dispute d JOIN app_user u ON u.merchant_id = d.merchant_id AND u.status = 'active'
     WHERE d.id = ${disputeId}::uuid ORDER BY u.id LIMIT ${limits.adminsMailedMax}::int`;
  for (const { email } of people)
    await tx.$executeRaw`
      INSERT INTO mail (id, kind, dispute_id, recipient, locale, status)
      VALUES (${newId()}::uuid, 'dispute_for_merchant', ${disputeId}::uuid, ${email}, 'zh', ${status})`;
}

/** What the mails of a dispute say; no text that anybody wrote but the reason of the decision. */
export interface MailedDispute {
  readonly id: string;
  readonly orderNumber: string;
  readonly position: number | null;
  readonly status: DisputeState;
  readonly dueAt: Date | null;
  readonly outcome: AnyOutcome | null;
  readonly reason: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
}

/** A dispute as it stands when its mail is written, or null. */
export async function findMailedDispute(db: Db, disputeId: string): Promise<MailedDispute | null> {
  const rows = await db.$queryRaw<MailedDispute[]>`
    SELECT d.id, o.number AS "orderNumber", d.position, d.status, d.due_at AS "dueAt", x.outcome, x.reason, x.amount_minor AS "amountMinor", x.currency
      FROM dispute d JOIN orders o ON o.id = d.order_id
      LEFT JOIN LATERAL (SELECT * FROM dispute_decision WHERE dispute_id = d.id AND state = 'done' ORDER BY at DESC LIMIT 1) x ON true
     WHERE d.id = ${disputeId}::uuid`;
  return rows[0] ?? null;
}
