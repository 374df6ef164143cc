import type { Prisma, PrismaClient } from "@/lib/generated/prisma/client";
import { type BuyerField, readBuyerFields } from "@/lib/kernel/buyer-fields";
import { limits } from "@/lib/kernel/limits";
import type { PriceTier } from "./pricing";
import {
  bestBand,
  escapeLike,
  formatCursor,
  type Localized,
  type SalePhase,
  type SaleWindow,
  type StockBand,
  searchTerms,
} from "./rules";
import type { ListingQuery } from "./schema";

interface Reads {
  readonly db: PrismaClient;
}

export interface CategoryView {
  readonly slug: string;
  readonly title: Localized;
}

/** A category in the rail: under how many others it stands. */
export interface CategoryEntry extends CategoryView {
  readonly depth: number;
}

/** A variant as a buyer may see it: a band, never a count. */
export interface VariantView {
  readonly id: string;
  readonly sku: string;
  readonly title: Localized;
  readonly priceMinor: bigint;
  readonly currency: string;
  readonly band: StockBand;
  readonly quantityMin: number;
  readonly quantityMax: number;
  readonly tiers: readonly PriceTier[];
  readonly phase: SalePhase;
  readonly window: SaleWindow;
  readonly buyerMax: number | null;
  readonly promise: PromiseView | null;
  /** There are cards that a buyer may choose himself; they are not in the band. */
  readonly isPickable: boolean;
}

/** Of what is sold before it is there: how long it takes, or which day; and what the buyer is asked. */
export interface PromiseView {
  readonly hours: number | null;
  readonly dueAt: Date | null;
  readonly fields: readonly BuyerField[];
}

export interface ProductListItem {
  readonly id: string;
  readonly slug: string;
  readonly title: Localized;
  readonly summary: Localized;
  readonly picture: string;
  readonly band: StockBand;
  /** The lowest price of one piece, in the currency of the first variant. */
  readonly priceFrom: { readonly amountMinor: bigint; readonly currency: string };
  readonly variants: readonly VariantView[];
}

export interface ProductPage {
  readonly id: string;
  readonly merchantId: string;
  readonly slug: string;
  readonly title: Localized;
  readonly summary: Localized;
  readonly description: Localized;
  readonly usageNote: Localized;
  readonly picture: string;
  readonly pictureAlt: Localized;
  readonly category: CategoryView;
  /** False while the product is halted: it is shown, and not sold. */
  readonly isSellable: boolean;
  readonly variants: readonly VariantView[];
}

const PUBLISHED_VARIANTS = {
  where: { status: "published" },
  orderBy: [{ position: "asc" }, { id: "asc" }],
  include: {
    priceTiers: { orderBy: { quantityMin: "asc" } },
    variantStock: { select: { band: true, isPickable: true } },
  },
} as const satisfies Prisma.Product$variantsArgs;

type VariantRow = Prisma.VariantGetPayload<Omit<typeof PUBLISHED_VARIANTS, "where" | "orderBy">>;

const localized = (zh: string, en: string): Localized => ({ zh, en });

function toPromiseView({ kind, manualHours, presaleAt, buyerFields }: VariantRow): PromiseView | null {
  if (kind === "manual") return { hours: manualHours, dueAt: null, fields: readBuyerFields(buyerFields) };
  return presaleAt ? { hours: null, dueAt: presaleAt, fields: [] } : null;
}

const toVariantView = (row: VariantRow): VariantView => ({
  id: row.id,
  sku: row.sku,
  title: localized(row.titleZh, row.titleEn),
  priceMinor: row.priceMinor,
  currency: row.currency,
  band: (row.variantStock?.band ?? "sold_out") as StockBand,
  quantityMin: row.quantityMin,
  quantityMax: Math.min(row.quantityMax, row.buyerMax ?? row.quantityMax),
  tiers: row.priceTiers.map(({ quantityMin, unitPriceMinor }) => ({ quantityMin, unitPriceMinor })),
  phase: row.salePhase as SalePhase,
  window: { saleFrom: row.saleFrom, saleUntil: row.saleUntil },
  buyerMax: row.buyerMax,
  promise: toPromiseView(row),
  isPickable: row.kind !== "manual" && row.presaleAt === null && row.variantStock?.isPickable === true,
});

/** Everything on show: published, not halted, of an active merchant, with something to buy. */
const ON_SHOW = {
  status: "published",
  haltedAt: null,
  merchant: { status: "active" },
  variants: { some: { status: "published" } },
} as const satisfies Prisma.ProductWhereInput;

function searchFilter(query: string | undefined): Prisma.ProductWhereInput[] {
  return searchTerms(query ?? "").map((term) => {
    const contains = { contains: escapeLike(term), mode: "insensitive" } as const;
    return {
      OR: [
        { titleZh: contains },
        { titleEn: contains },
        { summaryZh: contains },
        { summaryEn: contains },
        { category: { OR: [{ titleZh: contains }, { titleEn: contains }] } },
      ],
    };
  });
}

/**
 * One page of the products on show, in shelf order. The cursor names the last product of the page before, so a product
 * that is added or removed meanwhile makes none of the others appear twice.
 */
export async function listProducts({ db }: Reads, query: ListingQuery) {
  const limit = query.limit ?? limits.productsPerPageMax;
  const { cursor, category } = query;
  const after: Prisma.ProductWhereInput = cursor
    ? { OR: [{ position: { gt: cursor.position } }, { position: cursor.position, id: { gt: cursor.id } }] }
    : {};
  const rows = await db.product.findMany({
    where: {
      ...ON_SHOW,
      ...(category ? { category: inCategory(category) } : {}),
      AND: [after, ...searchFilter(query.q)],
    },
    orderBy: [{ position: "asc" }, { id: "asc" }],
    take: limit + 1,
    include: { variants: PUBLISHED_VARIANTS },
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toListItem),
    nextCursor: rows.length > limit && last ? formatCursor(last) : null,
  };
}

type ProductRow = Prisma.ProductGetPayload<{ include: { variants: typeof PUBLISHED_VARIANTS } }>;

/** A variant of which only chosen cards are left is not sold out. */
export const bandOnShelf = ({ band, isPickable }: VariantView): StockBand =>
  band === "sold_out" && isPickable ? "low" : band;

function lowest(prices: readonly bigint[]): bigint {
  let low = prices[0] ?? 0n;
  for (const price of prices) if (price < low) low = price;
  return low;
}

function toListItem(row: ProductRow): ProductListItem {
  const variants = row.variants.map(toVariantView);
  const currency = variants[0]?.currency ?? "CNY";
  const prices = variants.filter((variant) => variant.currency === currency).map((variant) => variant.priceMinor);
  return {
    id: row.id,
    slug: row.slug,
    title: localized(row.titleZh, row.titleEn),
    summary: localized(row.summaryZh, row.summaryEn),
    picture: row.picture,
    band: bestBand(variants.map(bandOnShelf)),
    priceFrom: { amountMinor: lowest(prices), currency },
    variants,
  };
}

/** A category and what stands below it, as deep as categories go. */
const inCategory = (slug: string): Prisma.CategoryWhereInput => ({
  OR: [{ slug }, { parent: { slug } }, { parent: { parent: { slug } } }],
});

/** The categories that have something on show, or stand above one that has, in shelf order: each behind its parent. */
export async function listCategories({ db }: Reads): Promise<CategoryEntry[]> {
  const some = { products: { some: ON_SHOW } } as const;
  const rows = await db.category.findMany({
    where: { OR: [some, { children: { some } }, { children: { some: { children: { some } } } }] },
    orderBy: [{ position: "asc" }, { id: "asc" }],
    take: limits.categoriesMax,
  });
  const entriesUnder = (parentId: string | null, depth: number): CategoryEntry[] =>
    depth >= limits.categoryDepthMax
      ? []
      : rows
          .filter((row) => row.parentId === parentId)
          .flatMap((row) => [
            { slug: row.slug, title: localized(row.titleZh, row.titleEn), depth },
            ...entriesUnder(row.id, depth + 1),
          ]);
  return entriesUnder(null, 0);
}

/** A published product by its place in the address, halted or not; null when there is none to show. */
export async function findProduct({ db }: Reads, slug: string): Promise<ProductPage | null> {
  const row = await db.product.findFirst({
    where: { slug, status: "published", merchant: { status: "active" } },
    include: { variants: PUBLISHED_VARIANTS, category: true },
  });
  if (!row) return null;
  return {
    id: row.id,
    merchantId: row.merchantId,
    slug: row.slug,
    title: localized(row.titleZh, row.titleEn),
    summary: localized(row.summaryZh, row.summaryEn),
    description: localized(row.descriptionZh, row.descriptionEn),
    usageNote: localized(row.usageNoteZh, row.usageNoteEn),
    picture: row.picture,
    pictureAlt: localized(row.pictureAltZh, row.pictureAltEn),
    category: { slug: row.category.slug, title: localized(row.category.titleZh, row.category.titleEn) },
    isSellable: row.haltedAt === null && row.variants.length > 0,
    variants: row.variants.map(toVariantView),
  };
}
