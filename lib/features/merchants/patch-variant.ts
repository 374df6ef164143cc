import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { judgeTiers, type TierProblem } from "./rules";

export interface VariantPatch {
  readonly variantId: string;
  /** What the program saw; another is a `conflict`. */
  readonly version: number;
  readonly priceMinor?: bigint | undefined;
  readonly status?: string | undefined;
  /** Through which key it came, for the record. */
  readonly keyId: string;
}

export interface PatchedVariant {
  readonly id: string;
  readonly version: number;
  readonly priceMinor: bigint;
  readonly currency: Currency;
  readonly status: string;
}

/** Changes the price or the state of one variant of the viewer's shop, if it is still as the program saw it, on record. */
export function patchVariant(
  deps: Deps,
  viewer: Viewer,
  { variantId, version, priceMinor, status, keyId }: VariantPatch,
): Promise<Result<PatchedVariant, "not_found" | "conflict" | TierProblem>> {
  return inTransaction<PatchedVariant, "not_found" | "conflict" | TierProblem>(deps.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM variant WHERE id = ${variantId}::uuid FOR NO KEY UPDATE`;
    const before = await tx.variant.findFirst({
      where: { id: variantId, ...ownedBy(viewer) },
      include: { priceTiers: { orderBy: { quantityMin: "asc" } } },
    });
    if (!before) return err("not_found");
    if (before.version !== version) return err("conflict");
    const after = { priceMinor: priceMinor ?? before.priceMinor, status: status ?? before.status };
    const judged = judgeTiers(before.priceTiers, { priceMinor: after.priceMinor, quantityMax: before.quantityMax });
    if (!judged.ok) return judged;
    const changed = await tx.variant.update({ where: { id: variantId }, data: after });
    await recordAudit(tx, {
      actor: viewer,
      action: "variant.changed",
      subjectKind: "variant",
      subjectId: variantId,
      merchantId: before.merchantId,
      detail: {
        sku: before.sku,
        keyId,
        priceBefore: before.priceMinor.toString(),
        priceMinor: after.priceMinor.toString(),
        currency: before.currency,
        status: after.status,
      },
    });
    return ok({ ...after, id: variantId, version: changed.version, currency: before.currency as Currency });
  });
}
