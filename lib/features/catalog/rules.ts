/** What a buyer may be told of the catalogue. Pure: no clock, no I/O, no framework. */

/** How much there is, in words: a buyer is never told a count. */
export const STOCK_BANDS = ["in_stock", "low", "sold_out"] as const;
export type StockBand = (typeof STOCK_BANDS)[number];

/** A text in the languages of the shop. */
export interface Localized {
  readonly zh: string;
  readonly en: string;
}

const FULLNESS: Record<StockBand, number> = { sold_out: 0, low: 1, in_stock: 2 };

/** The band of a product: that of its best stocked variant; a product without variants is sold out. */
export function bestBand(bands: readonly StockBand[]): StockBand {
  let best: StockBand = "sold_out";
  for (const band of bands) if (FULLNESS[band] > FULLNESS[best]) best = band;
  return best;
}

/** Where a listing goes on: the sort key of the last product shown. */
export interface Cursor {
  readonly position: number;
  readonly id: string;
}

/** Writes a cursor as text that is safe in an address. */
export const formatCursor = ({ position, id }: Cursor): string => `${position}.${id.replaceAll("-", "")}`;

/** Reads a cursor back; null for any text that `formatCursor` cannot have written. */
export function parseCursor(text: string): Cursor | null {
  const match = /^(-?\d{1,9})\.([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(text);
  return match ? { position: Number(match[1]), id: match.slice(2).join("-") } : null;
}

/** The words of a search, each of which must be found: at most eight, so that a query stays small. */
export function searchTerms(query: string): string[] {
  return query.normalize("NFKC").slice(0, 100).split(/\s+/).filter(Boolean).slice(0, 8);
}

/** A text as a LIKE pattern that means itself: what a visitor types is never a wildcard. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);

/** Whether every word of a search occurs somewhere in the texts; what the shelf filters by while a visitor types. */
export function matchesTerms(texts: readonly string[], terms: readonly string[]): boolean {
  const haystack = texts.join("\n").normalize("NFKC").toLowerCase();
  return terms.every((term) => haystack.includes(term.toLowerCase()));
}

const UPLOADED = /^(\/api\/media\/[0-9a-f]{32})\.webp$/;

/** The half-width file of an uploaded picture, for lists; a drawn one scales by itself. */
export const smallPicture = (path: string): string => path.replace(UPLOADED, "$1-480.webp");

/** Both files of an uploaded picture, for a browser that knows how large it will be. */
export function pictureSource(path: string): { readonly src: string; readonly srcSet?: string } {
  return UPLOADED.test(path) ? { src: path, srcSet: `${smallPicture(path)} 480w, ${path} 960w` } : { src: path };
}

/** Where a variant stands in its window, as pages say it; a job moves it on (lib/features/merchants/keep-timetable.ts). */
export type SalePhase = "before" | "open" | "over";

/** When something is sold; null: no bound on that side. */
export interface SaleWindow {
  readonly saleFrom: Date | null;
  readonly saleUntil: Date | null;
}
