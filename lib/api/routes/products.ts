import { readPageVersions } from "@/lib/features/catalog/page-versions";
import { listProducts, type PromiseView } from "@/lib/features/catalog/queries";
import { parseCursor, type StockBand } from "@/lib/features/catalog/rules";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { type ApiContext, jsonReply, type Reply, send } from "../http";
import { invalidBody, invalidField } from "../problem";
import type { Route } from "../route";
import { ProductsQuery } from "../schema";

interface Listing {
  readonly limit: number;
  readonly locale: "zh" | "en";
  readonly cursor: { readonly position: number; readonly id: string } | undefined;
}

interface Shelf {
  versions: string;
  readonly pages: Map<string, Promise<Reply>>;
}

/** The list changes only with the catalogue or a stock band, so each page of it is read and written out once per version. */
async function cached(deps: Deps, listing: Listing): Promise<Reply> {
  const shelf = ofDeps<Shelf>(deps, "api.products", () => ({ versions: "", pages: new Map() }));
  const versions = await readPageVersions(deps);
  if (shelf.versions !== versions || shelf.pages.size >= limits.pageCacheEntriesMax) {
    shelf.pages.clear();
    shelf.versions = versions;
  }
  const key = JSON.stringify(listing);
  const known = shelf.pages.get(key);
  if (known) return known;
  const page = read(deps, listing);
  shelf.pages.set(key, page);
  page.catch(() => shelf.pages.delete(key));
  return page;
}

async function read(deps: Deps, { limit, locale, cursor }: Listing): Promise<Reply> {
  const { items, nextCursor } = await listProducts(deps, { limit, cursor });
  return jsonReply(200, {
    items: items.map((product) => ({
      id: toPublicId("product", product.id),
      slug: product.slug,
      title: product.title[locale],
      variants: product.variants.map((variant) => ({
        id: toPublicId("variant", variant.id),
        sku: variant.sku,
        title: variant.title[locale],
        priceMinor: variant.priceMinor.toString(),
        currency: variant.currency,
        stock: variant.band satisfies StockBand,
        quantityMin: variant.quantityMin,
        quantityMax: variant.quantityMax,
        ...(variant.promise && { promise: toPromise(variant.promise, locale) }),
      })),
    })),
    nextCursor,
  });
}

const toPromise = ({ hours, dueAt, fields }: PromiseView, locale: "zh" | "en") => ({
  hours,
  dueAt: dueAt?.toISOString() ?? null,
  fields: fields.map(({ key, isRequired, ...title }) => ({ key, title: title[locale], isRequired })),
});

async function answer(c: ApiContext, deps: Deps): Promise<Response> {
  const raw = c.req.query();
  const query = ProductsQuery.safeParse(raw);
  if (!query.success) return send(c, invalidBody(query.error, raw));
  const cursor = query.data.cursor === undefined ? undefined : parseCursor(query.data.cursor);
  if (cursor === null) return send(c, invalidField("cursor", "malformed", "Send a nextCursor as it was received."));
  const { limit = limits.productsPerPageMax, locale = "zh" } = query.data;
  return send(c, await cached(deps, { limit, locale, cursor }));
}

export const productRoutes: readonly Route[] = [{ method: "GET", path: "/api/v1/products", answer }];
