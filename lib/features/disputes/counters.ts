import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db, Tx } from "@/lib/platform/db";
import { isMassProblem } from "./rules";

/** How often somebody reported, or was reported, and how it came out. `upheld`: replaced, given back or compensated. */
export interface FairnessCount {
  readonly reports: number;
  readonly upheld: number;
  readonly rejected: number;
}

/** The counters of a buyer's address and of a merchant, as they stand now. What was withdrawn counts as a report and as neither outcome. */
export async function readFairness(
  db: Db | Tx,
  { buyerHash, merchantId }: { buyerHash: Uint8Array; merchantId: string },
): Promise<{ readonly buyer: FairnessCount; readonly merchant: FairnessCount }> {
  const rows = await db.$queryRaw<(FairnessCount & { side: "buyer" | "merchant" })[]>`
    SELECT s.side, count(d.id)::int AS reports, count(*) FILTER (WHERE x.outcome IN ('replace', 'refund', 'compensate'))::int AS upheld,
           count(*) FILTER (WHERE x.outcome = 'reject')::int AS rejected
      FROM (VALUES ('buyer'), ('merchant')) AS s (side)
      LEFT JOIN dispute d ON d.source = 'buyer'
       AND ((s.side = 'buyer' AND d.buyer_hash = ${Buffer.from(buyerHash)}) OR (s.side = 'merchant' AND d.merchant_id = ${merchantId}::uuid))
      LEFT JOIN dispute_decision x ON x.id = d.decision_id AND x.state = 'done'
     GROUP BY s.side`;
  const of = (side: "buyer" | "merchant"): FairnessCount => {
    const { reports = 0, upheld = 0, rejected = 0 } = rows.find((row) => row.side === side) ?? {};
    return { reports, upheld, rejected };
  };
  return { buyer: of("buyer"), merchant: of("merchant") };
}

/** A batch of which so many cards were reported that the rest of it had better be put aside. */
export interface SuspectBatch {
  readonly batchId: string;
  readonly number: bigint;
  readonly merchantName: string;
  readonly titleZh: string;
  readonly titleEn: string;
  /** Buyers who reported it. */
  readonly reports: number;
  /** Handed to buyers, what came back included. */
  readonly delivered: number;
  readonly available: number;
}

/**
 * The viewer's batches with a mass problem and cards still on sale, the most reported first. Rejected and withdrawn reports do not count,
 * and one buyer counts once for each batch, so that nobody alone takes a batch off the shelf.
 */
export async function listSuspectBatches(
  { db }: { readonly db: Db },
  viewer: Viewer,
  only: string | null = null,
): Promise<readonly SuspectBatch[]> {
  const scope = merchantScope(viewer);
  const rows = await db.$queryRaw<SuspectBatch[]>`
    WITH reported AS (
      SELECT d.batch_id AS id, count(DISTINCT d.buyer_hash)::int AS buyers
        FROM dispute d LEFT JOIN dispute_decision x ON x.id = d.decision_id AND x.state = 'done'
       WHERE d.batch_id IS NOT NULL AND d.source = 'buyer' AND d.status <> 'withdrawn' AND x.outcome IS DISTINCT FROM 'reject'
         AND d.opened_at > clock_timestamp() - make_interval(days => ${limits.disputeBatchDays}::int)
         AND (${scope}::uuid IS NULL OR d.merchant_id = ${scope}::uuid) AND (${only}::uuid IS NULL OR d.batch_id = ${only}::uuid)
       GROUP BY d.batch_id HAVING count(DISTINCT d.buyer_hash) >= ${limits.disputeBatchReportsMin}::int
       ORDER BY count(DISTINCT d.buyer_hash) DESC LIMIT ${limits.disputeBatchesShown}::int)
    SELECT b.id AS "batchId", b.number, m.name AS "merchantName", p.title_zh || ' · ' || v.title_zh AS "titleZh", p.title_en || ' · ' || v.title_en AS "titleEn",
           r.buyers AS reports,
           (SELECT count(*)::int FROM card c WHERE c.batch_id = b.id AND c.status IN ('delivered', 'withdrawn') AND c.delivered_at IS NOT NULL) AS delivered,
           (SELECT count(*)::int FROM card c WHERE c.batch_id = b.id AND c.status = 'available') AS available
      FROM reported r JOIN batch b ON b.id = r.id AND b.hold_id IS NULL JOIN merchant m ON m.id = b.merchant_id
      JOIN variant v ON v.id = b.variant_id JOIN product p ON p.id = v.product_id
     ORDER BY r.buyers DESC, b.id`;
  return rows.filter((batch) => batch.available > 0 && isMassProblem(batch));
}
