import { findKnown } from "@/lib/features/inventory/import-store";
import { CHOSEN_BIT } from "@/lib/features/inventory/pick";
import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { lockStock } from "@/lib/features/inventory/store";
import { type Preview, type PreviewRefusal, readPreview } from "@/lib/features/previews/rules";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { type Currency, isCurrency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { fingerprint } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { serveOwedOrders } from "./offer-cards";
import { refreshStockBand } from "./refresh-stock-bands";

export interface SetPreview {
  readonly cardId: string;
  /** Empty: nobody need choose the card any more. */
  readonly preview: string;
  /** An amount as people write it; empty is nothing. */
  readonly extra: string;
}

/** - not_editable: somebody has it, or it is withdrawn. */
export type SetPreviewRefusal = "not_found" | "not_editable" | PreviewRefusal;

/** The prints of all parts of a preview that have so many letters. */
function printsOf(key: Uint8Array, preview: string, lettersMin: number): string[] {
  const letters = [...preview];
  return letters.flatMap((_, from) =>
    letters
      .slice(from + lettersMin - 1)
      .map((_, more) => letters.slice(from, from + lettersMin + more).join(""))
      .map((part) => fingerprint(key, Buffer.from(part)).toString("hex")),
  );
}

/**
 * Whether a card's text stands in a preview, told without opening a card: the card's own, or any other's of the variant that is long enough
 * not to stand there by chance. A text that is sold to many is a card of each of them, and the first of these has its print.
 */
async function showsSecret({ db, keys }: Deps, { id: cardId, merchantId, variantId }: Found, preview: string) {
  const key = keys.fingerprint(merchantId);
  const own = await db.cardSecret.findUnique({ where: { cardId }, select: { fingerprint: true } });
  if (own && printsOf(key, preview, 1).includes(Buffer.from(own.fingerprint).toString("hex"))) return true;
  return (await findKnown(db, { variantId }, printsOf(key, preview, limits.previewSecretLettersMin))).size > 0;
}

interface Found {
  readonly id: string;
  readonly merchantId: string;
  readonly variantId: string;
  readonly currency: Currency;
}

async function findCard({ db }: Deps, viewer: Viewer, id: string): Promise<Found | null> {
  const card = await db.card.findFirst({
    where: { id, ...ownedBy(viewer) },
    select: { merchantId: true, variantId: true },
  });
  const variant = card && (await db.variant.findUnique({ where: { id: card.variantId }, select: { currency: true } }));
  return card && variant && isCurrency(variant.currency) ? { id, ...card, currency: variant.currency } : null;
}

/** Says what is public about a card that the caller has locked, or that nothing is. */
async function write(tx: Tx, { id: cardId, merchantId, variantId }: Found, said: Preview | null): Promise<void> {
  // Another text is another offer: whoever chose the card by what was said before is not sold what is said now.
  if (said)
    await tx.$executeRaw`
      INSERT INTO card_preview AS p (card_id, merchant_id, variant_id, preview, extra_minor)
      VALUES (${cardId}::uuid, ${merchantId}::uuid, ${variantId}::uuid, ${said.preview}, ${said.extraMinor}::bigint)
      ON CONFLICT (card_id) DO UPDATE
        SET id = CASE WHEN p.preview = EXCLUDED.preview THEN p.id ELSE EXCLUDED.id END,
            preview = EXCLUDED.preview, extra_minor = EXCLUDED.extra_minor`;
  else await tx.cardPreview.deleteMany({ where: { cardId } });
  // Its place among those that sell first stays: only the half changes.
  await tx.$executeRaw`
    UPDATE card SET pick = pick # ${CHOSEN_BIT}::bigint WHERE id = ${cardId}::uuid AND (pick < 0) <> ${said !== null}`;
}

/**
 * Says what is public about one card that nobody has, and what it costs beyond its variant's price: from then on it goes to whoever chooses
 * it, and to nobody else. Cleared, it is one of the others again, and first of all theirs who are owed one. A preview in which the card's own
 * text stands is refused.
 */
export async function setPreview(
  deps: Deps,
  viewer: Viewer,
  { cardId, ...words }: SetPreview,
): Promise<Result<null, SetPreviewRefusal>> {
  const card = await findCard(deps, viewer, cardId);
  if (!card) return err("not_found");
  const said = readPreview(words, card.currency);
  if (!said.ok) return said;
  if (said.value && (await showsSecret(deps, card, said.value.preview))) return err("preview_shows_secret");
  const done = await inTransaction<null, "not_editable">(deps.db, async (tx) => {
    await lockStock(tx, [card.variantId]);
    const [now] = await tx.$queryRaw<{ status: string; poolId: string }[]>`
      SELECT status, pool_id AS "poolId" FROM card WHERE id = ${cardId}::uuid FOR NO KEY UPDATE`;
    assert(now, "a card that was imported is not deleted");
    if (!["draft", "available", "quarantined"].includes(now.status)) return err("not_editable");
    await write(tx, card, said.value);
    const { merchantId, variantId } = card;
    const detail = { preview: said.value?.preview ?? "", extraMinor: said.value?.extraMinor.toString() ?? "" };
    const subject = { subjectKind: "card", subjectId: cardId, merchantId };
    await recordAudit(tx, { actor: viewer, action: "card.preview_set", ...subject, detail });
    if (now.status === "available") await serveOwedOrders(tx, { variantId, poolId: now.poolId });
    return ok(null);
  });
  if (!done.ok) return done;
  noticeStockArrival(deps, card.variantId);
  await refreshStockBand(deps, card.variantId);
  deps.log.info("card.preview_set", { cardId });
  return ok(null);
}
