import type { IncomingMessage } from "node:http";
import { parseCursor } from "@/lib/features/catalog/rules";
import { ProductSlug } from "@/lib/features/catalog/schema";
import { parsePreviewCursor } from "@/lib/features/previews/rules";
import { fromPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";

const PATH = /^\/(?:zh|en)(?:\/products\/([^/]+)(\/cards)?)?$/;

/** Headers that make Next answer something else than the page, or that say who is asking. */
const PERSONAL = [
  "cookie",
  "authorization",
  "rsc",
  "next-router-state-tree",
  "next-router-prefetch",
  "next-action",
  "range",
];

type Query = Readonly<Record<string, (value: string) => boolean>>;

/** What a listing may be asked for and still be kept; a search is not: there are too many. */
const QUERY: Query = {
  category: (value) => ProductSlug.safeParse(value).success,
  cursor: (value) => parseCursor(value) !== null,
};
const QUERY_OF_CARDS: Query = {
  variant: (value) => fromPublicId("variant", value).ok,
  cursor: (value) => parsePreviewCursor(value) !== null,
};
const NO_QUERY: Query = {};

/** A product's own page is asked for by its address alone. */
const queryOf = ([, product, cards]: RegExpExecArray): Query =>
  product === undefined ? QUERY : cards === undefined ? NO_QUERY : QUERY_OF_CARDS;

/** How long a kept page may be answered: a list of single cards not as long as the others, for no version tells that one of them is gone. */
export const maxAgeOf = (key: string): number =>
  /^\/[^/]+\/products\/[^/]+\/cards(?:\?|$)/.test(key) ? limits.previewListMs : limits.pageCacheAgeMs;

/**
 * The address under which a page is kept, which is also the one it is rendered from, or null for a request that is not
 * answered from kept pages. Only known pages and known parts of a query count, each in one spelling, so that nobody can
 * fill the cache with variants or have a page kept that was made for him.
 */
export function cacheKeyOf(request: IncomingMessage): string | null {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const [path = "", search = ""] = (request.url ?? "").split("?", 2);
  const match = PATH.exec(path);
  if (!match || (match[1] !== undefined && !ProductSlug.safeParse(match[1]).success)) return null;
  if (PERSONAL.some((name) => request.headers[name] !== undefined)) return null;
  if (search === "") return path;
  const pairs = [...new URLSearchParams(search)];
  const known = queryOf(match);
  const isKnown = pairs.every(([name, value]) => Object.hasOwn(known, name) && known[name]?.(value));
  if (!isKnown || new Set(pairs.map(([name]) => name)).size !== pairs.length) return null;
  return `${path}?${new URLSearchParams(pairs.sort(([left], [right]) => (left < right ? -1 : 1)))}`;
}
