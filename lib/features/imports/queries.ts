import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";

/** How far an import is. */
export interface UploadProgress {
  readonly state: string;
  readonly byteCount: number;
  readonly receivedBytes: number;
  readonly lines: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** Since a job has taken it up. */
  readonly seconds: number;
}

/** How far an upload of the viewer's own shop is, by the database's clock; null when it is not there. */
export async function findUploadProgress(db: Db, viewer: Viewer, id: string): Promise<UploadProgress | null> {
  const upload = await db.cardUpload.findFirst({
    where: { id, ...ownedBy(viewer) },
    select: {
      state: true,
      byteCount: true,
      receivedBytes: true,
      batch: { select: { lineCount: true, acceptedCount: true, duplicateCount: true, rejectedCount: true } },
    },
  });
  if (!upload) return null;
  const [clock] = await db.$queryRaw<{ seconds: number }[]>`
    SELECT coalesce(extract(epoch FROM coalesce(finished_at, clock_timestamp()) - started_at), 0)::float8 AS seconds
      FROM card_upload WHERE id = ${id}::uuid`;
  return {
    state: upload.state,
    byteCount: Number(upload.byteCount),
    receivedBytes: Number(upload.receivedBytes),
    lines: upload.batch?.lineCount ?? 0,
    accepted: upload.batch?.acceptedCount ?? 0,
    duplicate: upload.batch?.duplicateCount ?? 0,
    rejected: upload.batch?.rejectedCount ?? 0,
    seconds: clock?.seconds ?? 0,
  };
}
