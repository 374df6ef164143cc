import { appendEntry } from "@/lib/features/ledger/append";
import type { BulkTarget } from "@/lib/features/vault/schema";
import { readTargets } from "@/lib/features/vault/targets";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, type Proven } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { refreshStockBand } from "./refresh-stock-bands";

/** What the ledger calls a withdrawal by hand. */
const REFERENCE = "withdrawn_by_hand";

interface Withdrawn {
  readonly id: string;
  readonly batchId: string;
  readonly merchantId: string;
  readonly variantId: string;
}

/**
 * Takes what nobody was promised off the shelf, in the order of ids, so that two of these never wait for each other crosswise. A buyer
 * who reserves one of them in the same moment keeps it: whoever locks the row first decides.
 */
async function take(tx: Tx, { ids, scope }: { ids: readonly string[]; scope: string | null }): Promise<Withdrawn[]> {
  return tx.$queryRaw<Withdrawn[]>`
    WITH locked AS MATERIALIZED (
      SELECT c.id FROM card c
       WHERE c.id = ANY (${[...ids]}::uuid[]) AND c.status IN ('draft', 'available') AND (${scope}::uuid IS NULL OR c.merchant_id = ${scope}::uuid)
         AND EXISTS (SELECT 1 FROM batch b WHERE b.id = c.batch_id AND b.status IN ('draft', 'published'))
       ORDER BY c.id FOR NO KEY UPDATE OF c)
    UPDATE card SET status = 'withdrawn' WHERE id = ANY (ARRAY(SELECT id FROM locked)) AND status IN ('draft', 'available')
    RETURNING id::text, batch_id::text AS "batchId", merchant_id::text AS "merchantId", variant_id::text AS "variantId"`;
}

async function withdrawChunk(
  tx: Tx,
  viewer: Proven,
  { ids, reason }: { ids: readonly string[]; reason: string },
): Promise<Withdrawn[]> {
  const cards = await take(tx, { ids, scope: merchantScope(viewer) });
  const batches = new Map<string, Withdrawn[]>();
  for (const card of cards) batches.set(card.batchId, [...(batches.get(card.batchId) ?? []), card]);
  for (const [batchId, taken] of batches) {
    const merchantId = taken[0]!.merchantId;
    const cardIds = taken.map(({ id }) => id).sort();
    await appendEntry(tx, { kind: "withdraw", merchantId, batchId, reference: REFERENCE, cardIds });
    await recordAudit(tx, {
      actor: viewer,
      action: "batch.cards_withdrawn",
      subjectKind: "batch",
      subjectId: batchId,
      merchantId,
      detail: { cards: cardIds.length, reason },
    });
  }
  return cards;
}

/**
 * Takes cards off sale for good: those among the named ones, or among all that a filter shows, that are on the shelf or still drafts.
 * Promised and sold ones stay where they are and are not counted. Chunk by chunk, each with its ledger entries; safe to press twice.
 */
export async function withdrawCards(
  deps: Deps,
  viewer: Proven,
  { target, reason }: { target: BulkTarget; reason: string },
): Promise<Result<{ withdrawn: number; asked: number }, "nothing_chosen">> {
  let withdrawn = 0;
  let asked = 0;
  const variants = new Set<string>();
  for await (const ids of readTargets(deps, viewer, { target, max: limits.vaultCardsPerAct })) {
    asked += ids.length;
    const chunk = await inTransaction(deps.db, async (tx) => ok(await withdrawChunk(tx, viewer, { ids, reason })));
    if (!chunk.ok) continue;
    withdrawn += chunk.value.length;
    for (const { variantId } of chunk.value) variants.add(variantId);
  }
  if (asked === 0) return err("nothing_chosen");
  for (const variantId of variants) await refreshStockBand(deps, variantId);
  deps.log.info("cards.withdrawn", { by: viewer.kind, withdrawn, asked });
  return ok({ withdrawn, asked });
}
