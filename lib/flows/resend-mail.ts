import { lockOrder, postEvent } from "@/lib/features/orders/store";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { canMail } from "./mail-order-link";

type Refusal = "mail_not_configured" | "mailed_already" | "not_delivered";

const wasAnnounced = async (tx: Tx, orderId: string): Promise<boolean> =>
  (await tx.outbox.count({ where: { orderId, kind: "order.delivered" } })) > 0;

/**
 * Sees to it that a buyer hears of a delivery: one that was never announced is announced, and mails and webhooks follow as always; a mail that
 * was never written is written in its place; one that failed stays on record, and another is queued beside it, under an id of the caller's.
 * What was sent, or waits to be, is not sent twice.
 */
export function resendDeliveryMail(
  deps: Deps,
  { mailId, orderId }: { readonly mailId: string; readonly orderId: string },
): Promise<Result<null, Refusal>> {
  return inTransaction<null, Refusal>(deps.db, async (tx) => {
    if (!canMail(deps)) return err("mail_not_configured");
    const order = await lockOrder(tx, orderId);
    if (order?.status !== "delivered") return err("not_delivered");
    if (!(await wasAnnounced(tx, orderId))) {
      await postEvent(tx, "order.delivered", orderId);
      return ok(null);
    }
    const queued = await tx.$executeRaw`
      INSERT INTO mail (id, outbox_id, kind, order_id, recipient, locale, status)
      SELECT ${mailId}::uuid, (SELECT b.id FROM outbox b WHERE b.order_id = o.id AND b.kind = 'order.delivered'
                                  AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.outbox_id = b.id) ORDER BY b.id LIMIT 1),
             'order_delivered', o.id, o.email, o.locale, 'queued' FROM orders o
       WHERE o.id = ${orderId}::uuid AND o.email <> ''
         AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.order_id = o.id AND m.kind = 'order_delivered' AND m.status IN ('queued', 'sent'))
      ON CONFLICT (id) DO NOTHING`;
    if (queued === 1) return ok(null);
    const isMine = (await tx.mail.count({ where: { id: mailId } })) === 1;
    return isMine ? ok(null) : err("mailed_already");
  });
}
