import { revealVaultCards, type VaultReveal } from "@/lib/features/inventory/reveal-vault";
import type { BulkTarget } from "@/lib/features/vault/schema";
import { readTargets } from "@/lib/features/vault/targets";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

export interface ExportCards extends Pick<VaultReveal, "reason" | "addressHash" | "userAgent"> {
  readonly target: BulkTarget;
}

type Merchant = Extract<Viewer, { kind: "merchant" }>;

/**
 * The texts of a merchant's own cards, one to a line, while they are opened chunk by chunk: each chunk is on record before a letter of
 * it leaves, and what the receiver breaks off was never opened. Texts stand as they were imported.
 */
export async function* exportCards(
  deps: Deps,
  viewer: Proven<Merchant>,
  { target, ...words }: ExportCards,
): AsyncGenerator<string> {
  await inTransaction(deps.db, async (tx) =>
    ok(
      await recordAudit(tx, {
        actor: viewer,
        action: "vault.exported",
        subjectKind: "merchant",
        subjectId: viewer.merchantId,
        merchantId: viewer.merchantId,
        detail: { reason: words.reason },
      }),
    ),
  );
  let count = 0;
  for await (const ids of readTargets(deps, viewer, { target, max: limits.vaultCardsPerExport })) {
    const cards = await revealVaultCards(deps, viewer, { ...words, cardIds: ids, purpose: "export" });
    const texts = new Map(cards.map(({ cardId, text }) => [cardId, text]));
    count += cards.length;
    // In the order of the list, not of the record.
    const lines = ids.flatMap((id) => texts.get(id)?.reveal() ?? []);
    if (lines.length > 0) yield `${lines.join("\n")}\n`;
  }
  deps.log.info("vault.exported", { merchantId: viewer.merchantId, count });
}
