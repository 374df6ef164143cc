import { networkOf } from "@/lib/entry/peer";
import { takeRate } from "@/lib/entry/rate-limit";
import { readPageVersions } from "@/lib/features/catalog/page-versions";
import { findProduct, listProducts, type PromiseView } from "@/lib/features/catalog/queries";
import { parseCursor, type StockBand } from "@/lib/features/catalog/rules";
import { ProductSlug } from "@/lib/features/catalog/schema";
import { listPreviews } from "@/lib/features/previews/queries";
import { parsePreviewCursor } from "@/lib/features/previews/rules";
import { fromPublicId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { CardsQuery } from "../card-schema";
import { type ApiContext, jsonReply, type Reply, send } from "../http";
import { invalidBody, invalidField, problem } from "../problem";
import type { Route } from "../route";
import { ProductsQuery } from "../schema";
import { addressOf } from "../sender";

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
        ...(variant.isPickable && { cards: true }),
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

/** The cards of a variant that can be chosen: of the product on show that the address names, and some moments old. */
async function answerCards(c: ApiContext, deps: Deps): Promise<Response> {
  const raw = c.req.query();
  const query = CardsQuery.safeParse(raw);
  if (!query.success) return send(c, invalidBody(query.error, raw));
  const cursor = query.data.cursor === undefined ? undefined : parsePreviewCursor(query.data.cursor);
  if (cursor === null) return send(c, invalidField("cursor", "malformed", "Send a nextCursor as it was received."));
  const { variantId, q, limit = limits.previewsPerPage } = query.data;
  const shelf = await findPickable(deps, c.req.param("slug") ?? "", variantId);
  if (!shelf) return send(c, problem("not_found"));
  if (q && !(await takeRate(deps, "cardSearch", networkOf(addressOf(c, deps)))).ok)
    return send(c, problem("rate_limited"));
  const asked = { variantId: shelf.variantId, seller: "api", q: q || undefined, cursor, limit };
  const { items, nextCursor } = await listPreviews(deps, asked);
  const cards = items.map(({ id, preview, extraMinor }) => ({
    id: toPublicId("preview", id),
    preview,
    extraMinor: extraMinor.toString(),
  }));
  return send(c, jsonReply(200, { items: cards, currency: shelf.currency, nextCursor }));
}

/** A variant by its public id, of the product with this address that is on show; null: there is none. Asked once per version of the pages. */
async function findPickable(
  deps: Deps,
  slug: string,
  publicId: string,
): Promise<{ variantId: string; currency: string } | null> {
  const id = fromPublicId("variant", publicId);
  if (!id.ok || !ProductSlug.safeParse(slug).success) return null;
  const known = ofDeps(deps, "api.pickable", () => ({ versions: "", products: new Map<string, Promise<Pickable>>() }));
  const versions = await readPageVersions(deps);
  if (known.versions !== versions || known.products.size >= limits.pageCacheEntriesMax) {
    known.products.clear();
    known.versions = versions;
  }
  const product = known.products.get(slug) ?? findProduct(deps, slug);
  known.products.set(slug, product);
  product.catch(() => known.products.delete(slug));
  const variant = (await product)?.variants.find((one) => one.id === id.value);
  return variant ? { variantId: variant.id, currency: variant.currency } : null;
}

type Pickable = Awaited<ReturnType<typeof findProduct>>;

export const productRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1/products", answer },
  { method: "GET", path: "/api/v1/products/:slug/cards", answer: answerCards },
];
