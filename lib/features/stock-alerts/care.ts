import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { type Db, inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { CareForm, CareListQuery } from "./schema";

/** A variant with what is promised of it and when its stock is told of. */
export interface CareRow {
  readonly variantId: string;
  readonly productId: string;
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly merchantName: string;
  readonly lowStockBelow: number;
  readonly lowStockClear: number | null;
  readonly warrantyHours: number | null;
  readonly warrantyCount: number | null;
  /** Counted up to a bound. */
  readonly available: number;
  readonly quarantined: number;
  readonly isLow: boolean;
  /** Buyers who want to hear when it is back. */
  readonly waiting: number;
}

/** The viewer's variants that are not archived, those that run low first. */
export async function listCare({ db }: { readonly db: Db }, viewer: Viewer, { q, page }: CareListQuery) {
  const size = limits.listRowsPerPage;
  const scope = merchantScope(viewer);
  const like = `%${q.replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await db.$queryRaw<CareRow[]>`
    SELECT v.id AS "variantId", p.id AS "productId", v.sku, p.title_zh || ' · ' || v.title_zh AS "titleZh",
           p.title_en || ' · ' || v.title_en AS "titleEn", m.name AS "merchantName", v.low_stock_below AS "lowStockBelow",
           v.low_stock_clear AS "lowStockClear", v.warranty_hours AS "warrantyHours", v.warranty_count AS "warrantyCount",
           s.n AS available, coalesce(w.state = 'low', false) AS "isLow",
           (SELECT count(*)::int FROM restock_request r WHERE r.variant_id = v.id AND r.state = 'waiting') AS waiting,
           (SELECT count(*)::int FROM batch b JOIN card c ON c.batch_id = b.id AND c.status = 'quarantined' WHERE b.variant_id = v.id) AS quarantined
      FROM variant v
      JOIN product p ON p.id = v.product_id
      JOIN merchant m ON m.id = v.merchant_id
      LEFT JOIN stock_warning w ON w.variant_id = v.id
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS n FROM (
          SELECT 1 FROM card c WHERE c.variant_id = v.id AND c.pool_id = ANY (v.pool_id || v.fallback_pool_ids) AND c.status = 'available'
           LIMIT ${limits.stockCountMax}::int) found) s
     WHERE v.status <> 'archived' AND (${scope}::uuid IS NULL OR v.merchant_id = ${scope}::uuid)
       AND (${q} = '' OR v.sku ILIKE ${like} OR p.title_zh ILIKE ${like} OR p.title_en ILIKE ${like})
     ORDER BY coalesce(w.state = 'low', false) DESC, p.position, p.id, v.position, v.id
     LIMIT ${size + 1}::int OFFSET ${(page - 1) * size}::int`;
  return { rows: rows.slice(0, size), page, hasMore: rows.length > size };
}

/** Saves what is promised of a variant and when its stock counts as filled up, with its audit event. */
export function saveCare(
  deps: Deps,
  viewer: Viewer,
  { variantId, ...care }: CareForm,
): Promise<Result<null, "not_found" | "clear_too_low">> {
  return inTransaction<null, "not_found" | "clear_too_low">(deps.db, async (tx) => {
    const before = await tx.variant.findFirst({ where: { id: variantId, ...ownedBy(viewer) } });
    if (!before) return err("not_found");
    if (care.lowStockClear !== null && care.lowStockClear <= before.lowStockBelow) return err("clear_too_low");
    await tx.variant.update({ where: { id: variantId }, data: care });
    await recordAudit(tx, {
      actor: viewer,
      action: "variant.care_changed",
      subjectKind: "variant",
      subjectId: variantId,
      merchantId: before.merchantId,
      detail: care,
    });
    return ok(null);
  });
}
