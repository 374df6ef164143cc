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

/** A card that was replaced: where it stood among the order's cards, from 1. */
export interface ReplacedCard {
  readonly position: number;
  readonly text: Secret;
}

/** A ciphertext with all that opens it, as only the doors of the database answer it. */
export interface SealedRow {
  readonly card_id: string;
  readonly merchant_id: string;
  readonly variant_id: string;
  readonly batch_id: string;
  readonly data_key: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Opens rows that a revealing function of the database returned: those functions alone give ciphertexts out. */
export function openRows<T extends SealedRow>(
  { keys }: Pick<Deps, "keys">,
  rows: readonly T[],
): (T & { text: Secret })[] {
  const dataKeys = new Map<string, Buffer>();
  return rows.map((row) => {
    const { merchant_id: merchantId, variant_id: variantId, batch_id: batchId, card_id: cardId } = row;
    const place = { merchantId, variantId, batchId, cardId };
    const dataKey = dataKeys.get(batchId) ?? openDataKey(keys, row.data_key, place);
    dataKeys.set(batchId, dataKey);
    return { ...row, text: new Secret(open(dataKey, row.ciphertext, cardAad(place)).toString("utf8")) };
  });
}

const addressOf = ({ addressHash }: Reveal) => (addressHash ? Buffer.from(addressHash) : null);
const agentOf = ({ userAgent }: Reveal) => (userAgent ?? "").slice(0, 300);

/**
 * The buyer's way from a ciphertext to its text; `reveal-vault.ts` is the other one. The database function writes the record of who revealed what in the same
 * statement that returns the ciphertexts; without a delivered order it does neither. Cards come in the order's own order,
 * so what was revealed once reads the same for ever.
 */
export async function revealCards(deps: Deps, reveal: Reveal): Promise<Result<RevealedCard[], "not_delivered">> {
  const rows = await deps.db.$queryRaw<(SealedRow & { readonly line: number })[]>`
    SELECT card_id, line, merchant_id, variant_id, batch_id, data_key, ciphertext
      FROM reveal_cards(${reveal.orderId}::uuid, ${reveal.actor.kind}, ${actorUserId(reveal.actor)}::uuid, ${reveal.reason}, ${addressOf(reveal)}::bytea, ${agentOf(reveal)})`;
  if (rows.length === 0) return err("not_delivered");
  return ok(openRows(deps, rows).map(({ line, text }) => ({ line, text })));
}

/**
 * The texts that a delivered order was given before they were replaced, so that its buyer can tell which of his cards is void. On record like
 * every reveal, as one of its own; an order of which nothing was replaced leaves none.
 */
export async function revealReplaced(deps: Deps, reveal: Reveal): Promise<ReplacedCard[]> {
  const rows = await deps.db.$queryRaw<(SealedRow & { readonly position: number })[]>`
    SELECT card_id, card_position AS position, merchant_id, variant_id, batch_id, data_key, ciphertext
      FROM reveal_replaced_cards(${reveal.orderId}::uuid, ${reveal.actor.kind}, ${actorUserId(reveal.actor)}::uuid, ${addressOf(reveal)}::bytea, ${agentOf(reveal)})`;
  return openRows(deps, rows).map(({ position, text }) => ({ position, text }));
}
