import { writeGlassLetter } from "@/lib/features/notifications/glass-letter";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { sendLetter } from "@/lib/platform/mail";
import { canMail } from "./mail-order-link";

interface Untold {
  readonly id: bigint;
  readonly merchantId: string;
  readonly cardIds: string[];
  readonly reason: string;
}

/**
 * Mails every active person of a merchant whose card an admin has opened, at least once and with a stable id. Without a mail server
 * nothing is sent: the notice stands on their vault's page from the moment of the opening, and waits to be mailed.
 */
export async function tellOfGlass(deps: Deps): Promise<number> {
  if (!canMail(deps)) return 0;
  const untold = await deps.db.$queryRaw<Untold[]>`
    SELECT id, merchant_id::text AS "merchantId", card_ids::text[] AS "cardIds", reason FROM vault_reveal
     WHERE purpose = 'break_glass' AND told_at IS NULL ORDER BY id LIMIT ${limits.listRowsPerPage}::int`;
  let told = 0;
  for (const { id, merchantId, cardIds, reason } of untold) {
    const people = await deps.db.appUser.findMany({
      where: { merchantId, status: "active" },
      orderBy: { id: "asc" },
      take: limits.adminsMailedMax,
      select: { id: true, email: true },
    });
    const link = `${deps.env.publicUrl}/zh/merchant/vault/${toPublicId("card", cardIds[0] as string)}`;
    const letter = writeGlassLetter({ link, reason, count: cardIds.length });
    try {
      for (const person of people)
        await sendLetter(deps, { ...letter, to: person.email, messageId: `<glass-${id}-${person.id}@kapu>` });
    } catch (error) {
      deps.log.warn("glass.not_told", { id: id.toString() }, error);
      return told;
    }
    await deps.db.$executeRaw`UPDATE vault_reveal SET told_at = clock_timestamp() WHERE id = ${id} AND told_at IS NULL`;
    told += 1;
  }
  return told;
}
