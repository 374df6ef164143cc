import type { IncomingMessage } from "node:http";
import { parseCursor } from "@/lib/features/catalog/rules";
import { ProductSlug } from "@/lib/features/catalog/schema";

const PATH = /^\/(?:zh|en)(?:\/products\/([^/]+))?$/;

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

/** What a listing may be asked for and still be kept; a search is not: there are too many. */
const QUERY: Readonly<Record<string, (value: string) => boolean>> = {
  category: (value) => ProductSlug.safeParse(value).success,
  cursor: (value) => parseCursor(value) !== null,
};

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
  const isKnown =
    match[1] === undefined && pairs.every(([name, value]) => Object.hasOwn(QUERY, name) && QUERY[name]?.(value));
  if (!isKnown || new Set(pairs.map(([name]) => name)).size !== pairs.length) return null;
  return `${path}?${new URLSearchParams(pairs.sort(([left], [right]) => (left < right ? -1 : 1)))}`;
}
