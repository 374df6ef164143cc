import { assert } from "@/lib/kernel/assert";
import type { Tx } from "@/lib/platform/db";

/** A key as the shop keeps it: its card, and the SHA-256 of its text in hexadecimal. */
export interface QuotaDraft {
  readonly cardId: string;
  readonly keyHash: string;
}

/** Sets beside each of these draft cards of a batch what it may be spent for; whose it is, is taken from the card. */
export async function insertQuotas(
  tx: Tx,
  { batchId, usesMax }: { batchId: string; usesMax: number },
  drafts: readonly QuotaDraft[],
): Promise<void> {
  const inserted = await tx.$executeRaw`
    INSERT INTO quota (card_id, merchant_id, variant_id, batch_id, key_hash, uses_max)
    SELECT c.id, c.merchant_id, c.variant_id, c.batch_id, decode(d."keyHash", 'hex'), ${usesMax}::int
      FROM jsonb_to_recordset(${JSON.stringify(drafts)}::jsonb) AS d ("cardId" uuid, "keyHash" text)
      JOIN card c ON c.id = d."cardId" AND c.batch_id = ${batchId}::uuid`;
  assert(inserted === drafts.length, "each of the cards is a draft of the batch");
}
