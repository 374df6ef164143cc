import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";

export interface ProgramVariant {
  readonly id: string;
  readonly version: number;
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly priceMinor: bigint;
  readonly currency: string;
  readonly status: string;
  readonly available: number;
}

export interface ProgramProduct {
  readonly id: string;
  readonly slug: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly status: string;
  readonly variants: readonly ProgramVariant[];
}

type Row = Omit<ProgramProduct, "variants"> & {
  readonly variants: readonly (Omit<ProgramVariant, "priceMinor"> & { readonly priceMinor: string })[];
};

/** The viewer's products with everything a program may change and its version, by id: a page ends where the next begins. */
export async function listForPrograms(
  { db }: { readonly db: Db },
  viewer: Viewer,
  { after, limit }: { after: string | null; limit: number },
): Promise<ProgramProduct[]> {
  const scope = merchantScope(viewer);
  const rows = await db.$queryRaw<Row[]>`
    SELECT p.id, p.slug, p.title_zh AS "titleZh", p.title_en AS "titleEn", p.status,
           coalesce((SELECT jsonb_agg(jsonb_build_object('id', v.id, 'version', v.version, 'sku', v.sku, 'titleZh', v.title_zh, 'titleEn', v.title_en,
                       'priceMinor', v.price_minor::text, 'currency', v.currency, 'status', v.status, 'available', s.n) ORDER BY v.position, v.id)
                       FROM variant v CROSS JOIN LATERAL (
                         SELECT count(*)::int AS n FROM (
                           SELECT 1 FROM card c WHERE c.variant_id = v.id AND c.pool_id = ANY (v.pool_id || v.fallback_pool_ids) AND c.status = 'available'
                            LIMIT ${limits.stockCountMax}::int) counted) s
                      WHERE v.product_id = p.id), '[]') AS variants
      FROM product p
     WHERE (${scope}::uuid IS NULL OR p.merchant_id = ${scope}::uuid) AND (${after}::uuid IS NULL OR p.id > ${after}::uuid)
     ORDER BY p.id LIMIT ${limit}::int`;
  return rows.map((row) => ({
    ...row,
    variants: row.variants.map((variant) => ({ ...variant, priceMinor: BigInt(variant.priceMinor) })),
  }));
}
