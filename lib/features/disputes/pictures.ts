import { createHash } from "node:crypto";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { mediaStoreOf } from "@/lib/platform/media-store";
import { encodePicture, type PictureRefusal } from "@/lib/platform/picture";
import { isOpen } from "./rules";
import { lockDispute } from "./store";

export type EvidenceRefusal = PictureRefusal | "too_many_pictures" | "dispute_closed" | "not_found";

/**
 * Keeps a picture of an open dispute, encoded anew as those of products are, in a folder that no public address reaches; the caller has
 * established that its buyer sends it. The file is there before the row is; the same picture twice is one.
 */
export async function keepEvidencePicture(
  deps: Deps,
  disputeId: string,
  bytes: Buffer,
): Promise<Result<null, EvidenceRefusal>> {
  const encoded = await encodePicture(bytes);
  if (!encoded.ok) return encoded;
  const { large, width, height } = encoded.value;
  const name = createHash("sha256").update(large).digest("hex").slice(0, 32);
  await mediaStoreOf(deps, "evidence").put(`${name}.webp`, large);
  return inTransaction<null, EvidenceRefusal>(deps.db, async (tx) => {
    const dispute = await lockDispute(tx, disputeId);
    if (!dispute) return err("not_found");
    if (!isOpen(dispute.status)) return err("dispute_closed");
    const known = await tx.disputePicture.findMany({ where: { disputeId }, select: { name: true } });
    if (known.some((one) => one.name === name)) return ok(null);
    if (known.length >= limits.disputePicturesMax) return err("too_many_pictures");
    await tx.$executeRaw`
      INSERT INTO dispute_picture (id, dispute_id, name, width, height, byte_count)
      VALUES (${newId()}::uuid, ${disputeId}::uuid, ${name}, ${width}::int, ${height}::int, ${large.length}::int)`;
    return ok(null);
  });
}

/** Whose pictures are asked for: those of an order whose holder asks, or of whatever a viewer of the back office may see. */
export type PictureAsker = { readonly orderId: string } | { readonly viewer: Viewer };

/** The bytes of a picture, for whoever may see its dispute; null for a missing and for a foreign one alike. */
export async function readEvidencePicture(
  deps: Deps,
  asker: PictureAsker,
  pictureId: string,
): Promise<Buffer<ArrayBuffer> | null> {
  const orderId = "orderId" in asker ? asker.orderId : null;
  const scope = "viewer" in asker ? merchantScope(asker.viewer) : null;
  const rows = await deps.db.$queryRaw<{ name: string }[]>`
    SELECT p.name FROM dispute_picture p JOIN dispute d ON d.id = p.dispute_id
     WHERE p.id = ${pictureId}::uuid AND (${orderId}::uuid IS NULL OR d.order_id = ${orderId}::uuid)
       AND (${scope}::uuid IS NULL OR d.merchant_id = ${scope}::uuid)`;
  return rows[0] ? mediaStoreOf(deps, "evidence").read(`${rows[0].name}.webp`) : null;
}
