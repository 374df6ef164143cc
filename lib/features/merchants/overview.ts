import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Deps } from "@/lib/platform/deps";
import { firstIdAt } from "./rules";

type Reads = Pick<Deps, "db" | "clock">;

export interface DayFigures {
  /** "2026-11-21" in the shop's time zone. */
  readonly day: string;
  readonly orders: number;
  readonly paid: number;
  readonly sales: readonly { readonly currency: string; readonly totalMinor: bigint }[];
}

export interface LowStockRow {
  readonly variantId: string;
  readonly productId: string;
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly available: number;
  readonly lowStockBelow: number;
}

export interface Overview {
  /** The last seven days, today last; an order counts on the day it was placed. */
  readonly days: readonly DayFigures[];
  readonly lowStock: readonly LowStockRow[];
  readonly owedCount: number;
  readonly draftBatches: number;
  readonly exceptions: number;
}

/** What needs attention today, of the viewer's shop or of all. Every figure has a list behind it. */
export async function readOverview(deps: Reads, viewer: Viewer, timeZone: string): Promise<Overview> {
  const scope = merchantScope(viewer);
  const [days, lowStock, [counts]] = await Promise.all([
    readDays(deps, scope, timeZone),
    readLowStock(deps, scope),
    deps.db.$queryRaw<{ owedCount: number; draftBatches: number; exceptions: number }[]>`
      SELECT (SELECT count(*)::int FROM orders o
               WHERE o.owed_at IS NOT NULL AND (${scope}::uuid IS NULL OR o.merchant_id = ${scope}::uuid)) AS "owedCount",
             (SELECT count(*)::int FROM batch b
               WHERE b.status = 'draft' AND (${scope}::uuid IS NULL OR b.merchant_id = ${scope}::uuid)) AS "draftBatches",
             (SELECT count(DISTINCT f.order_id)::int FROM finding f JOIN orders o ON o.id = f.order_id
               WHERE f.status IN ('open', 'in_work') AND (${scope}::uuid IS NULL OR o.merchant_id = ${scope}::uuid)) AS exceptions`,
  ]);
  return { days, lowStock, ...counts! };
}

interface DayRow {
  readonly day: string;
  readonly currency: string | null;
  readonly orders: number;
  readonly paid: number;
  readonly totalMinor: bigint;
}

async function readDays({ db, clock }: Reads, scope: string | null, timeZone: string): Promise<DayFigures[]> {
  // Ids begin with their time: the index on (merchant, id) reads the last days and nothing older.
  const since = firstIdAt(clock.now() - (limits.overviewDays + 1) * 24 * 3600 * 1000);
  const rows = await db.$queryRaw<DayRow[]>`
    WITH day AS (
      SELECT generate_series((clock_timestamp() AT TIME ZONE ${timeZone})::date - ${limits.overviewDays - 1}::int,
                             (clock_timestamp() AT TIME ZONE ${timeZone})::date, interval '1 day')::date AS day),
    recent AS (
      SELECT (o.created_at AT TIME ZONE ${timeZone})::date AS day, o.currency, o.total_minor,
             o.settled_payment_id IS NOT NULL AS is_paid
        FROM orders o WHERE o.id >= ${since}::uuid AND (${scope}::uuid IS NULL OR o.merchant_id = ${scope}::uuid))
    SELECT day.day::text, r.currency, count(r.day)::int AS orders, (count(*) FILTER (WHERE r.is_paid))::int AS paid,
           coalesce(sum(r.total_minor) FILTER (WHERE r.is_paid), 0)::bigint AS "totalMinor"
      FROM day LEFT JOIN recent r ON r.day = day.day
     GROUP BY day.day, r.currency ORDER BY day.day, r.currency`;
  const days = new Map<string, DayFigures>();
  for (const { day, currency, orders, paid, totalMinor } of rows) {
    const before = days.get(day) ?? { day, orders: 0, paid: 0, sales: [] };
    const sales = currency && paid > 0 ? [...before.sales, { currency, totalMinor }] : before.sales;
    days.set(day, { day, orders: before.orders + orders, paid: before.paid + paid, sales });
  }
  return [...days.values()];
}

const readLowStock = ({ db }: Reads, scope: string | null): Promise<LowStockRow[]> =>
  db.$queryRaw`
    SELECT v.id AS "variantId", v.product_id AS "productId", v.sku, p.title_zh || ' · ' || v.title_zh AS "titleZh",
           p.title_en || ' · ' || v.title_en AS "titleEn", s.available, v.low_stock_below AS "lowStockBelow"
      FROM variant v
      JOIN product p ON p.id = v.product_id AND p.status = 'published'
      CROSS JOIN LATERAL (SELECT count(*)::int AS available FROM (
        SELECT 1 FROM card c WHERE c.variant_id = v.id AND c.pool_id = ANY (v.pool_id || v.fallback_pool_ids) AND c.status = 'available'
         LIMIT v.low_stock_below + 1) counted) s
     WHERE v.status = 'published' AND s.available <= v.low_stock_below
       AND (${scope}::uuid IS NULL OR v.merchant_id = ${scope}::uuid)
     ORDER BY s.available, v.sku LIMIT ${limits.listRowsPerPage}::int`;
