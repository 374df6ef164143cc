import { compareClose } from "@/lib/features/reports/compare-close";
import { readDaySums } from "@/lib/features/reports/day-sums";
import type { Correction } from "@/lib/features/reports/rules";
import { findNextDay, insertClose, type NextDay, readClosesBefore } from "@/lib/features/reports/store";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { canMail } from "./mail-order-link";

/** A letter for every admin who wants one. */
async function mailAdmins(tx: Tx, deps: Deps, day: string): Promise<void> {
  const status = canMail(deps) ? "queued" : "not_configured";
  const admins = await tx.appUser.findMany({
    where: { role: "admin", status: "active", closeMail: { not: null } },
    orderBy: { id: "asc" },
    take: limits.adminsMailedMax,
    select: { email: true, closeMail: true },
  });
  for (const { email, closeMail } of admins)
    await tx.$executeRaw`
      INSERT INTO mail (id, kind, close_day, recipient, locale, status)
      VALUES (${newId()}::uuid, 'daily_close', ${day}::date, ${email}, ${closeMail}, ${status})
      ON CONFLICT (close_day, recipient) WHERE close_day IS NOT NULL DO NOTHING`;
}

/** What is different now of the days that were closed last. The past stays as it is; the difference is the new day's to say. */
async function findCorrections(tx: Tx, day: string): Promise<Correction[]> {
  const corrections: Correction[] = [];
  for (const close of await readClosesBefore(tx, day, limits.closesLookedBack))
    for (const figure of await compareClose(tx, close)) corrections.push({ ...figure, ofDay: close.day });
  return corrections;
}

async function closeDay(tx: Tx, deps: Deps, next: NextDay, timeZone: string): Promise<void> {
  const figures = await readDaySums(tx, next);
  const corrections = next.isLatest ? await findCorrections(tx, next.day) : [];
  const hash = await insertClose(tx, { ...next, timeZone }, { figures, corrections });
  if (next.isLatest) await mailAdmins(tx, deps, next.day);
  deps.log.info("day.closed", {
    day: next.day,
    figures: figures.length,
    corrections: corrections.length,
    hash: Buffer.from(hash).toString("hex"),
  });
}

/**
 * Closes the days that are over, in their order and each once: its figures, what is to be corrected of days before, and the letters about it
 * commit together. One process at a time; a day that is closed is never closed again. Returns how many it closed.
 */
export async function closeDays(deps: Deps, timeZone: string): Promise<number> {
  for (let closed = 0; closed < limits.closesPerRun; closed++) {
    const step = await inTransaction(deps.db, async (tx) => {
      const [lock] = await tx.$queryRaw<
        [{ isMine: boolean }]
      >`SELECT pg_try_advisory_xact_lock(7270736900030) AS "isMine"`;
      const next = lock.isMine ? await findNextDay(tx, timeZone) : null;
      if (!next?.isDue) return ok(false);
      await closeDay(tx, deps, next, timeZone);
      return ok(true);
    });
    if (!step.ok || !step.value) return closed;
  }
  return limits.closesPerRun;
}
