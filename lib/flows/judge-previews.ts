import type { CardItem } from "@/lib/features/imports/rules";
import type { ImportItem } from "@/lib/features/inventory/import-chunks";
import { readPreview, showsSecret } from "@/lib/features/previews/rules";
import { type Currency, isCurrency } from "@/lib/kernel/money";
import type { Db } from "@/lib/platform/db";

/** What the extra prices of a variant's cards are written in. */
export async function currencyOf(db: Db, variantId: string): Promise<Currency> {
  const { currency } = await db.variant.findUniqueOrThrow({ where: { id: variantId }, select: { currency: true } });
  return isCurrency(currency) ? currency : "CNY";
}

/** A card of a file with what may be public about it; refused where that shows the card itself, or is nothing to go by. */
export function judgePreview(item: CardItem, currency: Currency): CardItem & ImportItem {
  if (item.refusal !== null || !item.about) return item;
  const { line, bytes, about } = item;
  const said = readPreview(about, currency);
  if (!said.ok) return { line, bytes: null, refusal: said.error };
  if (said.value && showsSecret(said.value.preview, Buffer.from(bytes).toString()))
    return { line, bytes: null, refusal: "preview_shows_secret" };
  return { ...item, said: said.value };
}
