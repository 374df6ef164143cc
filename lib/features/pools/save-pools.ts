import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { PoolForm, VariantPoolsForm } from "./schema";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

/**
 * Makes a pool of the merchant's, or changes its name, note and channel. Orders that were priced before a channel changed are priced
 * again. A pool is never deleted: cards, batches and orders name it.
 */
export function savePool(
  deps: Deps,
  viewer: Merchant,
  { poolId, ...columns }: PoolForm,
): Promise<Result<{ poolId: string }, "not_found" | "too_many_pools">> {
  const { merchantId } = viewer;
  return inTransaction<{ poolId: string }, "not_found" | "too_many_pools">(deps.db, async (tx) => {
    const id = poolId === "" ? newId() : poolId;
    if (poolId === "") {
      // Two of them at once count one after the other.
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${merchantId}, 31))::text`;
      const count = await tx.stockPool.count({ where: { merchantId } });
      if (count >= limits.poolsPerMerchantMax) return err("too_many_pools");
      await tx.stockPool.create({ data: { id, merchantId, slug: `p-${id.replaceAll("-", "")}`, ...columns } });
    } else {
      const { count } = await tx.stockPool.updateMany({ where: { id, ...ownedBy(viewer) }, data: columns });
      if (count === 0) return err("not_found");
    }
    await recordAudit(tx, {
      actor: viewer,
      action: poolId === "" ? "pool.created" : "pool.changed",
      subjectKind: "stock_pool",
      subjectId: id,
      merchantId,
      detail: { name: columns.name, channel: columns.channel ?? "" },
    });
    return ok({ poolId: id });
  });
}

/** Says from which pools a variant is sold, in which order. `version` is what the form was opened with; a change in between is a conflict. */
export function saveVariantPools(
  deps: Deps,
  viewer: Viewer,
  { variantId, version, pool: poolIds }: VariantPoolsForm,
): Promise<Result<null, "not_found" | "conflict" | "no_such_pool">> {
  return inTransaction<null, "not_found" | "conflict" | "no_such_pool">(deps.db, async (tx) => {
    const variant = await tx.variant.findFirst({ where: { id: variantId, ...ownedBy(viewer) } });
    if (!variant) return err("not_found");
    const { merchantId } = variant;
    const known = await tx.stockPool.count({ where: { id: { in: poolIds }, merchantId } });
    if (known !== poolIds.length) return err("no_such_pool");
    const [poolId, ...fallbackPoolIds] = poolIds as [string, ...string[]];
    const { count } = await tx.variant.updateMany({
      where: { id: variantId, version },
      data: { poolId, fallbackPoolIds },
    });
    if (count === 0) return err("conflict");
    await recordAudit(tx, {
      actor: viewer,
      action: "variant.pools_changed",
      subjectKind: "variant",
      subjectId: variantId,
      merchantId,
      detail: { before: [variant.poolId, ...variant.fallbackPoolIds].join(" "), after: poolIds.join(" ") },
    });
    return ok(null);
  });
}
