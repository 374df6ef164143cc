import { publishDrafts } from "@/lib/features/inventory/import-store";
import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { lockStock, shareStock } from "@/lib/features/inventory/store";
import type { Actor } from "@/lib/kernel/actor";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { isAnyOwed, serveOwedOrders } from "./offer-cards";
import { restSince, tellPace } from "./pace";
import { refreshStockBand } from "./refresh-stock-bands";

export interface PublishBatch {
  readonly batchId: string;
  /** Given for a merchant: another merchant's batch is not found. */
  readonly merchantId?: string | undefined;
  readonly actor: Exclude<Actor, { kind: "buyer" }>;
}

interface Batch {
  readonly id: string;
  readonly merchantId: string;
  readonly variantId: string;
  readonly poolId: string;
  readonly status: string;
}

/** Makes one chunk of drafts available, beside others who do the same; returns how many cards it was. `owed`: somebody waits, and it made none. */
async function publishBeside(tx: Tx, batch: Batch, cardsMax: number): Promise<Result<number, "owed">> {
  await shareStock(tx, batch.variantId);
  return (await isAnyOwed(tx, batch)) ? err("owed") : ok(await publishDrafts(tx, batch.id, cardsMax));
}

/** The same alone, for those who are owed cards first: no more cards than one page of orders can take, because one transaction serves a bounded number of them. */
async function publishToOwed(tx: Tx, batch: Batch): Promise<Result<number, never>> {
  await lockStock(tx, [batch.variantId]);
  const published = await publishDrafts(tx, batch.id, limits.owedOrdersPerPage);
  if (published > 0) await serveOwedOrders(tx, batch);
  return ok(published);
}

async function publishChunk(deps: Deps, batch: Batch, cardsMax: number): Promise<number> {
  const beside = await inTransaction(deps.db, (tx) => publishBeside(tx, batch, cardsMax));
  const chunk = beside.ok ? beside : await inTransaction(deps.db, (tx) => publishToOwed(tx, batch));
  if (!chunk.ok || chunk.value === 0) return 0;
  noticeStockArrival(deps, batch.variantId);
  return chunk.value;
}

/** Says once, and on record, that the batch is on sale; a batch that is on sale already stays so. */
async function openBatch(tx: Tx, batch: Batch, actor: PublishBatch["actor"]): Promise<void> {
  const opened = await tx.$executeRaw`
    UPDATE batch SET status = 'published', published_at = now() WHERE id = ${batch.id}::uuid AND status = 'draft'`;
  if (opened === 0) return;
  await recordAudit(tx, {
    actor,
    action: "batch.published",
    subjectKind: "batch",
    subjectId: batch.id,
    merchantId: batch.merchantId,
  });
}

/**
 * Puts a batch on sale: it is published at once, and its cards follow in bounded chunks, each of which serves owed orders
 * before the rest is offered; while nobody buys and nobody is owed, two of them at once. Safe twice and after a kill: it goes on with the drafts
 * that are left.
 */
export async function publishBatch(
  deps: Deps,
  { batchId, merchantId, actor }: PublishBatch,
): Promise<Result<{ published: number }, "not_found" | "not_publishable">> {
  const batch = await deps.db.batch.findUnique({ where: { id: batchId } });
  if (!batch || (merchantId && batch.merchantId !== merchantId)) return err("not_found");
  if ((batch.status !== "draft" && batch.status !== "published") || batch.withdrawnAt) return err("not_publishable");
  await inTransaction(deps.db, async (tx) => ok(await openBatch(tx, batch, actor)));
  let published = 0;
  for (;;) {
    const startedAt = performance.now();
    const { cardsPerChunk, isGentle } = await tellPace(deps.db);
    const atOnce = Array.from({ length: isGentle ? 1 : limits.publishChunksAtOnce }, () =>
      publishChunk(deps, batch, cardsPerChunk),
    );
    const chunk = (await Promise.all(atOnce)).reduce((sum, count) => sum + count);
    if (chunk === 0) break;
    published += chunk;
    if (isGentle) await restSince(startedAt);
  }
  await refreshStockBand(deps, batch.variantId);
  deps.log.info("batch.published", { batchId, published });
  return ok({ published });
}
