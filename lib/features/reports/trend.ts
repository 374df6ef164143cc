import type { Db } from "@/lib/platform/db";

export interface TrendDay {
  readonly day: string;
  readonly opened: number;
  readonly closed: number;
  /** At the end of the day. */
  readonly open: number;
}

export interface TrendKind {
  readonly kind: string;
  readonly opened: number;
  readonly closed: number;
  readonly open: number;
  /** Of those that were closed in the period, from their last opening; null when there was none. */
  readonly meanSeconds: number | null;
  readonly medianSeconds: number | null;
}

export interface FindingTrend {
  readonly days: readonly TrendDay[];
  readonly kinds: readonly TrendKind[];
}

/** How many differences came and went in a period that ends today, day by day and kind by kind, and how long they took. */
export async function readFindingTrend(
  { db }: { readonly db: Db },
  { days, timeZone }: { days: number; timeZone: string },
): Promise<FindingTrend> {
  const [byDay, byKind] = await Promise.all([readDays(db, { days, timeZone }), readKinds(db, { days, timeZone })]);
  return { days: byDay, kinds: byKind };
}

const readDays = (db: Db, { days, timeZone }: { days: number; timeZone: string }) =>
  db.$queryRaw<TrendDay[]>`
    WITH period AS (
      SELECT generate_series((clock_timestamp() AT TIME ZONE ${timeZone})::date - ${days - 1}::int,
                             (clock_timestamp() AT TIME ZONE ${timeZone})::date, interval '1 day')::date AS day),
    step AS (
      SELECT (at AT TIME ZONE ${timeZone})::date AS day, count(*) FILTER (WHERE kind IN ('opened', 'reopened')) AS opened,
             count(*) FILTER (WHERE kind IN ('resolved', 'accepted')) AS closed
        FROM finding_event WHERE kind IN ('opened', 'reopened', 'resolved', 'accepted') GROUP BY 1),
    before AS (SELECT coalesce(sum(opened - closed), 0) AS open FROM step WHERE day < (SELECT min(day) FROM period))
    SELECT p.day::text AS day, coalesce(s.opened, 0)::int AS opened, coalesce(s.closed, 0)::int AS closed,
           ((SELECT open FROM before) + sum(coalesce(s.opened, 0) - coalesce(s.closed, 0)) OVER (ORDER BY p.day))::int AS open
      FROM period p LEFT JOIN step s ON s.day = p.day ORDER BY p.day`;

const readKinds = (db: Db, { days, timeZone }: { days: number; timeZone: string }) =>
  db.$queryRaw<TrendKind[]>`
    WITH since AS (SELECT ((clock_timestamp() AT TIME ZONE ${timeZone})::date - ${days - 1}::int)::timestamp AT TIME ZONE ${timeZone} AS at),
    step AS MATERIALIZED (
      SELECT f.kind, e.at, e.kind IN ('opened', 'reopened') AS is_open, e.at >= (SELECT at FROM since) AS is_recent,
             e.at - lag(e.at) OVER (PARTITION BY e.finding_id ORDER BY e.id) AS took
        FROM finding_event e JOIN finding f ON f.id = e.finding_id
       WHERE e.kind IN ('opened', 'reopened', 'resolved', 'accepted'))
    SELECT kind, (count(*) FILTER (WHERE is_recent AND is_open))::int AS opened, (count(*) FILTER (WHERE is_recent AND NOT is_open))::int AS closed,
           (count(*) FILTER (WHERE is_open) - count(*) FILTER (WHERE NOT is_open))::int AS open,
           (avg(extract(epoch FROM took)) FILTER (WHERE is_recent AND NOT is_open))::float8 AS "meanSeconds",
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took)) FILTER (WHERE is_recent AND NOT is_open))::float8 AS "medianSeconds"
      FROM step GROUP BY kind
    HAVING bool_or(is_recent) OR count(*) FILTER (WHERE is_open) > count(*) FILTER (WHERE NOT is_open)
     ORDER BY 4 DESC, 2 DESC, 1`;
