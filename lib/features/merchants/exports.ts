import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, type Proven, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { type Db, inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { ExportForm } from "./schema";

/** Asks for a file of the orders that a list shows: whole e-mail addresses go out with it. A job writes it; who asked is on record. */
export function requestExport(
  deps: Deps,
  viewer: Proven,
  { format, locale, ...query }: ExportForm & { locale: string },
): Promise<Result<{ exportId: string }, "too_many_exports">> {
  return inTransaction<{ exportId: string }, "too_many_exports">(deps.db, async (tx) => {
    const waiting = await tx.exportFile.count({ where: { requestedBy: viewer.userId, state: "waiting" } });
    if (waiting >= limits.exportsWaitingMax) return err("too_many_exports");
    const id = newId();
    const merchantId = merchantScope(viewer);
    await tx.exportFile.create({
      data: { id, merchantId, requestedBy: viewer.userId, format, locale, query: { ...query } },
    });
    await recordAudit(tx, {
      actor: viewer,
      action: "orders.exported",
      subjectKind: "export",
      subjectId: id,
      merchantId,
      detail: { format, status: query.status ?? null, from: query.from ?? null, to: query.to ?? null },
    });
    return ok({ exportId: id });
  });
}

/** The viewer's own files, the newest first: nobody sees what a colleague asked for. */
export const listExports = ({ db }: { readonly db: Db }, viewer: Viewer) =>
  db.exportFile.findMany({
    where: { requestedBy: viewer.userId },
    orderBy: { id: "desc" },
    take: limits.listRowsPerPage,
  });
export type ExportRow = Awaited<ReturnType<typeof listExports>>[number];

/** A file of the viewer's own that can be downloaded now, or null. */
export const findExport = ({ db }: { readonly db: Db }, viewer: Viewer, exportId: string) =>
  db.exportFile.findFirst({ where: { id: exportId, requestedBy: viewer.userId, state: "done" } });

/** A file that is this process's to write, while it keeps moving the lease on. */
export interface TakenExport {
  readonly id: string;
  readonly merchantId: string | null;
  readonly requestedBy: string;
  readonly format: "csv" | "xlsx";
  readonly locale: "zh" | "en";
  readonly query: unknown;
  readonly tries: number;
}

/** Takes the oldest that waits and is nobody's; one that was begun too often is given up. Null: there is none. */
export async function takeExport({ db }: { readonly db: Db }): Promise<TakenExport | null> {
  await db.$executeRaw`
    UPDATE export_file SET state = 'failed', finished_at = clock_timestamp()
     WHERE state = 'waiting' AND tries >= ${limits.exportTriesMax}::int AND leased_until < clock_timestamp()`;
  const [taken] = await db.$queryRaw<TakenExport[]>`
    UPDATE export_file SET tries = tries + 1, row_count = 0, leased_until = clock_timestamp() + make_interval(secs => ${limits.exportLeaseSeconds}::int)
     WHERE id = (SELECT id FROM export_file WHERE state = 'waiting' AND (leased_until IS NULL OR leased_until < clock_timestamp())
                  ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, merchant_id AS "merchantId", requested_by AS "requestedBy", format, locale, query, tries`;
  return taken ?? null;
}

/** Moves the lease on and says how far it is; false when it is no longer this process's. */
export async function keepExport(
  { db }: { readonly db: Db },
  { id, tries }: TakenExport,
  rowCount: number,
): Promise<boolean> {
  const count = await db.$executeRaw`
    UPDATE export_file SET row_count = ${rowCount}::int, leased_until = clock_timestamp() + make_interval(secs => ${limits.exportLeaseSeconds}::int)
     WHERE id = ${id}::uuid AND state = 'waiting' AND tries = ${tries}::int`;
  return count === 1;
}

/** From now on it can be downloaded; false when another process has it meanwhile. */
export async function finishExport(
  { db }: { readonly db: Db },
  { id, tries }: TakenExport,
  { rowCount, byteCount }: { rowCount: number; byteCount: number },
): Promise<boolean> {
  const count = await db.$executeRaw`
    UPDATE export_file SET state = 'done', row_count = ${rowCount}::int, byte_count = ${byteCount}::bigint, leased_until = NULL, finished_at = clock_timestamp()
     WHERE id = ${id}::uuid AND state = 'waiting' AND tries = ${tries}::int`;
  return count === 1;
}

/** The files whose time is over; from now on they are said to be gone. */
export const endExports = ({ db }: { readonly db: Db }): Promise<{ id: string; format: string }[]> =>
  db.$queryRaw`
    UPDATE export_file SET state = 'gone'
     WHERE id = ANY (ARRAY(SELECT id FROM export_file WHERE state = 'done' AND finished_at < clock_timestamp() - make_interval(hours => ${limits.exportHours}::int)
                            ORDER BY finished_at LIMIT ${limits.exportsEndedPerRun}::int))
    RETURNING id, format`;
