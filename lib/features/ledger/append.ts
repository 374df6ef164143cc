import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import type { EntryKind } from "./rules";

export interface Entry {
  readonly kind: EntryKind;
  readonly merchantId: string;
  readonly orderId?: string;
  readonly batchId?: string;
  /** What caused it: a payment's id, a reason; no '|' in it. */
  readonly reference?: string;
  readonly cardIds: readonly string[];
}

/** Appends one ledger entry in the transaction of the movement that it records; its canonical bytes are built in SQL (docs/ledger.md). */
export async function appendEntry(tx: Tx, entry: Entry): Promise<void> {
  const { kind, merchantId, orderId = null, batchId = null, reference = "" } = entry;
  assert(
    entry.cardIds.length > 0 && entry.cardIds.length <= limits.ledgerCardIdsPerEntry,
    "an entry names 1 to 5,000 cards",
  );
  assert(!reference.includes("|"), "the separator is not part of a reference");
  const cardIds = [...entry.cardIds];
  await tx.$executeRaw`
    INSERT INTO stock_entry (kind, merchant_id, order_id, batch_id, reference, card_ids, canonical)
    VALUES (${kind}, ${merchantId}::uuid, ${orderId}::uuid, ${batchId}::uuid, ${reference}, ${cardIds}::uuid[],
            stock_canonical(${kind}, ${merchantId}::uuid, ${orderId}::uuid, ${batchId}::uuid, ${reference}, ${cardIds}::uuid[]))`;
}
