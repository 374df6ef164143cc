import { newId, randomText } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { copiedName } from "./rules";

/**
 * A draft with the same texts, picture, variants and wholesale prices under another address and other SKUs, in one
 * transaction. It has no cards, no window and no date of its own: what is sold, and when, is decided anew.
 */
export function duplicateProduct(
  deps: Deps,
  viewer: Viewer,
  productId: string,
): Promise<Result<{ productId: string }, "not_found">> {
  return inTransaction<{ productId: string }, "not_found">(deps.db, async (tx) => {
    const source = await tx.product.findFirst({
      where: { id: productId, ...ownedBy(viewer) },
      include: { variants: { where: { status: { not: "archived" } }, include: { priceTiers: true } } },
    });
    if (!source) return err("not_found");
    const copyId = newId();
    const mark = randomText(4);
    const { variants, id: _id, createdAt: _created, updatedAt: _updated, ...texts } = source;
    await tx.product.create({
      data: {
        ...texts,
        id: copyId,
        slug: copiedName(source.slug, mark.toLowerCase()),
        titleZh: `${source.titleZh.slice(0, limits.titleLettersMax - 4)}（副本）`,
        titleEn: `${source.titleEn.slice(0, limits.titleLettersMax - 7)} (copy)`,
        status: "draft",
        publishAt: null,
        haltedAt: null,
        haltedReason: null,
        position: await tx.product.count({ where: { merchantId: source.merchantId } }),
      },
    });
    for (const { priceTiers, id: _variant, version: _version, ...variant } of variants) {
      const window = { saleFrom: null, saleUntil: null, salePhase: "open", presaleAt: null, presaleCap: null };
      const buyerFields = variant.buyerFields ?? [];
      const id = newId();
      await tx.variant.create({
        data: { ...variant, ...window, buyerFields, id, productId: copyId, sku: copiedName(variant.sku, mark) },
      });
      const tiers = priceTiers.map(({ quantityMin, unitPriceMinor }) => ({
        variantId: id,
        quantityMin,
        unitPriceMinor,
      }));
      await tx.priceTier.createMany({ data: tiers });
    }
    await recordAudit(tx, {
      actor: viewer,
      action: "product.duplicated",
      subjectKind: "product",
      subjectId: copyId,
      merchantId: source.merchantId,
      detail: { from: productId, variants: variants.length },
    });
    return ok({ productId: copyId });
  });
}
