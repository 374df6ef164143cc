import { lockStock } from "@/lib/features/inventory/store";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { putHeldAside } from "./put-held-aside";
import { refreshStockBand } from "./refresh-stock-bands";

/**
 * Puts aside what is still, or again, available of batches under a hold: the net under a move that was killed on its way. Bounded,
 * and safe twice. Returns how many cards it put aside.
 */
export async function keepHolds(deps: Deps): Promise<number> {
  const held = await deps.db.$queryRaw<{ variantId: string }[]>`
    SELECT DISTINCT b.variant_id AS "variantId" FROM batch b
     WHERE b.hold_id IS NOT NULL AND EXISTS (SELECT 1 FROM card c WHERE c.batch_id = b.id AND c.status = 'available')
     LIMIT ${limits.owedPlacesPerRun}::int`;
  let moved = 0;
  for (const { variantId } of held) {
    const result = await inTransaction(deps.db, async (tx) => {
      await lockStock(tx, [variantId]);
      return ok(await putHeldAside(tx, variantId));
    });
    if (result.ok) moved += result.value;
    await refreshStockBand(deps, variantId);
  }
  return moved;
}
