import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { cursorField, searchField } from "@/lib/platform/query-fields";
import { parseCursor } from "./rules";

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** What a listing of products may be asked for; an unknown or damaged part reads as not asked for. */
export const ListingQuery = z.object({
  category: z.string().regex(SLUG).optional().catch(undefined),
  q: searchField(100),
  cursor: cursorField(parseCursor),
  limit: z.coerce.number().int().min(1).max(limits.productsPerPageMax).optional().catch(undefined),
});
export type ListingQuery = z.infer<typeof ListingQuery>;

/** A product's place in an address. */
export const ProductSlug = z.string().regex(SLUG);
