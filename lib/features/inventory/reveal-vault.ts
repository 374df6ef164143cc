import type { Secret } from "@/lib/kernel/secret";
import type { Proven } from "@/lib/kernel/viewer";
import type { Db, Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { openRows, type SealedRow } from "./reveal";

export interface VaultReveal {
  readonly cardIds: readonly string[];
  readonly purpose: "reveal" | "export" | "break_glass";
  readonly reason: string;
  readonly addressHash?: Uint8Array | undefined;
  readonly userAgent?: string | undefined;
}

export interface VaultCard {
  readonly cardId: string;
  readonly text: Secret;
}

/**
 * Opens cards for people of the back office, at most a chunk of them. The database function asks the session's row who they are and
 * whether they have just shown it, writes the record, and answers nothing for a card that is not theirs: a card that is missing in
 * the answer was not opened.
 */
export async function revealVaultCards(
  { db, keys }: Pick<Deps, "keys"> & { readonly db: Db | Tx },
  viewer: Proven,
  reveal: VaultReveal,
): Promise<VaultCard[]> {
  const addressHash = reveal.addressHash ? Buffer.from(reveal.addressHash) : null;
  const userAgent = (reveal.userAgent ?? "").slice(0, 300);
  const rows = await db.$queryRaw<SealedRow[]>`
    SELECT card_id, merchant_id, variant_id, batch_id, data_key, ciphertext
      FROM reveal_vault_cards(${viewer.stepUp.sessionId}::uuid, ${[...reveal.cardIds]}::uuid[], ${reveal.purpose}, ${reveal.reason},
                              ${addressHash}::bytea, ${userAgent})`;
  return openRows({ keys }, rows).map(({ card_id: cardId, text }) => ({ cardId, text }));
}
