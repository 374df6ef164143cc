import { type Keys, newDataKey, open, openDataKey, seal } from "@/lib/platform/crypto";
import type { Db } from "@/lib/platform/db";
import type { RangeSource } from "@/lib/platform/zip";
import { listPieces, readPiece, type Upload } from "./uploads";

type UploadPlace = Pick<Upload, "id" | "merchantId" | "variantId">;

const placeOf = ({ id, merchantId, variantId }: UploadPlace) => ({ merchantId, variantId, batchId: id });
/** A piece opens in its own place of its own upload and in no other. */
const pieceAad = (uploadId: string, start: number): string => `piece|${uploadId}|${start}`;

/** A key for the pieces of a new upload, and the same wrapped for its row. */
export const newUploadKey = (keys: Keys, place: UploadPlace) => newDataKey(keys, placeOf(place));

/** Seals a piece for its place. */
export function sealPiece(
  keys: Keys,
  upload: Pick<Upload, "id" | "merchantId" | "variantId" | "dataKey">,
  piece: { start: number; bytes: Uint8Array },
): Buffer {
  return seal(openDataKey(keys, upload.dataKey, placeOf(upload)), piece.bytes, pieceAad(upload.id, piece.start));
}

/**
 * The bytes of an upload, of which any part can be read. They are opened piece by piece, one piece at a time, and lie nowhere in plain text.
 */
export async function openPieces({ db, keys }: { db: Db; keys: Keys }, upload: Upload): Promise<RangeSource> {
  const dataKey = openDataKey(keys, upload.dataKey, placeOf(upload));
  const pieces = (await listPieces(db, upload.id)).map(({ startByte, byteCount }) => ({
    start: Number(startByte),
    end: Number(startByte) + byteCount,
  }));
  let held: { readonly start: number; readonly bytes: Buffer } | null = null;

  async function bytesAt(start: number): Promise<Buffer> {
    if (held?.start === start) return held.bytes;
    const { ciphertext } = await readPiece(db, upload.id, BigInt(start));
    held = { start, bytes: open(dataKey, ciphertext, pieceAad(upload.id, start)) };
    return held.bytes;
  }

  async function* read(from = 0, to = Number(upload.byteCount)): AsyncGenerator<Buffer> {
    for (const { start, end } of pieces) {
      if (end <= from || start >= to) continue;
      const bytes = await bytesAt(start);
      yield bytes.subarray(Math.max(0, from - start), Math.min(end, to) - start);
    }
  }

  return { byteCount: Number(upload.byteCount), read };
}
