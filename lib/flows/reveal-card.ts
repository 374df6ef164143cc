import { revealVaultCards } from "@/lib/features/inventory/reveal-vault";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Proven } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

export interface RevealCard {
  readonly cardId: string;
  /** Why; of an admin it goes to the merchant. */
  readonly reason: string;
  readonly addressHash?: Uint8Array | undefined;
  readonly userAgent?: string | undefined;
}

/**
 * Opens one card of the vault for somebody who has just shown who they are: its merchant, or an admin, who breaks the glass and whose
 * reason the merchant is told. The card is opened if and only if that is on record. `not_found`: not there, or another merchant's.
 */
export async function revealCard(
  deps: Deps,
  viewer: Proven,
  { cardId, ...words }: RevealCard,
): Promise<Result<{ text: Secret }, "not_found">> {
  const purpose = viewer.kind === "admin" ? "break_glass" : "reveal";
  const opened = await inTransaction<{ text: Secret }, "not_found">(deps.db, async (tx) => {
    const [card] = await revealVaultCards({ db: tx, keys: deps.keys }, viewer, {
      ...words,
      cardIds: [cardId],
      purpose,
    });
    if (!card) return err("not_found");
    if (viewer.kind === "admin") {
      const { merchantId } = await tx.card.findUniqueOrThrow({ where: { id: cardId }, select: { merchantId: true } });
      await recordAudit(tx, {
        actor: viewer,
        action: "card.glass_broken",
        subjectKind: "card",
        subjectId: cardId,
        merchantId,
        detail: { reason: words.reason },
      });
    }
    return ok({ text: card.text });
  });
  if (opened.ok) deps.log.info("card.revealed", { cardId, by: viewer.kind, purpose });
  return opened;
}
