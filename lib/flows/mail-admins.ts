import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { canMail } from "./mail-order-link";

interface Alarm {
  readonly kind: "invariant_broken" | "cache_drift" | "dispute_for_admin";
  readonly findingId?: string;
  readonly disputeId?: string;
  /** For so long one letter is enough. */
  readonly pauseMinutes: number;
  /** Whether that is so when it was sent, too; otherwise only while it waits. */
  readonly countsSent: boolean;
}

/** A letter for every admin, unless one of this kind was written a moment ago: a letter tells of everything that is so when it is sent. */
export async function mailAdmins(tx: Tx, deps: Pick<Deps, "env">, alarm: Alarm): Promise<void> {
  const { kind, findingId = null, disputeId = null, pauseMinutes, countsSent } = alarm;
  const status = canMail(deps) ? "queued" : "not_configured";
  const admins = await tx.appUser.findMany({
    where: { role: "admin", status: "active" },
    select: { email: true },
    take: limits.adminsMailedMax,
  });
  for (const { email } of admins) {
    await tx.$executeRaw`
      INSERT INTO mail (id, kind, finding_id, dispute_id, recipient, locale, status)
      SELECT ${newId()}::uuid, ${kind}, ${findingId}::uuid, ${disputeId}::uuid, ${email}, 'zh', ${status}
       WHERE NOT EXISTS (SELECT 1 FROM mail WHERE kind = ${kind} AND recipient = ${email} AND (${countsSent} OR status = ${status})
                            AND created_at > now() - make_interval(mins => ${pauseMinutes}::int))`;
  }
}

/** Tells the admins that a dispute is theirs to see to. One letter that waits to be sent tells of all that there are by then. */
export const mailAdminsOfDispute = (tx: Tx, deps: Pick<Deps, "env">, disputeId: string): Promise<void> =>
  mailAdmins(tx, deps, {
    kind: "dispute_for_admin",
    disputeId,
    pauseMinutes: limits.disputeMailPauseMinutes,
    countsSent: false,
  });
