import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { merchantScope, ownedBy, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { type Page, toPage } from "./rules";
import type { ProductListQuery } from "./schema";

interface Reads {
  readonly db: Db;
}

export interface ProductRow {
  readonly id: string;
  readonly slug: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly picture: string;
  readonly status: string;
  readonly isHalted: boolean;
  readonly merchantName: string;
  readonly variantCount: number;
  /** Cards on sale over all variants, counted up to a bound. */
  readonly available: number;
  readonly priceMinor: bigint | null;
  readonly currency: string | null;
}

const ORDER_BY = {
  shelf: Prisma.sql`p.position, p.id`,
  title: Prisma.sql`p.title_zh, p.id`,
  stock: Prisma.sql`available, p.id`,
};

/** The viewer's products; each with its cheapest price and what is on sale. */
export async function listProducts({ db }: Reads, viewer: Viewer, query: ProductListQuery): Promise<Page<ProductRow>> {
  const size = limits.listRowsPerPage;
  const scope = merchantScope(viewer);
  const like = `%${query.q.replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await db.$queryRaw<ProductRow[]>`
    SELECT p.id, p.slug, p.title_zh AS "titleZh", p.title_en AS "titleEn", p.picture, p.status,
           p.halted_at IS NOT NULL AS "isHalted", m.name AS "merchantName", v.count AS "variantCount",
           v.available, v.price_minor AS "priceMinor", v.currency
      FROM product p
      JOIN merchant m ON m.id = p.merchant_id
      LEFT JOIN LATERAL (
        SELECT count(*)::int AS count, coalesce(sum(s.n), 0)::int AS available, min(x.price_minor) AS price_minor, min(x.currency) AS currency
          FROM variant x
          CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
            SELECT 1 FROM card c WHERE c.variant_id = x.id AND c.pool_id = ANY (x.pool_id || x.fallback_pool_ids) AND c.status = 'available'
             LIMIT ${limits.stockCountMax}::int) counted) s
         WHERE x.product_id = p.id AND x.status <> 'archived') v ON true
     WHERE (${scope}::uuid IS NULL OR p.merchant_id = ${scope}::uuid)
       AND (${query.status ?? null}::text IS NULL OR p.status = ${query.status ?? null})
       AND (${query.q} = '' OR p.title_zh ILIKE ${like} OR p.title_en ILIKE ${like} OR p.slug ILIKE ${like}
            OR EXISTS (SELECT 1 FROM variant x WHERE x.product_id = p.id AND x.sku ILIKE ${like}))
     ORDER BY ${ORDER_BY[query.sort]}
     LIMIT ${size + 1}::int OFFSET ${(query.page - 1) * size}::int`;
  return toPage(rows, query.page, size);
}

export interface TierRow {
  readonly quantityMin: number;
  readonly unitPriceMinor: bigint;
}

export interface VariantRow {
  readonly id: string;
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly priceMinor: bigint;
  readonly currency: string;
  readonly stockPolicy: string;
  readonly quantityMin: number;
  readonly quantityMax: number;
  readonly lowStockBelow: number;
  readonly usageNoteZh: string;
  readonly usageNoteEn: string;
  readonly saleFrom: Date | null;
  readonly saleUntil: Date | null;
  readonly salePhase: string;
  readonly buyerMax: number | null;
  readonly kind: string;
  readonly manualHours: number | null;
  readonly buyerFields: unknown;
  readonly presaleAt: Date | null;
  readonly presaleCap: number | null;
  readonly status: string;
  readonly version: number;
  readonly tiers: readonly TierRow[];
  readonly available: number;
}

const PRODUCT_WITH_VARIANTS = {
  merchant: { select: { name: true } },
  variants: {
    orderBy: [{ position: "asc" }, { id: "asc" }],
    include: { priceTiers: { orderBy: { quantityMin: "asc" } } },
  },
} as const satisfies Prisma.ProductInclude;

/** One product with everything its editor shows, or null when it is not there for this viewer. */
export async function findProduct({ db }: Reads, viewer: Viewer, productId: string) {
  const product = await db.product.findFirst({
    where: { id: productId, ...ownedBy(viewer) },
    include: PRODUCT_WITH_VARIANTS,
  });
  if (!product) return null;
  const { variants, merchant, ...rest } = product;
  const counts = await countAvailable(
    db,
    variants.map(({ id }) => id),
  );
  const toRow = ({ priceTiers, ...variant }: (typeof variants)[number]): VariantRow => ({
    ...variant,
    tiers: priceTiers,
    available: counts.get(variant.id) ?? 0,
  });
  return { ...rest, merchantName: merchant.name, variants: variants.map(toRow) };
}
export type ProductDetail = NonNullable<Awaited<ReturnType<typeof findProduct>>>;

async function countAvailable(db: Db, variantIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db.$queryRaw<{ id: string; available: number }[]>`
    SELECT v.id, (SELECT count(*)::int FROM (
             SELECT 1 FROM card c WHERE c.variant_id = v.id AND c.pool_id = ANY (v.pool_id || v.fallback_pool_ids) AND c.status = 'available'
              LIMIT ${limits.stockCountMax}::int) counted) AS available
      FROM variant v WHERE v.id = ANY (${[...variantIds]}::uuid[])`;
  return new Map(rows.map(({ id, available }) => [id, available]));
}

export interface VariantChoice {
  readonly id: string;
  readonly sku: string;
  readonly productId: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly productTitleZh: string;
  readonly productTitleEn: string;
}

/** The viewer's variants to choose one from, archived ones left out. */
export async function listVariantChoices({ db }: Reads, viewer: Viewer): Promise<readonly VariantChoice[]> {
  const variants = await db.variant.findMany({
    where: { ...ownedBy(viewer), status: { not: "archived" }, product: { status: { not: "archived" } } },
    orderBy: [{ product: { position: "asc" } }, { productId: "asc" }, { position: "asc" }],
    take: limits.pickListMax,
    select: { id: true, sku: true, productId: true, titleZh: true, titleEn: true, product: true },
  });
  return variants.map(({ product, ...variant }) => ({
    ...variant,
    productTitleZh: product.titleZh,
    productTitleEn: product.titleEn,
  }));
}

/** The categories a product may stand in; they belong to the platform. */
export const listCategories = ({ db }: Reads) =>
  db.category.findMany({
    orderBy: [{ position: "asc" }, { slug: "asc" }],
    take: limits.pickListMax,
    select: { id: true, slug: true, titleZh: true, titleEn: true },
  });
