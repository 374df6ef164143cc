import { readBands, rebuildFigures } from "@/lib/features/catalog/stock-figures";
import { limits } from "@/lib/kernel/limits";
import { ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type CacheReport, checkCaches } from "./check-caches";

/** Deletes and sets every figure in Redis; as far as it answers. */
async function rebuildStock({ db, redis, clock }: Pick<Deps, "db" | "redis" | "clock">): Promise<void> {
  if (!redis) return;
  const until = clock.elapsed() + limits.cacheCheckMs;
  let after = "00000000-0000-0000-0000-000000000000";
  while (clock.elapsed() < until) {
    const bands = await readBands(db, after);
    const last = bands.at(-1);
    if (!last || !(await rebuildFigures(redis, bands))) return;
    after = last.variantId;
  }
}

/**
 * Builds anew whatever is kept beside the database, by an admin's hand and on record: every process renders its pages again, and every figure
 * of stock in Redis is deleted and set. Doing it twice does it twice and harms nothing. Returns what a whole check finds afterwards.
 */
export async function rebuildCaches(
  deps: Deps,
  viewer: Extract<Viewer, { kind: "admin" }>,
): Promise<Result<CacheReport[], never>> {
  await inTransaction(deps.db, async (tx) => {
    await tx.$executeRaw`UPDATE page_version SET version = version + 1`;
    await recordAudit(tx, { actor: viewer, action: "cache.rebuilt", subjectKind: "cache", subjectId: "all" });
    return ok(null);
  });
  await rebuildStock(deps);
  return ok(await checkCaches(deps, { isFull: true }));
}
