import { Prisma } from "@/lib/generated/prisma/client";
import type { Db, Tx } from "@/lib/platform/db";
import { ID_SKEW, idAt } from "@/lib/platform/id-at";
import { type Figure, NOBODY } from "./rules";

export interface Span {
  readonly beginsAt: Date;
  readonly endsAt: Date;
  /** Only this merchant's; null: everybody's. */
  readonly merchantId?: string | null;
}

/**
 * What happened between two moments, of each merchant in each currency, and what was owed at the second one. Every figure stands at the time
 * that the database gave its event, and no event is given a time that is over: so the sums of a day that is past stay what they are, and a
 * refund of yesterday's order is today's.
 */
export function readMoneySums(db: Db | Tx, { beginsAt, endsAt, merchantId = null }: Span): Promise<Figure[]> {
  const [begins, ends] = [Prisma.sql`${beginsAt}::timestamptz`, Prisma.sql`${endsAt}::timestamptz`];
  const withIds = (column: Prisma.Sql) =>
    Prisma.sql`${column} >= ${idAt(Prisma.sql`${begins} - ${ID_SKEW}`)} AND ${column} < ${idAt(Prisma.sql`${ends} + ${ID_SKEW}`)}`;
  const ofScope = Prisma.sql`(${merchantId}::uuid IS NULL OR o.merchant_id = ${merchantId}::uuid)`;
  return db.$queryRaw<Figure[]>`
    WITH moved AS MATERIALIZED (
      SELECT e.to_status, o.merchant_id, o.currency, o.total_minor, o.quantity
        FROM order_event e JOIN orders o ON o.id = e.order_id
       WHERE e.at >= ${begins} AND e.at < ${ends} AND ${ofScope}
         AND ((e.to_status = 'paid' AND e.from_status IN ('pending', 'expired', 'cancelled'))
           OR (e.to_status = 'delivered' AND e.from_status = 'paid'))),
    came AS MATERIALIZED (
      SELECT o.merchant_id, p.currency, p.amount_minor, p.verdict, a.merchant_id IS NOT NULL AS is_direct
        FROM payment p JOIN orders o ON o.id = p.order_id JOIN gateway_account a ON a.id = p.account_id
       WHERE ${withIds(Prisma.sql`p.id`)} AND p.received_at >= ${begins} AND p.received_at < ${ends} AND ${ofScope}),
    went AS MATERIALIZED (
      SELECT o.merchant_id, p.currency, r.amount_minor, a.merchant_id IS NOT NULL AND r.method <> 'balance' AS is_direct
        FROM refund r JOIN payment p ON p.id = r.payment_id JOIN orders o ON o.id = r.order_id JOIN gateway_account a ON a.id = p.account_id
       WHERE r.status = 'succeeded' AND r.finished_at >= ${begins} AND r.finished_at < ${ends} AND ${ofScope}),
    -- Where an order stood at the end: where its first step after that led from, or, without one, where it stands.
    later AS MATERIALIZED (
      SELECT DISTINCT ON (e.order_id) e.order_id, e.from_status FROM order_event e WHERE e.at >= ${ends} ORDER BY e.order_id, e.id),
    owed AS MATERIALIZED (
      SELECT o.merchant_id, o.currency, o.total_minor FROM orders o
       WHERE ${ofScope} AND o.id IN (
         SELECT l.order_id FROM later l WHERE l.from_status = 'paid'
         UNION SELECT w.id FROM orders w WHERE w.owed_at IS NOT NULL AND w.status = 'paid'
                  AND NOT EXISTS (SELECT 1 FROM later l WHERE l.order_id = w.id))),
    summed AS (
      SELECT 'placed' AS name, o.merchant_id, o.currency AS label, count(*) AS quantity, sum(o.total_minor) AS minor
        FROM orders o WHERE ${withIds(Prisma.sql`o.id`)} AND o.created_at >= ${begins} AND o.created_at < ${ends} AND ${ofScope} GROUP BY 2, 3
      UNION ALL SELECT CASE to_status WHEN 'paid' THEN 'sold' ELSE 'delivered' END, merchant_id, currency, count(*), sum(total_minor) FROM moved GROUP BY 1, 2, 3
      UNION ALL SELECT CASE to_status WHEN 'paid' THEN 'pieces_sold' ELSE 'pieces_delivered' END, merchant_id, currency, sum(quantity), NULL FROM moved GROUP BY 1, 2, 3
      UNION ALL SELECT CASE WHEN is_direct THEN 'received_direct' ELSE 'received' END, merchant_id, currency, count(*), sum(amount_minor) FROM came GROUP BY 1, 2, 3
      UNION ALL SELECT 'unsettled', merchant_id, currency, count(*), sum(amount_minor) FROM came WHERE verdict <> 'settled' GROUP BY 2, 3
      UNION ALL SELECT CASE WHEN is_direct THEN 'refunded_direct' ELSE 'refunded' END, merchant_id, currency, count(*), sum(amount_minor) FROM went GROUP BY 1, 2, 3
      UNION ALL SELECT 'owed', merchant_id, currency, count(*), sum(total_minor) FROM owed GROUP BY 2, 3)
    SELECT name, merchant_id AS "merchantId", label, quantity::bigint AS quantity, minor::bigint AS "amountMinor" FROM summed ORDER BY 1, 2, 3`;
}

/** What was opened and closed of each kind of finding between two moments, and what was open at the second one, by its age. */
export const readFindingSums = (db: Db | Tx, { beginsAt, endsAt }: Span): Promise<Figure[]> =>
  db.$queryRaw<Figure[]>`
    WITH step AS MATERIALIZED (
      SELECT e.id, e.finding_id, e.at, e.kind IN ('opened', 'reopened') AS is_open, f.kind AS label
        FROM finding_event e JOIN finding f ON f.id = e.finding_id
       WHERE e.kind IN ('opened', 'reopened', 'resolved', 'accepted') AND e.at < ${endsAt}::timestamptz),
    last AS (SELECT DISTINCT ON (finding_id) label, is_open, ${endsAt}::timestamptz - at AS age FROM step ORDER BY finding_id, id DESC),
    summed AS (
      SELECT CASE WHEN is_open THEN 'finding_opened' ELSE 'finding_closed' END AS name, label, count(*) AS quantity
        FROM step WHERE at >= ${beginsAt}::timestamptz GROUP BY 1, 2
      UNION ALL SELECT 'finding_open', label, count(*) FROM last WHERE is_open GROUP BY 2
      UNION ALL SELECT CASE WHEN age < interval '1 day' THEN 'finding_age_1' WHEN age < interval '3 days' THEN 'finding_age_3'
                            WHEN age < interval '7 days' THEN 'finding_age_7' ELSE 'finding_age_more' END, label, count(*)
                  FROM last WHERE is_open GROUP BY 1, 2)
    SELECT name, ${NOBODY} AS "merchantId", label, quantity::bigint AS quantity, NULL::bigint AS "amountMinor" FROM summed ORDER BY 1, 3`;

/** Both. */
export async function readDaySums(db: Db | Tx, span: Span): Promise<Figure[]> {
  return [...(await readMoneySums(db, span)), ...(await readFindingSums(db, span))];
}
