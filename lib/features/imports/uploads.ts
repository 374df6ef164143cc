import type { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import type { Db, Tx } from "@/lib/platform/db";
import type { FileFault, Reading } from "./rules";

const COLUMNS = {
  id: true,
  merchantId: true,
  variantId: true,
  createdBy: true,
  name: true,
  byteCount: true,
  receivedBytes: true,
  state: true,
  keyId: true,
  dataKey: true,
  reading: true,
  expectedLines: true,
  batchId: true,
  note: true,
  source: true,
  unitCostMinor: true,
  costCurrency: true,
  cardsExpireAt: true,
  warrantyDays: true,
  isPublishRequested: true,
  poolId: true,
  failure: true,
  failureLine: true,
  createdAt: true,
  startedAt: true,
} as const;

const readUpload = (db: Db | Tx, where: Prisma.CardUploadWhereInput) =>
  db.cardUpload.findFirst({ where, select: COLUMNS });
export type Upload = NonNullable<Awaited<ReturnType<typeof readUpload>>>;

/** An upload of the viewer's own shop, or null. */
export const findUpload = (db: Db | Tx, viewer: Viewer, id: string): Promise<Upload | null> =>
  readUpload(db, { id, ...ownedBy(viewer) });

/**
 * An upload that this person began, or null: before it is imported its bytes can be looked at, and nobody but who brought them may.
 */
export const findOwnUpload = (db: Db | Tx, viewer: Viewer, id: string): Promise<Upload | null> =>
  readUpload(db, { id, ...ownedBy(viewer), createdBy: viewer.userId });

/** What this person has begun and not brought to its end, the newest first. */
export const listOpenUploads = (db: Db, viewer: Viewer): Promise<Upload[]> =>
  db.cardUpload.findMany({
    where: { ...ownedBy(viewer), createdBy: viewer.userId, state: { in: ["receiving", "received", "importing"] } },
    orderBy: { createdAt: "desc" },
    take: limits.importUploadsOpenMax,
    select: COLUMNS,
  });

export interface UploadOpening {
  readonly id: string;
  readonly merchantId: string;
  readonly variantId: string;
  readonly createdBy: string;
  readonly name: string;
  readonly byteCount: bigint;
  readonly keyId: string;
  readonly dataKey: Uint8Array;
}

/** Opens an upload; false when its merchant has as many open ones as there may be. */
export async function openUpload(tx: Tx, { dataKey, ...columns }: UploadOpening): Promise<boolean> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${columns.merchantId}, 14))::text`;
  const open = await tx.cardUpload.count({
    where: { merchantId: columns.merchantId, state: { in: ["receiving", "received"] } },
  });
  if (open >= limits.importUploadsOpenMax) return false;
  await tx.cardUpload.create({ data: { ...columns, dataKey: Uint8Array.from(dataKey) } });
  return true;
}

export interface Piece {
  readonly uploadId: string;
  readonly start: number;
  readonly byteCount: number;
  readonly ciphertext: Uint8Array;
}

/** Adds the next piece; false when the upload is elsewhere by now: the piece was there, or another came first, or it was cancelled. */
export async function addPiece(tx: Tx, { uploadId, start, byteCount, ciphertext }: Piece): Promise<boolean> {
  const moved = await tx.$executeRaw`
    UPDATE card_upload
       SET received_bytes = received_bytes + ${byteCount}::int, heartbeat_at = clock_timestamp(),
           state = CASE WHEN received_bytes + ${byteCount}::int = byte_count THEN 'received' ELSE state END
     WHERE id = ${uploadId}::uuid AND state = 'receiving' AND received_bytes = ${start}::bigint
       AND received_bytes + ${byteCount}::int <= byte_count`;
  if (moved === 0) return false;
  await tx.cardUploadPiece.create({
    data: { uploadId, startByte: BigInt(start), byteCount, ciphertext: Uint8Array.from(ciphertext) },
  });
  return true;
}

/** Where the pieces of an upload lie, in order. */
export const listPieces = (db: Db, uploadId: string) =>
  db.cardUploadPiece.findMany({
    where: { uploadId },
    orderBy: { startByte: "asc" },
    select: { startByte: true, byteCount: true },
  });

/** One piece, sealed. */
export const readPiece = (db: Db, uploadId: string, startByte: bigint) =>
  db.cardUploadPiece.findUniqueOrThrow({
    where: { uploadId_startByte: { uploadId, startByte } },
    select: { ciphertext: true },
  });

/** The bytes have done what they came for. */
export async function dropPieces(tx: Db | Tx, uploadId: string): Promise<void> {
  await tx.cardUploadPiece.deleteMany({ where: { uploadId } });
}

export interface ImportWishes {
  readonly reading: Reading;
  readonly expectedLines: number | null;
  readonly note: string;
  readonly source: string;
  readonly unitCostMinor: bigint | null;
  readonly costCurrency: string | null;
  readonly cardsExpireAt: Date | null;
  readonly warrantyDays: number | null;
  readonly isPublishRequested: boolean;
  readonly poolId: string | null;
}

/** Hands a whole upload over to the job; false when somebody else has, or it was cancelled. */
export async function beginImport(tx: Tx, id: string, { reading, ...wishes }: ImportWishes): Promise<boolean> {
  const { count } = await tx.cardUpload.updateMany({
    where: { id, state: "received" },
    // Whose heart stands at the beginning of time is taken up at once.
    data: {
      ...wishes,
      reading: { ...reading } as Prisma.InputJsonObject,
      state: "importing",
      heartbeatAt: new Date(0),
    },
  });
  return count === 1;
}

/** Takes the import that has waited longest and that nobody is at, by the database's clock; two never take the same one. */
export async function takeDueImport(db: Db): Promise<Upload | null> {
  const [due] = await db.$queryRaw<{ id: string }[]>`
    UPDATE card_upload SET heartbeat_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp())
     WHERE id = (SELECT id FROM card_upload
                  WHERE state = 'importing' AND heartbeat_at < clock_timestamp() - make_interval(secs => ${limits.importStaleSeconds}::int)
                  ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id::text`;
  return due ? readUpload(db, { id: due.id }) : null;
}

/** Says that the import and its batch live; false when it is to go on no more. */
export async function beatImport(db: Db, id: string): Promise<boolean> {
  const beaten = await db.$executeRaw`
    WITH alive AS (
      UPDATE card_upload SET heartbeat_at = clock_timestamp() WHERE id = ${id}::uuid AND state = 'importing' RETURNING batch_id)
    UPDATE batch SET heartbeat_at = clock_timestamp() FROM alive WHERE batch.id = alive.batch_id`;
  return beaten === 1;
}

/** Lets go of an import, for whoever comes next. */
export async function releaseImport(db: Db, id: string): Promise<void> {
  await db.cardUpload.updateMany({ where: { id, state: "importing" }, data: { heartbeatAt: new Date(0) } });
}

/** Ties the batch to the import that fills it; false when the import is over, or has another one. */
export async function attachBatch(tx: Tx, id: string, batch: { from: string | null; to: string }): Promise<boolean> {
  const { count } = await tx.cardUpload.updateMany({
    where: { id, state: "importing", batchId: batch.from },
    data: { batchId: batch.to },
  });
  return count === 1;
}

/** Brings an import to its end, in the transaction that brings its batch to its own. */
export async function finishImport(tx: Tx, id: string, fault: FileFault | null): Promise<boolean> {
  const finished = await tx.$executeRaw`
    UPDATE card_upload SET state = ${fault ? "refused" : "done"}, failure = ${fault?.reason ?? null}, failure_line = ${fault?.line ?? null}::int,
           finished_at = clock_timestamp()
     WHERE id = ${id}::uuid AND state = 'importing'`;
  return finished === 1;
}

/** Ends what is not imported yet, or not to its end; false when it has ended already. */
export async function cancelUpload(tx: Tx, id: string): Promise<boolean> {
  const cancelled = await tx.$executeRaw`
    UPDATE card_upload SET state = 'cancelled', finished_at = clock_timestamp()
     WHERE id = ${id}::uuid AND state IN ('receiving', 'received', 'importing')`;
  return cancelled === 1;
}

/** Uploads that nobody has come back to for days. */
export const listForgottenUploads = (db: Db): Promise<{ id: string }[]> =>
  db.$queryRaw`
    SELECT id::text FROM card_upload
     WHERE state IN ('receiving', 'received') AND heartbeat_at < clock_timestamp() - make_interval(hours => ${limits.importUploadKeptHours}::int)
     LIMIT ${limits.listRowsPerPage}`;
