import { createHash } from "node:crypto";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { type Db, inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { mediaStoreOf } from "@/lib/platform/media-store";
import { encodePicture, type PictureRefusal } from "@/lib/platform/picture";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

const UPLOADED = /^\/api\/media\/([0-9a-f]{32})\.webp$/;
const pathOf = (name: string): string => `/api/media/${name}.webp`;

/**
 * Keeps a picture of a merchant, encoded anew, and answers its address. The files are there before the row is, so that no
 * page ever names a picture that is missing; the same picture twice is one row and one file.
 */
export async function keepPicture(
  deps: Deps,
  viewer: Merchant,
  bytes: Buffer,
): Promise<Result<{ path: string; width: number; height: number }, PictureRefusal | "too_many_pictures">> {
  const { merchantId } = viewer;
  const count = await deps.db.picture.count({ where: { merchantId } });
  if (count >= limits.picturesPerMerchantMax) return err("too_many_pictures");
  const encoded = await encodePicture(bytes);
  if (!encoded.ok) return encoded;
  const { large, small, width, height } = encoded.value;
  const name = createHash("sha256").update(large).digest("hex").slice(0, 32);
  const store = mediaStoreOf(deps);
  await store.put(`${name}-480.webp`, small);
  await store.put(`${name}.webp`, large);
  await inTransaction(deps.db, async (tx) => {
    const id = newId();
    const rows = await tx.$queryRaw<unknown[]>`
      INSERT INTO picture (id, merchant_id, name, width, height, byte_count, created_by)
      VALUES (${id}::uuid, ${merchantId}::uuid, ${name}, ${width}::int, ${height}::int, ${large.length}::int, ${viewer.userId}::uuid)
      ON CONFLICT (merchant_id, name) DO NOTHING RETURNING 1`;
    if (rows.length > 0)
      await recordAudit(tx, {
        actor: viewer,
        action: "picture.uploaded",
        subjectKind: "picture",
        subjectId: id,
        merchantId,
        detail: { name, bytes: large.length },
      });
    return ok(null);
  });
  return ok({ path: pathOf(name), width, height });
}

/** The addresses of a merchant's newest pictures, for choosing one of them. */
export async function listPictures({ db }: { readonly db: Db }, merchantId: string): Promise<readonly string[]> {
  const rows = await db.picture.findMany({
    where: { merchantId },
    orderBy: { id: "desc" },
    take: limits.picturesOffered,
    select: { name: true },
  });
  return rows.map(({ name }) => pathOf(name));
}

/** Whether a product of this merchant may show a picture: a drawn one, or one that the merchant has uploaded. */
export async function mayShow(tx: Tx, merchantId: string, path: string): Promise<boolean> {
  const name = UPLOADED.exec(path)?.[1];
  if (name === undefined) return true;
  return (await tx.picture.findFirst({ where: { merchantId, name }, select: { id: true } })) !== null;
}
