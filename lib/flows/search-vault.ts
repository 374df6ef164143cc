import { findBySecret } from "@/lib/features/vault/search-secret";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Viewer } from "@/lib/kernel/viewer";
import { type AttemptRule, takeAttempt } from "@/lib/platform/attempts";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/** A search answers whether a text is a card: whoever guesses must not be answered often. */
const SEARCHES: AttemptRule = {
  name: "vault_search",
  points: limits.vaultSearchesPerWindow,
  windowSeconds: limits.vaultSearchWindowSeconds,
};

/** Finds the viewer's cards with exactly this text. That it was asked, and how many were found, is on record; the text is nowhere. */
export async function searchVault(
  deps: Deps,
  viewer: Viewer,
  secret: Secret,
): Promise<Result<{ cardIds: string[] }, "card_unknown" | "rate_limited">> {
  const taken = await takeAttempt(deps, SEARCHES, viewer.userId);
  if (!taken.ok) return taken;
  const cardIds = await findBySecret(deps, viewer, secret);
  await inTransaction(deps.db, async (tx) =>
    ok(
      await recordAudit(tx, {
        actor: viewer,
        action: "vault.searched",
        subjectKind: "user",
        subjectId: viewer.userId,
        merchantId: viewer.kind === "merchant" ? viewer.merchantId : null,
        detail: { found: cardIds.length },
      }),
    ),
  );
  return cardIds.length > 0 ? ok({ cardIds }) : err("card_unknown");
}
