import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";

interface Reads {
  readonly db: Db;
}

/** One day of a period, in one currency. */
export interface SalesDay {
  /** "2026-11-21" on the shop's clock. */
  readonly day: string;
  readonly placed: number;
  readonly paid: number;
  readonly delivered: number;
  readonly salesMinor: bigint;
  readonly refundedMinor: bigint;
}

export interface SalesOfCurrency {
  readonly currency: string;
  /** Every day of the period, the last one being today; a day without a sale is there too. */
  readonly days: readonly SalesDay[];
}

export interface BestSeller {
  readonly variantId: string;
  readonly productId: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly currency: string;
  readonly pieces: number;
  readonly salesMinor: bigint;
}

export interface StockCover {
  readonly variantId: string;
  readonly productId: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly available: number;
  /** Sold over the days of `limits.coverDays`. */
  readonly sold: number;
  /** How many days the stock lasts at that rate. */
  readonly days: number;
}

export interface Sales {
  readonly from: string;
  readonly until: string;
  readonly currencies: readonly SalesOfCurrency[];
  readonly best: readonly BestSeller[];
  readonly cover: readonly StockCover[];
  /** Until when orders are counted; null before the first count. */
  readonly countedUntil: Date | null;
}

/** What the viewer sold in a period that ends today, from the counted days: as fast with a million orders as with ten. */
export async function readSales(
  deps: Reads,
  viewer: Viewer,
  period: { days: number; timeZone: string },
): Promise<Sales> {
  const scope = merchantScope(viewer);
  const [days, best, cover, progress] = await Promise.all([
    readDays(deps, scope, period),
    readBest(deps, scope, period),
    readCover(deps, scope, period.timeZone),
    deps.db.salesProgress.findUnique({ where: { id: 1 } }),
  ]);
  const currencies = new Map<string, SalesDay[]>();
  for (const { currency, ...day } of days) {
    const known = currencies.get(currency) ?? [];
    currencies.set(currency, [...known, day]);
  }
  return {
    from: days[0]?.day ?? "",
    until: days.at(-1)?.day ?? "",
    currencies: [...currencies].map(([currency, list]) => ({ currency, days: list })),
    best,
    cover,
    countedUntil: progress?.countedUntil ?? null,
  };
}

type DayRow = SalesDay & { readonly currency: string };

const readDays = ({ db }: Reads, scope: string | null, { days, timeZone }: { days: number; timeZone: string }) =>
  db.$queryRaw<DayRow[]>`
    WITH period AS (
      SELECT generate_series((clock_timestamp() AT TIME ZONE ${timeZone})::date - ${days - 1}::int,
                             (clock_timestamp() AT TIME ZONE ${timeZone})::date, interval '1 day')::date AS day),
    counted AS MATERIALIZED (
      SELECT s.day, s.currency, sum(s.placed)::int AS placed, sum(s.paid)::int AS paid, sum(s.delivered)::int AS delivered,
             sum(s.sales_minor)::bigint AS sales_minor, sum(s.refunded_minor)::bigint AS refunded_minor
        FROM sales_day s
       WHERE s.day >= (SELECT min(day) FROM period) AND (${scope}::uuid IS NULL OR s.merchant_id = ${scope}::uuid)
       GROUP BY s.day, s.currency),
    money AS (SELECT DISTINCT currency FROM counted)
    SELECT period.day::text, money.currency, coalesce(c.placed, 0) AS placed, coalesce(c.paid, 0) AS paid,
           coalesce(c.delivered, 0) AS delivered, coalesce(c.sales_minor, 0) AS "salesMinor", coalesce(c.refunded_minor, 0) AS "refundedMinor"
      FROM period CROSS JOIN money LEFT JOIN counted c ON c.day = period.day AND c.currency = money.currency
     ORDER BY money.currency, period.day`;

const readBest = ({ db }: Reads, scope: string | null, { days, timeZone }: { days: number; timeZone: string }) =>
  db.$queryRaw<BestSeller[]>`
    SELECT s.variant_id AS "variantId", v.product_id AS "productId", p.title_zh || ' · ' || v.title_zh AS "titleZh",
           p.title_en || ' · ' || v.title_en AS "titleEn", s.currency, sum(s.pieces)::int AS pieces, sum(s.sales_minor)::bigint AS "salesMinor"
      FROM sales_day s JOIN variant v ON v.id = s.variant_id JOIN product p ON p.id = v.product_id
     WHERE s.day > (clock_timestamp() AT TIME ZONE ${timeZone})::date - ${days}::int AND s.pieces > 0
       AND (${scope}::uuid IS NULL OR s.merchant_id = ${scope}::uuid)
     GROUP BY s.variant_id, v.id, p.id, s.currency
     ORDER BY sum(s.sales_minor) DESC, s.variant_id LIMIT ${limits.overviewRows}::int`;

/** Variants that sell, those first whose stock ends first. Counts of cards are bounded, as everywhere. */
const readCover = ({ db }: Reads, scope: string | null, timeZone: string) =>
  db.$queryRaw<StockCover[]>`
    WITH sold AS (
      SELECT s.variant_id, sum(s.pieces)::int AS sold FROM sales_day s
       WHERE s.day > (clock_timestamp() AT TIME ZONE ${timeZone})::date - ${limits.coverDays}::int
         AND (${scope}::uuid IS NULL OR s.merchant_id = ${scope}::uuid)
       GROUP BY s.variant_id HAVING sum(s.pieces) > 0 ORDER BY 2 DESC LIMIT ${limits.coverVariantsMax}::int)
    SELECT v.id AS "variantId", v.product_id AS "productId", p.title_zh || ' · ' || v.title_zh AS "titleZh",
           p.title_en || ' · ' || v.title_en AS "titleEn", stock.n AS available, sold.sold,
           floor(stock.n * ${limits.coverDays}::numeric / sold.sold)::int AS days
      FROM sold JOIN variant v ON v.id = sold.variant_id AND v.status = 'published' JOIN product p ON p.id = v.product_id
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS n FROM (
         SELECT 1 FROM card c WHERE c.variant_id = v.id AND c.pool_id = ANY (v.pool_id || v.fallback_pool_ids) AND c.status = 'available'
          LIMIT ${limits.stockCountMax}::int) counted) stock
     ORDER BY stock.n::numeric / sold.sold, v.id LIMIT ${limits.overviewRows}::int`;
