import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { idAt, ID_SKEW as SKEW } from "@/lib/platform/id-at";

/** The orders `o` of the day `d`. */
const OF_DAY = Prisma.sql`o.merchant_id = d.merchant_id AND o.id >= ${idAt(Prisma.sql`d.begins - ${SKEW}`)} AND o.id < ${idAt(Prisma.sql`d.ends + ${SKEW}`)}
            AND o.created_at >= d.begins AND o.created_at < d.ends`;

const daysOf = (part: readonly Dirty[], timeZone: string): Prisma.Sql => Prisma.sql`
  (SELECT m AS merchant_id, day, day::timestamp AT TIME ZONE ${timeZone} AS begins, (day + 1)::timestamp AT TIME ZONE ${timeZone} AS ends
     FROM unnest(${part.map(({ merchantId }) => merchantId)}::uuid[], ${part.map(({ day }) => day)}::date[]) AS u (m, day))`;

interface Dirty {
  readonly merchantId: string;
  /** "2026-11-21" on the shop's clock. */
  readonly day: string;
}

/** Counts whole days anew, each from its orders as they stand: doing it twice, or by two at once, gives the same rows. */
async function countDays(tx: Tx, dirty: readonly Dirty[], timeZone: string): Promise<void> {
  for (let at = 0; at < dirty.length; at += limits.salesDaysPerStatement) {
    const part = dirty.slice(at, at + limits.salesDaysPerStatement);
    const days = daysOf(part, timeZone);
    await tx.$executeRaw`
      INSERT INTO customer_day (merchant_id, email, day, currency, placed, paid, sales_minor)
      SELECT d.merchant_id, o.email, d.day, o.currency, count(*)::int, (count(*) FILTER (WHERE o.settled_payment_id IS NOT NULL))::int,
             coalesce(sum(o.total_minor) FILTER (WHERE o.settled_payment_id IS NOT NULL), 0)::bigint
        FROM ${days} d JOIN orders o ON ${OF_DAY}
       WHERE o.email <> ''
       GROUP BY d.merchant_id, o.email, d.day, o.currency
      ON CONFLICT (merchant_id, email, day, currency) DO UPDATE SET placed = EXCLUDED.placed, paid = EXCLUDED.paid, sales_minor = EXCLUDED.sales_minor`;
    await tx.$executeRaw`
      INSERT INTO sales_day (merchant_id, day, variant_id, currency, placed, paid, delivered, pieces, sales_minor, refunded_minor)
      SELECT d.merchant_id, d.day, x.*
        FROM ${days} d
       CROSS JOIN LATERAL (
         SELECT l.variant_id, o.currency,
                count(*) FILTER (WHERE l.line = 1)::int,
                count(*) FILTER (WHERE l.line = 1 AND o.settled_payment_id IS NOT NULL)::int,
                count(*) FILTER (WHERE l.line = 1 AND o.delivered_at IS NOT NULL)::int,
                coalesce(sum(l.quantity) FILTER (WHERE o.settled_payment_id IS NOT NULL), 0)::int,
                coalesce(sum(l.quantity * l.unit_price_minor) FILTER (WHERE o.settled_payment_id IS NOT NULL), 0)::bigint,
                coalesce(sum(CASE WHEN l.line = 1 AND o.payment_count > 0 THEN
                  (SELECT sum(r.amount_minor) FROM refund r WHERE r.order_id = o.id AND r.status = 'succeeded') END), 0)::bigint
           FROM orders o JOIN order_line l ON l.order_id = o.id
          WHERE ${OF_DAY}
          GROUP BY l.variant_id, o.currency) x
      ON CONFLICT (merchant_id, day, variant_id, currency) DO UPDATE SET placed = EXCLUDED.placed, paid = EXCLUDED.paid,
        delivered = EXCLUDED.delivered, pieces = EXCLUDED.pieces, sales_minor = EXCLUDED.sales_minor, refunded_minor = EXCLUDED.refunded_minor`;
  }
}

interface Progress {
  readonly now: Date;
  readonly countedUntil: Date;
  /** Whether the last look was in another hour: then two whole days are looked at, whatever any clock says. */
  readonly isHourly: boolean;
  readonly nextDay: string | null;
}

/** Locks the one row of progress, or says null: then another process counts. */
async function begin(tx: Tx, timeZone: string): Promise<Progress | null> {
  await tx.$executeRaw`
    INSERT INTO sales_progress (id, counted_until, next_day)
    VALUES (1, clock_timestamp(), (clock_timestamp() AT TIME ZONE ${timeZone})::date) ON CONFLICT (id) DO NOTHING`;
  const [row] = await tx.$queryRaw<Progress[]>`
    SELECT clock_timestamp() AS now, counted_until AS "countedUntil", next_day::text AS "nextDay",
           date_trunc('hour', counted_until) <> date_trunc('hour', clock_timestamp()) AS "isHourly"
      FROM sales_progress WHERE id = 1 FOR UPDATE SKIP LOCKED`;
  return row ?? null;
}

/** The days of which an order was placed, moved or given back since the last look, with a margin for what committed late. */
const findDirty = (tx: Tx, { countedUntil, isHourly }: Progress, timeZone: string): Promise<Dirty[]> => {
  const since = Prisma.sql`(${countedUntil}::timestamptz - interval '2 minutes')`;
  const placedSince = isHourly
    ? Prisma.sql`(${since} - interval '2 days')`
    : Prisma.sql`(${since} - interval '10 minutes')`;
  return tx.$queryRaw<Dirty[]>`
    WITH moved AS (
      SELECT o.id FROM orders o WHERE o.id >= ${idAt(placedSince)}
      UNION SELECT e.order_id FROM order_event e WHERE e.at >= ${since}
      UNION SELECT r.order_id FROM refund r WHERE r.finished_at >= ${since})
    SELECT DISTINCT o.merchant_id AS "merchantId", (o.created_at AT TIME ZONE ${timeZone})::date::text AS day
      FROM moved JOIN orders o ON o.id = moved.id`;
};

/** Counts one day of before, for every merchant; returns the day that is next, or null when there is none before it. */
async function countPast(tx: Tx, day: string, timeZone: string): Promise<string | null> {
  const dirty = await tx.$queryRaw<Dirty[]>`
    SELECT DISTINCT o.merchant_id AS "merchantId", ${day}::date::text AS day FROM orders o
     WHERE o.id >= ${idAt(Prisma.sql`(${day}::date)::timestamp AT TIME ZONE ${timeZone} - ${SKEW}`)}
       AND o.id < ${idAt(Prisma.sql`(${day}::date + 1)::timestamp AT TIME ZONE ${timeZone} + ${SKEW}`)}`;
  await countDays(tx, dirty, timeZone);
  const [next] = await tx.$queryRaw<{ day: string }[]>`
    SELECT (o.created_at AT TIME ZONE ${timeZone})::date::text AS day FROM orders o
     WHERE o.id < ${idAt(Prisma.sql`(${day}::date)::timestamp AT TIME ZONE ${timeZone} + ${SKEW}`)}
       AND o.created_at < (${day}::date)::timestamp AT TIME ZONE ${timeZone}
     ORDER BY o.id DESC LIMIT 1`;
  return next?.day ?? null;
}

/**
 * Brings the table of days up to date: within a minute after an order was placed, paid, delivered or given back, its day
 * says so. Each step is one transaction with how far it came, so a kill at any moment loses nothing and counts nothing twice.
 */
export async function countSales({ db }: Pick<Deps, "db">, timeZone: string): Promise<number> {
  let counted = 0;
  for (let run = 0; run <= limits.salesDaysBackPerRun; run++) {
    const step = await inTransaction(db, async (tx) => {
      const progress = await begin(tx, timeZone);
      if (!progress) return ok({ count: 0, isDone: true });
      // The newest first, and then a day of the past with each further step.
      if (run === 0) {
        const dirty = await findDirty(tx, progress, timeZone);
        await countDays(tx, dirty, timeZone);
        await tx.$executeRaw`UPDATE sales_progress SET counted_until = ${progress.now} WHERE id = 1`;
        return ok({ count: dirty.length, isDone: progress.nextDay === null });
      }
      if (progress.nextDay === null) return ok({ count: 0, isDone: true });
      const next = await countPast(tx, progress.nextDay, timeZone);
      await tx.$executeRaw`UPDATE sales_progress SET next_day = ${next}::date WHERE id = 1`;
      return ok({ count: 1, isDone: next === null });
    });
    if (!step.ok) break;
    counted += step.value.count;
    if (step.value.isDone) break;
  }
  return counted;
}
