import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/**
 * Publishes the drafts whose time has come, each once and on record, and moves what pages say of windows on. It looks before
 * it writes: a statement that changes nothing would still make every kept page stale. Returns how much it changed.
 */
export async function keepTimetable({ db }: Pick<Deps, "db">): Promise<number> {
  const [due, moved] = await Promise.all([
    db.$queryRaw<{ id: string }[]>`
      SELECT id FROM product WHERE status = 'draft' AND publish_at <= clock_timestamp()
       ORDER BY publish_at LIMIT ${limits.timetableRowsPerRun}::int`,
    db.$queryRaw<{ id: string }[]>`
      SELECT id FROM variant
       WHERE (sale_from IS NOT NULL OR sale_until IS NOT NULL OR sale_phase <> 'open')
         AND sale_phase <> CASE WHEN sale_until <= clock_timestamp() THEN 'over' WHEN sale_from > clock_timestamp() THEN 'before' ELSE 'open' END
       LIMIT ${limits.timetableRowsPerRun}::int`,
  ]);
  if (moved.length > 0)
    await db.$executeRaw`
      UPDATE variant
         SET sale_phase = CASE WHEN sale_until <= clock_timestamp() THEN 'over' WHEN sale_from > clock_timestamp() THEN 'before' ELSE 'open' END
       WHERE id = ANY (${moved.map(({ id }) => id)}::uuid[])`;
  return moved.length + (due.length > 0 ? await publish(db, due) : 0);
}

/** Guarded by the state it saw: what somebody published, put off or archived meanwhile is left to them. */
async function publish(db: Deps["db"], due: readonly { id: string }[]): Promise<number> {
  const published = await inTransaction(db, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string; merchantId: string }[]>`
      UPDATE product SET status = 'published', publish_at = NULL, updated_at = date_trunc('milliseconds', clock_timestamp())
       WHERE id = ANY (${due.map(({ id }) => id)}::uuid[]) AND status = 'draft' AND publish_at <= clock_timestamp()
      RETURNING id, merchant_id AS "merchantId"`;
    for (const { id, merchantId } of rows)
      await recordAudit(tx, {
        actor: { kind: "system" },
        action: "product.published_on_time",
        subjectKind: "product",
        subjectId: id,
        merchantId,
      });
    return ok(rows.length);
  });
  return published.ok ? published.value : 0;
}
