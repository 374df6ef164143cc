import { newId } from "@/lib/kernel/id";
import { err, ok, type Result } from "@/lib/kernel/result";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, sqlStateOf, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { mayShow } from "./pictures";
import { changedFields } from "./rules";
import type { ProductForm } from "./schema";

export type ProductRefusal =
  | "not_found"
  | "conflict"
  | "slug_taken"
  | "category_unknown"
  | "picture_unknown"
  | "merchant_required";

type Fields = Omit<ProductForm, "productId" | "updatedAt">;

/**
 * Creates or changes a product of the viewer's own shop, with its audit event. A form that was opened before somebody
 * else's change is refused as `conflict`; a foreign product is not found.
 */
export async function saveProduct(
  deps: Deps,
  viewer: Viewer,
  { productId, updatedAt, ...fields }: ProductForm,
): Promise<Result<{ productId: string }, ProductRefusal>> {
  return refusingTakenSlug(() =>
    inTransaction<{ productId: string }, ProductRefusal>(deps.db, async (tx) => {
      const category = await tx.category.findUnique({ where: { id: fields.categoryId }, select: { id: true } });
      if (!category) return err("category_unknown");
      if (productId === "") return createProduct(tx, viewer, fields);
      return changeProduct(tx, viewer, { productId, readAt: new Date(updatedAt), now: deps.clock.now(), fields });
    }),
  );
}

async function createProduct(
  tx: Tx,
  viewer: Viewer,
  fields: Fields,
): Promise<Result<{ productId: string }, ProductRefusal>> {
  // A platform has many shops: an admin edits what is there, and a merchant adds to their own.
  if (viewer.kind !== "merchant") return err("merchant_required");
  const { merchantId } = viewer;
  if (!(await mayShow(tx, merchantId, fields.picture))) return err("picture_unknown");
  const productId = newId();
  const position = await tx.product.count({ where: { merchantId } });
  await tx.product.create({ data: { id: productId, merchantId, position, ...fields } });
  await recordAudit(tx, {
    actor: viewer,
    action: "product.created",
    subjectKind: "product",
    subjectId: productId,
    merchantId,
    detail: { slug: fields.slug, status: fields.status },
  });
  return ok({ productId });
}

interface Change {
  readonly productId: string;
  readonly readAt: Date;
  readonly now: number;
  readonly fields: Fields;
}

async function changeProduct(
  tx: Tx,
  viewer: Viewer,
  { productId, readAt, now, fields }: Change,
): Promise<Result<{ productId: string }, ProductRefusal>> {
  const before = await tx.product.findFirst({ where: { id: productId, ...ownedBy(viewer) } });
  if (!before) return err("not_found");
  const isSamePicture = before.picture === fields.picture;
  if (!isSamePicture && !(await mayShow(tx, before.merchantId, fields.picture))) return err("picture_unknown");
  const { count } = await tx.product.updateMany({
    where: { id: productId, updatedAt: readAt, ...ownedBy(viewer) },
    // Never the same instant twice, or two saves in one millisecond would not see each other.
    data: { ...fields, updatedAt: new Date(Math.max(now, before.updatedAt.getTime() + 1)) },
  });
  if (count === 0) return err("conflict");
  await recordAudit(tx, {
    actor: viewer,
    action: "product.changed",
    subjectKind: "product",
    subjectId: productId,
    merchantId: before.merchantId,
    detail: { fields: changedFields(before, fields).join(" "), status: fields.status },
  });
  return ok({ productId });
}

/** The unique index decides who has an address; its refusal is an answer, not an accident. */
async function refusingTakenSlug<T>(run: () => Promise<Result<T, ProductRefusal>>): Promise<Result<T, ProductRefusal>> {
  try {
    return await run();
  } catch (error) {
    if (isUniqueViolation(error)) return err("slug_taken");
    throw error;
  }
}

/** Whether the database refused a row because its name is taken. */
export const isUniqueViolation = (error: unknown): boolean =>
  sqlStateOf(error) === "23505" || (error as { code?: unknown } | null)?.code === "P2002";

export interface Halt {
  readonly productId: string;
  readonly reason: string;
}

type Admin = Extract<Viewer, { kind: "admin" }>;

/** For admins, because a merchant must not lift what the platform has stopped. Takes a product off sale at once, whatever its status, with a reason on record. A halted one stays as it is. */
export const haltProduct = (
  deps: Deps,
  viewer: Admin,
  { productId, reason }: Halt,
): Promise<Result<null, "not_found" | "held_by_audit">> => setHalt(deps, viewer, { productId, reason });

/** Puts a halted product back on sale; not while a finding of the audit holds it, which is closed on the proof page. */
export const resumeProduct = (
  deps: Deps,
  viewer: Admin,
  productId: string,
): Promise<Result<null, "not_found" | "held_by_audit">> => setHalt(deps, viewer, { productId, reason: null });

function setHalt(
  deps: Deps,
  viewer: Admin,
  { productId, reason }: { productId: string; reason: string | null },
): Promise<Result<null, "not_found" | "held_by_audit">> {
  return inTransaction<null, "not_found" | "held_by_audit">(deps.db, async (tx) => {
    const product = await tx.product.findFirst({ where: { id: productId } });
    if (!product) return err("not_found");
    if ((product.haltedAt !== null) === (reason !== null)) return ok(null);
    const held = {
      kind: "invariant_broken",
      status: { in: ["open", "in_work"] },
      subject: { endsWith: `/${productId}` },
    };
    if (reason === null && (await tx.finding.findFirst({ where: held, select: { id: true } })))
      return err("held_by_audit");
    const haltedAt = reason === null ? null : new Date(deps.clock.now());
    await tx.product.updateMany({
      where: { id: productId },
      data: { haltedAt, haltedReason: reason },
    });
    await recordAudit(tx, {
      actor: viewer,
      action: reason === null ? "product.resumed" : "product.halted",
      subjectKind: "product",
      subjectId: productId,
      merchantId: product.merchantId,
      detail: { reason },
    });
    return ok(null);
  });
}
