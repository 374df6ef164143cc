/** What may be said of a card in public. Pure: no clock, no I/O, no framework. */
import { limits } from "@/lib/kernel/limits";
import { type Currency, parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";

/** What is public about a card, and what it costs beyond its variant's price. */
export interface Preview {
  readonly preview: string;
  readonly extraMinor: bigint;
}

/**
 * - preview_malformed: too long, or with letters that no eye sees and that turn a line around
 * - preview_shows_secret: the card's own text stands in it
 * - extra_malformed: no amount of the variant's currency, or more than a card may cost
 * - extra_without_preview: it would be sold without its extra price to whoever comes
 */
export type PreviewRefusal = "preview_malformed" | "preview_shows_secret" | "extra_malformed" | "extra_without_preview";

/** Also halves of letters, which the database takes in no text, and the ends of lines and paragraphs, which it may count among control signs. */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;

/** Letters as an eye compares them: no case, no width, no blanks, no dashes. */
const fold = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{Pd}]/gu, "");

/** Whether the card's own text can be read off its preview. */
export function showsSecret(preview: string, secret: string): boolean {
  const folded = fold(secret);
  return preview.includes(secret) || (folded !== "" && fold(preview).includes(folded));
}

/** What a merchant wrote about a card; null where that is nothing. */
export function readPreview(
  { preview: said, extra }: { readonly preview: string; readonly extra: string },
  currency: Currency,
): Result<Preview | null, PreviewRefusal> {
  const preview = said.trim().normalize("NFC");
  if ([...preview].length > limits.previewLettersMax || UNSEEN.test(preview)) return err("preview_malformed");
  const amount = extra.trim() === "" ? ok({ amountMinor: 0n }) : parseDecimal(extra.trim(), currency);
  if (!amount.ok) return err("extra_malformed");
  const { amountMinor: extraMinor } = amount.value;
  if (extraMinor < 0n || extraMinor > limits.previewExtraMinorMax) return err("extra_malformed");
  if (preview === "") return extraMinor === 0n ? ok(null) : err("extra_without_preview");
  return ok({ preview, extraMinor });
}

/** Where a list goes on: behind the last card shown. */
export interface PreviewCursor {
  readonly extraMinor: bigint;
  readonly id: string;
}

/** Writes a cursor as text that is safe in an address. */
export const formatPreviewCursor = ({ extraMinor, id }: PreviewCursor): string =>
  `${extraMinor}.${id.replaceAll("-", "")}`;

/** Reads a cursor back; null for any text that `formatPreviewCursor` cannot have written. */
export function parsePreviewCursor(text: string): PreviewCursor | null {
  const match = /^(0|[1-9]\d{0,12})\.([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(text);
  return match ? { extraMinor: BigInt(match[1] as string), id: match.slice(2).join("-") } : null;
}
