import { err, ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";
import { canMail } from "./mail-order-link";

/**
 * Queues the mail about a delivery once more, under an id of the caller's, so that doing it again queues nothing: what was sent, or waits to
 * be, is not sent twice. What failed before stays on record beside it.
 */
export async function resendDeliveryMail(
  deps: Deps,
  { mailId, orderId }: { readonly mailId: string; readonly orderId: string },
): Promise<Result<null, "mail_not_configured" | "mailed_already" | "not_delivered">> {
  if (!canMail(deps)) return err("mail_not_configured");
  const order = await deps.db.order.findUnique({ where: { id: orderId }, select: { status: true } });
  if (order?.status !== "delivered") return err("not_delivered");
  const queued = await deps.db.$executeRaw`
    INSERT INTO mail (id, kind, order_id, recipient, locale, status)
    SELECT ${mailId}::uuid, 'order_delivered', o.id, o.email, o.locale, 'queued' FROM orders o
     WHERE o.id = ${orderId}::uuid AND o.status = 'delivered' AND o.email <> ''
       AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.order_id = o.id AND m.kind = 'order_delivered' AND m.status IN ('queued', 'sent'))
    ON CONFLICT (id) DO NOTHING`;
  if (queued === 1) return ok(null);
  const isMine = (await deps.db.mail.count({ where: { id: mailId } })) === 1;
  return isMine ? ok(null) : err("mailed_already");
}
