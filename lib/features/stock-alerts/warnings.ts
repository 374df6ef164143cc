import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";

interface Crossing {
  readonly variantId: string;
  readonly merchantId: string;
}

/**
 * Finds the variants that have fallen to their bound since they were last looked at, and those that have risen above it again. Each
 * crossing is in one answer only. What was never on sale is not running low. Counting stops at each variant's own bound.
 */
export async function crossBounds(tx: Tx): Promise<{ fell: Crossing[]; rose: Crossing[] }> {
  const rows = await tx.$queryRaw<(Crossing & { hasFallen: boolean })[]>`
    WITH level AS MATERIALIZED (
      SELECT v.id, v.merchant_id, v.pool_id || v.fallback_pool_ids AS pools, v.low_stock_below AS low, greatest(coalesce(v.low_stock_clear, v.low_stock_below * 2), v.low_stock_below + 1) AS clear
        FROM variant v JOIN product p ON p.id = v.product_id AND p.status = 'published'
       WHERE v.status = 'published' AND v.kind = 'unique' AND EXISTS (SELECT 1 FROM batch b WHERE b.variant_id = v.id AND b.status = 'published')
       ORDER BY v.id LIMIT ${limits.variantCacheEntriesMax}::int),
    counted AS MATERIALIZED (
      SELECT l.*, s.n FROM level l CROSS JOIN LATERAL (
        SELECT count(*)::int AS n FROM (
          SELECT 1 FROM card c WHERE c.variant_id = l.id AND c.pool_id = ANY (l.pools) AND c.status = 'available'
             AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp()) LIMIT l.clear) found) s),
    fell AS (
      INSERT INTO stock_warning (variant_id, merchant_id, state, available)
      SELECT id, merchant_id, 'low', n FROM counted WHERE n <= low ORDER BY id
      ON CONFLICT (variant_id) DO UPDATE SET state = 'low', available = EXCLUDED.available, changed_at = EXCLUDED.changed_at
       WHERE stock_warning.state = 'clear'
      RETURNING variant_id, merchant_id),
    rose AS (
      UPDATE stock_warning w SET state = 'clear', available = c.n, changed_at = date_trunc('milliseconds', clock_timestamp())
        FROM counted c WHERE w.variant_id = c.id AND w.state = 'low' AND c.n >= c.clear
      RETURNING w.variant_id, w.merchant_id)
    SELECT variant_id AS "variantId", merchant_id AS "merchantId", true AS "hasFallen" FROM fell
    UNION ALL SELECT variant_id, merchant_id, false FROM rose`;
  return { fell: rows.filter(({ hasFallen }) => hasFallen), rose: rows.filter(({ hasFallen }) => !hasFallen) };
}

/** Queues the letters and messages of merchants whose stock has run low, as each wants them; in the transaction that found it. */
export async function queueWarnings(
  tx: Tx,
  merchantIds: readonly string[],
  status: "queued" | "not_configured",
): Promise<void> {
  const people = await tx.$queryRaw<{ email: string; merchantId: string }[]>`
    SELECT u.email, u.merchant_id AS "merchantId" FROM app_user u LEFT JOIN alert_channel a ON a.merchant_id = u.merchant_id
     WHERE u.merchant_id = ANY (${[...merchantIds]}::uuid[]) AND u.status = 'active' AND coalesce(a.is_mail, true)
     ORDER BY u.id LIMIT ${limits.stockLettersPerRun}::int`;
  for (const { email, merchantId } of people)
    await tx.$executeRaw`
      INSERT INTO mail (id, kind, stock_merchant_id, recipient, locale, status)
      VALUES (${newId()}::uuid, 'stock_low', ${merchantId}::uuid, ${email}, 'zh', ${status})`;
  const bots = await tx.$queryRaw<{ merchantId: string }[]>`
    SELECT merchant_id AS "merchantId" FROM alert_channel
     WHERE merchant_id = ANY (${[...merchantIds]}::uuid[]) AND telegram_token IS NOT NULL`;
  for (const { merchantId } of bots)
    await tx.$executeRaw`INSERT INTO telegram_message (id, merchant_id, kind) VALUES (${newId()}::uuid, ${merchantId}::uuid, 'stock_low')`;
}

/** A variant that is low at this moment, as its merchant is told of it. */
export interface LowVariant {
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly available: number;
}

/** A merchant's variants that are under a warning, the emptiest first, with what is there now. */
export const listLow = (db: Db | Tx, merchantId: string): Promise<LowVariant[]> =>
  db.$queryRaw`
    SELECT v.sku, p.title_zh || ' · ' || v.title_zh AS "titleZh", p.title_en || ' · ' || v.title_en AS "titleEn", s.n AS available
      FROM stock_warning w
      JOIN variant v ON v.id = w.variant_id AND v.status = 'published' JOIN product p ON p.id = v.product_id
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS n FROM (
          SELECT 1 FROM card c WHERE c.variant_id = v.id AND c.pool_id = ANY (v.pool_id || v.fallback_pool_ids) AND c.status = 'available'
             AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp()) LIMIT v.low_stock_below + 1) found) s
     WHERE w.merchant_id = ${merchantId}::uuid AND w.state = 'low'
     ORDER BY s.n, v.sku LIMIT ${limits.lowVariantsTold}::int`;
