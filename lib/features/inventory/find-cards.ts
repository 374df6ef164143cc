import { limits } from "@/lib/kernel/limits";
import { fingerprint } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";

/** Cards that somebody named by their texts. */
export interface FoundCards {
  readonly cardIds: readonly string[];
  /** How many lines name no card of the batch. */
  readonly unknown: number;
}

/**
 * The cards of a batch whose texts stand in `text`, a line each, found by their fingerprints: no ciphertext is opened. Null when there
 * are more than may be moved at once.
 */
export async function findCardsByText(
  { db, keys }: Deps,
  { batchId, merchantId, variantId }: { batchId: string; merchantId: string; variantId: string },
  text: string,
): Promise<FoundCards | null> {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line !== "");
  if (lines.length > limits.namedCardsMax) return null;
  const key = keys.fingerprint(merchantId);
  const prints = new Set(lines.map((line) => fingerprint(key, Buffer.from(line)).toString("hex")));
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT c.id FROM card_secret s JOIN card c ON c.id = s.card_id AND c.batch_id = ${batchId}::uuid
     WHERE s.variant_id = ${variantId}::uuid
       AND s.fingerprint = ANY (ARRAY(SELECT decode(f, 'hex') FROM json_array_elements_text(${JSON.stringify([...prints])}::json) AS f))`;
  return { cardIds: rows.map(({ id }) => id), unknown: prints.size - rows.length };
}
