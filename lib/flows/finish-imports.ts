import { type DeadImport, discardBatch, findAbandonedImports } from "@/lib/features/inventory/import-store";
import type { Deps } from "@/lib/platform/deps";
import { publishBatch } from "./publish-batch";

/**
 * Brings killed imports to their end. Each holds the fingerprints of its lines, so the same file could never be sold:
 * what was not complete is discarded, and what was complete and meant for sale is published. Safe twice and by two at once.
 */
export async function finishImports(deps: Deps, imports: readonly DeadImport[]): Promise<void> {
  for (const { id: batchId, isPublishing } of imports) {
    if (isPublishing) await publishBatch(deps, { batchId, actor: { kind: "system" } });
    else await discardBatch(deps.db, batchId, "abandoned");
    deps.log.warn("batch.left_behind", { batchId, isPublished: isPublishing });
  }
}

/** The same for the whole shop, for imports that nobody has come back to; returns how many they were. */
export async function finishAbandonedImports(deps: Deps): Promise<number> {
  const abandoned = await findAbandonedImports(deps.db);
  await finishImports(deps, abandoned);
  return abandoned.length;
}
