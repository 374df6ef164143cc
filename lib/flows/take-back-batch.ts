import {
  endTakingBack,
  findUnfinishedTakingsBack,
  isAnySold,
  takeBackCards,
  wantBack,
} from "@/lib/features/inventory/take-back";
import { err, ok, type Result } from "@/lib/kernel/result";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { refreshStockBand } from "./refresh-stock-bands";

/**
 * Takes a whole batch back while nothing of it is sold: its cards are sold no more and their texts are gone, so that the same file, put
 * right, can be brought again. What somebody reserves in that very moment stays his, and the batch then stays published with it.
 */
export async function takeBackBatch(
  deps: Deps,
  viewer: Viewer,
  batchId: string,
): Promise<Result<{ takenBack: number; isWhole: boolean }, "not_found" | "batch_sold" | "not_publishable">> {
  const wanted = await inTransaction(deps.db, async (tx) => {
    const batch = await tx.batch.findFirst({ where: { id: batchId, ...ownedBy(viewer) } });
    if (!batch) return err("not_found");
    if (batch.withdrawnAt) return ok(batch);
    if (await isAnySold(tx, batchId)) return err("batch_sold");
    if (!(await wantBack(tx, batchId))) return err("not_publishable");
    const subject = { subjectKind: "batch", subjectId: batchId, merchantId: batch.merchantId };
    await recordAudit(tx, { actor: viewer, action: "batch.taken_back", ...subject });
    return ok(batch);
  });
  if (!wanted.ok) return wanted;
  return ok(await takeBack(deps, { id: batchId, variantId: wanted.value.variantId }));
}

async function takeBack(
  deps: Deps,
  { id, variantId }: { id: string; variantId: string },
): Promise<{ takenBack: number; isWhole: boolean }> {
  const takenBack = await takeBackCards(deps.db, id);
  const isWhole = await endTakingBack(deps.db, id);
  await refreshStockBand(deps, variantId);
  deps.log.info("batch.taken_back", { batchId: id, takenBack, isWhole });
  return { takenBack, isWhole };
}

/** Goes on with what was killed on the way, and takes back what buyers have let go of since; returns how many batches. */
export async function finishTakingBack(deps: Deps): Promise<number> {
  const unfinished = await findUnfinishedTakingsBack(deps.db);
  for (const batch of unfinished) await takeBack(deps, batch);
  return unfinished.length;
}
