import { newId } from "@/lib/kernel/id";
import { MAIN_POOL } from "@/lib/kernel/main-pool";
import { err, ok, type Result } from "@/lib/kernel/result";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { changedFields, judgeTiers, type TierProblem } from "./rules";
import { isUniqueViolation } from "./save-product";
import type { VariantForm } from "./schema";

export type VariantRefusal = "not_found" | "conflict" | "sku_taken" | "currency_fixed" | "presale_past" | TierProblem;

/**
 * Creates or changes a variant with its wholesale prices, and its audit event, in one transaction. `version` is what the
 * form was opened with: if a buyer could have agreed to something else meanwhile, it is a `conflict`.
 */
export async function saveVariant(
  deps: Deps,
  viewer: Viewer,
  form: VariantForm,
): Promise<Result<{ variantId: string }, VariantRefusal>> {
  const judged = judgeTiers(form.tiers, form);
  if (!judged.ok) return judged;
  if (form.presaleAt && form.presaleAt.getTime() <= deps.clock.now()) return err("presale_past");
  try {
    return await inTransaction<{ variantId: string }, VariantRefusal>(deps.db, (tx) =>
      form.variantId === "" ? createVariant(tx, viewer, form) : changeVariant(tx, viewer, form),
    );
  } catch (error) {
    if (isUniqueViolation(error)) return err("sku_taken");
    throw error;
  }
}

const columnsOf = ({
  variantId: _id,
  productId: _product,
  version: _version,
  tiers: _tiers,
  ...columns
}: VariantForm) => columns;

async function createVariant(
  tx: Tx,
  viewer: Viewer,
  form: VariantForm,
): Promise<Result<{ variantId: string }, VariantRefusal>> {
  const product = await tx.product.findFirst({ where: { id: form.productId, ...ownedBy(viewer) } });
  if (!product) return err("not_found");
  const { merchantId } = product;
  const variantId = newId();
  const pool = await tx.stockPool.upsert({
    where: { merchantId_slug: { merchantId, slug: MAIN_POOL.slug } },
    create: { id: newId(), merchantId, ...MAIN_POOL },
    update: {},
  });
  const position = await tx.variant.count({ where: { productId: product.id } });
  const place = { id: variantId, productId: product.id, merchantId, poolId: pool.id, position };
  await tx.variant.create({ data: { ...columnsOf(form), ...place } });
  await replaceTiers(tx, variantId, form);
  await audit(tx, viewer, { action: "variant.created", variantId, merchantId, form, fields: "" });
  return ok({ variantId });
}

async function changeVariant(
  tx: Tx,
  viewer: Viewer,
  form: VariantForm,
): Promise<Result<{ variantId: string }, VariantRefusal>> {
  const { variantId, version } = form;
  // Locked first, so that the version that is compared is the version that is changed.
  const locked = await tx.$queryRaw<{ version: number }[]>`
    SELECT version FROM variant WHERE id = ${variantId}::uuid FOR NO KEY UPDATE`;
  const before = await tx.variant.findFirst({
    where: { id: variantId, productId: form.productId, ...ownedBy(viewer) },
    include: { priceTiers: { orderBy: { quantityMin: "asc" } } },
  });
  if (!before || !locked[0]) return err("not_found");
  if (locked[0].version !== version) return err("conflict");
  // What was sold in one currency is not silently repriced in another.
  if (before.currency !== form.currency && (await hasCards(tx, variantId))) return err("currency_fixed");
  await tx.variant.update({ where: { id: variantId }, data: columnsOf(form) });
  const hasOtherTiers = tierText(before.priceTiers) !== tierText(form.tiers);
  if (hasOtherTiers) await replaceTiers(tx, variantId, form);
  const changed = changedFields(before, columnsOf(form));
  const fields = [...changed, ...(hasOtherTiers ? ["tiers"] : [])].join(" ");
  await audit(tx, viewer, { action: "variant.changed", variantId, merchantId: before.merchantId, form, fields });
  return ok({ variantId });
}

const hasCards = async (tx: Tx, variantId: string): Promise<boolean> =>
  (await tx.batch.findFirst({ where: { variantId }, select: { id: true } })) !== null;

const tierText = (tiers: readonly { quantityMin: number; unitPriceMinor: bigint }[]): string =>
  tiers.map(({ quantityMin, unitPriceMinor }) => `${quantityMin}:${unitPriceMinor}`).join(" ");

async function replaceTiers(tx: Tx, variantId: string, { tiers }: VariantForm): Promise<void> {
  await tx.priceTier.deleteMany({ where: { variantId } });
  await tx.priceTier.createMany({ data: tiers.map((tier) => ({ variantId, ...tier })) });
}

interface VariantAudit {
  readonly action: string;
  readonly variantId: string;
  readonly merchantId: string;
  readonly form: VariantForm;
  readonly fields: string;
}

const audit = (tx: Tx, viewer: Viewer, { action, variantId, merchantId, form, fields }: VariantAudit): Promise<void> =>
  recordAudit(tx, {
    actor: viewer,
    action,
    subjectKind: "variant",
    subjectId: variantId,
    merchantId,
    detail: {
      sku: form.sku,
      fields,
      priceMinor: form.priceMinor.toString(),
      currency: form.currency,
      tiers: tierText(form.tiers),
      status: form.status,
    },
  });
