import type { Actor } from "@/lib/kernel/actor";
import { actorUserId } from "@/lib/kernel/actor";
import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { cardAad, open, openDataKey } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";

export interface Reveal {
  readonly orderId: string;
  readonly actor: Extract<Actor, { kind: "buyer" | "merchant" | "admin" }>;
  readonly reason: string;
  readonly addressHash?: Uint8Array | undefined;
  readonly userAgent?: string | undefined;
}

export interface RevealedCard {
  readonly line: number;
  readonly text: Secret;
}

interface Row {
  readonly card_id: string;
  readonly line: number;
  readonly merchant_id: string;
  readonly variant_id: string;
  readonly batch_id: string;
  readonly data_key: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/**
 * The only way from a ciphertext to its text. The database function writes the record of who revealed what in the same
 * statement that returns the ciphertexts; without a delivered order it does neither. Cards come in the order's own order,
 * so what was revealed once reads the same for ever.
 */
export async function revealCards(
  { db, keys }: Deps,
  reveal: Reveal,
): Promise<Result<RevealedCard[], "not_delivered">> {
  const userAgent = (reveal.userAgent ?? "").slice(0, 300);
  const addressHash = reveal.addressHash ? Buffer.from(reveal.addressHash) : null;
  const rows = await db.$queryRaw<Row[]>`
    SELECT card_id, line, merchant_id, variant_id, batch_id, data_key, ciphertext
      FROM reveal_cards(${reveal.orderId}::uuid, ${reveal.actor.kind}, ${actorUserId(reveal.actor)}::uuid, ${reveal.reason}, ${addressHash}::bytea, ${userAgent})`;
  if (rows.length === 0) return err("not_delivered");
  const dataKeys = new Map<string, Buffer>();
  return ok(
    rows.map((row) => {
      const place = {
        merchantId: row.merchant_id,
        variantId: row.variant_id,
        batchId: row.batch_id,
        cardId: row.card_id,
      };
      const dataKey = dataKeys.get(row.batch_id) ?? openDataKey(keys, row.data_key, place);
      dataKeys.set(row.batch_id, dataKey);
      return { line: row.line, text: new Secret(open(dataKey, row.ciphertext, cardAad(place)).toString("utf8")) };
    }),
  );
}
