import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { orderToken, sha256 } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import { takeTurn } from "@/lib/platform/rate-limit";
import type { OrderAccess } from "./look-up-order";

/** Whether a link can be mailed at all: without SMTP no mail is promised. */
export const canMail = ({ env }: Pick<Deps, "env">): boolean => env.smtpUrl !== null;

/**
 * Queues a mail with a one-use link when the number and the e-mail belong together. The caller hears the same either way,
 * and the answer does not wait for the mail.
 */
export async function mailOrderLink(
  deps: Deps,
  { number, email, addressKey }: { number: string; email: string; addressKey: string },
): Promise<Result<null, "rate_limited">> {
  const limit = { name: "order-link", points: limits.lookupFailuresPerAddress, seconds: limits.lookupWindowSeconds };
  if (!(await takeTurn(deps, limit, addressKey))) return err("rate_limited");
  const status = canMail(deps) ? "queued" : "not_configured";
  await deps.db.$executeRaw`
    INSERT INTO mail (id, kind, order_id, recipient, locale, status)
    SELECT ${newId()}::uuid, 'order_link', id, email, locale, ${status} FROM orders
     WHERE number = ${number.trim().toUpperCase()} AND email = ${email.trim().toLowerCase()}
       AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.order_id = orders.id AND m.kind = 'order_link'
                        AND m.created_at > now() - make_interval(mins => ${limits.orderLinkPauseMinutes}::int))`;
  return ok(null);
}

/** Turns a mailed link into access, once: the second use of the same link, a late one and a wrong one are the same refusal. */
export async function redeemOrderLink(
  deps: Deps,
  { linkToken }: { linkToken: Secret },
): Promise<Result<OrderAccess, "not_found">> {
  const rows = await deps.db.$queryRaw<{ orderId: string }[]>`
    UPDATE order_link SET used_at = now()
     WHERE token_hash = ${sha256(linkToken.reveal())} AND used_at IS NULL AND expires_at > now() RETURNING order_id AS "orderId"`;
  if (!rows[0]) return err("not_found");
  return ok({ orderId: rows[0].orderId, token: orderToken(deps.keys, rows[0].orderId) });
}
