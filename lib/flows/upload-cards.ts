import { newUploadKey, sealPiece } from "@/lib/features/imports/pieces";
import type { UploadDraft } from "@/lib/features/imports/schema";
import {
  addPiece,
  cancelUpload,
  dropPieces,
  findOwnUpload,
  findUpload,
  openUpload,
} from "@/lib/features/imports/uploads";
import { failBatch, findImportTarget } from "@/lib/features/inventory/import-store";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/** Opens a place for a file that somebody is about to send; nothing of it is known yet but its size. */
export async function openCardUpload(
  deps: Deps,
  viewer: Viewer,
  { variantId, name, byteCount }: UploadDraft,
): Promise<Result<{ uploadId: string }, "not_found" | "too_many_uploads">> {
  const merchantId = viewer.kind === "merchant" ? viewer.merchantId : null;
  const target = await findImportTarget(deps.db, { variantId, merchantId });
  if (!target) return err("not_found");
  const place = { id: newId(), merchantId: target.merchantId, variantId };
  const { wrapped, keyId } = newUploadKey(deps.keys, place);
  const opened = await inTransaction<boolean, never>(deps.db, async (tx) =>
    ok(
      await openUpload(tx, {
        ...place,
        createdBy: viewer.userId,
        name,
        byteCount: BigInt(byteCount),
        keyId,
        dataKey: wrapped,
      }),
    ),
  );
  return opened.ok && opened.value ? ok({ uploadId: place.id }) : err("too_many_uploads");
}

/** Text that came in one form, as a file that is here whole. */
export async function pasteCards(
  deps: Deps,
  viewer: Viewer,
  { variantId, text, name = "" }: { variantId: string; text: string; name?: string },
): Promise<Result<{ uploadId: string }, "not_found" | "too_many_uploads" | "offset_conflict">> {
  const bytes = Buffer.from(text);
  const opened = await openCardUpload(deps, viewer, { variantId, name, byteCount: bytes.length });
  if (!opened.ok) return opened;
  async function* body() {
    yield bytes;
  }
  const received = await receiveCardBytes(deps, viewer, { ...opened.value, offset: 0, body: body() });
  return received.ok ? opened : received;
}

/** How far a file has come. */
export interface Received {
  readonly offset: number;
  readonly byteCount: number;
}

/**
 * Takes bytes of a file from an offset on, which must be where the last ones ended. Each whole piece is kept as it comes, sealed, and what
 * came before a connection was cut stays: whoever goes on asks how far it is. Memory is bounded by a piece.
 */
export async function receiveCardBytes(
  deps: Deps,
  viewer: Viewer,
  { uploadId, offset, body }: { uploadId: string; offset: number; body: AsyncIterable<Uint8Array> },
): Promise<Result<Received, "not_found" | "offset_conflict">> {
  const upload = await findOwnUpload(deps.db, viewer, uploadId);
  if (!upload) return err("not_found");
  const byteCount = Number(upload.byteCount);
  if (upload.state !== "receiving" || Number(upload.receivedBytes) !== offset) return err("offset_conflict");
  let at = offset;
  let parts: Uint8Array[] = [];
  let length = 0;

  const keep = async (): Promise<boolean> => {
    if (length === 0) return true;
    const bytes = Buffer.concat(parts);
    [parts, length] = [[], 0];
    const ciphertext = sealPiece(deps.keys, upload, { start: at, bytes });
    const piece = { uploadId, start: at, byteCount: bytes.length, ciphertext };
    const kept = await inTransaction<boolean, never>(deps.db, async (tx) => ok(await addPiece(tx, piece)));
    at += bytes.length;
    return kept.ok && kept.value;
  };

  try {
    for await (const part of body) {
      if (at + length + part.length > byteCount) return err("offset_conflict");
      for (let from = 0; from < part.length; ) {
        const piece = part.subarray(from, from + limits.importPieceBytes - length);
        parts.push(piece);
        [length, from] = [length + piece.length, from + piece.length];
        if (length === limits.importPieceBytes && !(await keep())) return err("offset_conflict");
      }
    }
  } catch (error) {
    // The connection was cut: what had come is kept, and asked for next time.
    await keep();
    throw error;
  }
  return (await keep()) ? ok({ offset: at, byteCount }) : err("offset_conflict");
}

/** How far a file of this person has come, or null. */
export async function askReceived(deps: Deps, viewer: Viewer, uploadId: string): Promise<Received | null> {
  const upload = await findOwnUpload(deps.db, viewer, uploadId);
  return upload && { offset: Number(upload.receivedBytes), byteCount: Number(upload.byteCount) };
}

/**
 * Ends an upload or its import: the bytes are gone, and of an import that was under way no card stays. Cards that are in already are
 * taken away by whoever was importing, and otherwise by the job that clears up. Safe twice; one that has ended is `not_found`.
 */
export async function cancelCardUpload(
  deps: Deps,
  viewer: Viewer,
  uploadId: string,
): Promise<Result<{ uploadId: string }, "not_found" | "already_ended">> {
  const upload = await findUpload(deps.db, viewer, uploadId);
  if (!upload) return err("not_found");
  return inTransaction(deps.db, async (tx) => {
    if (!(await cancelUpload(tx, uploadId))) return err("already_ended");
    const { batchId } = (await findUpload(tx, viewer, uploadId)) ?? upload;
    if (batchId) await failBatch(tx, batchId, "cancelled");
    await dropPieces(tx, uploadId);
    const subject = { subjectKind: "card_upload", subjectId: uploadId, merchantId: upload.merchantId };
    await recordAudit(tx, { actor: viewer, action: "batch.upload_cancelled", ...subject });
    return ok({ uploadId });
  });
}
