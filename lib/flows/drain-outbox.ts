import { queueDeliveries } from "@/lib/features/webhooks/deliveries";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { canMail } from "./mail-order-link";

/** What an event becomes in the mailbox; an event without an entry concerns nobody's mail. */
const MAIL_OF = {
  "order.delivered": "order_delivered",
  "order.owed": "order_owed",
  "card.replaced": "card_replaced",
  "refund.requested": "refund_under_way",
  "refund.succeeded": "refund_done",
  "refund.failed": "refund_failed",
  "refund.cancelled": "refund_cancelled",
} as const;

/** The mails that an event becomes; for whoever says beforehand what will be sent. */
export const mailOf = (kind: keyof typeof MAIL_OF): string => MAIL_OF[kind];

interface Row {
  readonly id: bigint;
  readonly kind: string;
  readonly orderId: string;
  readonly refundId: string | null;
}

/** Writes the mails of a batch of events at once; returns those that are there since now. */
async function queueMails(tx: Tx, rows: readonly Row[], status: "queued" | "not_configured"): Promise<string[]> {
  const mails = rows.flatMap((row) => {
    const kind = MAIL_OF[row.kind as keyof typeof MAIL_OF];
    return kind ? [{ id: newId(), outboxId: row.id, kind, orderId: row.orderId, refundId: row.refundId }] : [];
  });
  if (mails.length === 0) return [];
  const written = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO mail (id, outbox_id, kind, order_id, refund_id, recipient, locale, status)
    SELECT m.id, m.outbox_id, m.kind, o.id, m.refund_id, o.email, o.locale, ${status}
      FROM unnest(${mails.map((mail) => mail.id)}::uuid[], ${mails.map((mail) => mail.outboxId)}::bigint[],
                  ${mails.map((mail) => mail.kind)}::text[], ${mails.map((mail) => mail.orderId)}::uuid[],
                  ${mails.map((mail) => mail.refundId)}::uuid[]) AS m (id, outbox_id, kind, order_id, refund_id)
      JOIN orders o ON o.id = m.order_id
    ON CONFLICT (outbox_id, kind) WHERE outbox_id IS NOT NULL DO NOTHING RETURNING id`;
  return written.map(({ id }) => id);
}

/** Adds a job in the transaction of the row that asks for it. */
export type AddJob = (tx: Tx, name: "send-mail", payload: { readonly mailId: string }) => Promise<void>;

/**
 * Turns outbox rows into mails, jobs and webhooks: the row is marked in the same transaction, so each becomes exactly one of each, and
 * two drainers share the work. A mail without SMTP is kept as `not_configured` for the admin to see. Returns the rows done.
 */
export async function drainOutbox(deps: Deps, addJob: AddJob): Promise<number> {
  const result = await inTransaction(deps.db, async (tx) => {
    const rows = await tx.$queryRaw<Row[]>`
      UPDATE outbox SET drained_at = clock_timestamp()
       WHERE id = ANY (ARRAY(SELECT id FROM outbox WHERE drained_at IS NULL ORDER BY id LIMIT ${limits.outboxRowsPerRun}::int FOR UPDATE SKIP LOCKED))
      RETURNING id, kind, order_id AS "orderId", refund_id AS "refundId"`;
    await queueDeliveries(tx, rows);
    const status = canMail(deps) ? "queued" : "not_configured";
    const mailIds = await queueMails(tx, rows, status);
    if (status === "queued") for (const mailId of mailIds) await addJob(tx, "send-mail", { mailId });
    return ok(rows.length);
  });
  return result.ok ? result.value : 0;
}
