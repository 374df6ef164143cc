import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";
import { compareClose } from "./compare-close";
import { readDaySums } from "./day-sums";
import { addMerchants, type Figure } from "./rules";
import {
  type Close,
  findClose,
  findNextDay,
  isIntact,
  readCorrectionsIn,
  readCorrectionsOf,
  readFrozen,
} from "./store";

/** Lists for admins alone: they cross every merchant. Guards stand before each page. */
interface Reads {
  readonly db: Db;
}

export interface ClosedDay {
  readonly day: string;
  readonly closedAt: Date;
  readonly figures: readonly Figure[];
  /** How many corrections of earlier days stand in it. */
  readonly correctionCount: number;
}

/** The days that were closed last, the latest first, each with its figures over all merchants; `before` leads to the older ones. */
export async function listCloses({ db }: Reads, before: string | null): Promise<ClosedDay[]> {
  const days = await db.$queryRaw<Omit<ClosedDay, "figures">[]>`
    SELECT c.day::text AS day, c.closed_at AS "closedAt", (SELECT count(*)::int FROM daily_correction x WHERE x.day = c.day) AS "correctionCount"
      FROM daily_close c WHERE ${before}::date IS NULL OR c.day < ${before}::date
     ORDER BY c.day DESC LIMIT ${limits.closesListed}::int`;
  const figures = await db.$queryRaw<(Figure & { day: string })[]>`
    SELECT day::text AS day, name, '' AS "merchantId", label, sum(quantity)::bigint AS quantity, sum(amount_minor)::bigint AS "amountMinor"
      FROM daily_figure WHERE day = ANY (${days.map(({ day }) => day)}::date[]) GROUP BY day, name, label ORDER BY name, label`;
  return days.map((one) => ({ ...one, figures: figures.filter(({ day }) => day === one.day) }));
}

export interface OpenDay {
  /** The first day that is not closed. */
  readonly day: string;
  readonly beginsAt: Date;
  readonly figures: readonly Figure[];
}

/** What happened since the last day that was closed, as it stands; null before the shop's first order. */
export async function readOpenDay({ db }: Reads, timeZone: string, nowMs: number): Promise<OpenDay | null> {
  const next = await findNextDay(db, timeZone);
  if (!next) return null;
  const figures = await readDaySums(db, { beginsAt: next.beginsAt, endsAt: new Date(nowMs) });
  return { day: next.day, beginsAt: next.beginsAt, figures: addMerchants(figures) };
}

export interface MerchantFigures {
  readonly merchantId: string;
  readonly name: string;
  readonly figures: readonly Figure[];
}

type Corrected = Awaited<ReturnType<typeof readCorrectionsOf>>[number];

export interface CloseView {
  readonly close: Close;
  /** Over all merchants. */
  readonly figures: readonly Figure[];
  readonly merchants: readonly MerchantFigures[];
  /** Of days before, in this close. */
  readonly corrections: readonly Corrected[];
  /** Of this day, in later closes. */
  readonly corrected: readonly Corrected[];
  /** Whether its rows still give its hash. */
  readonly isIntact: boolean;
  /** What the same sums are different by now; empty: they agree. */
  readonly differences: readonly Figure[];
  readonly before: string | null;
  readonly after: string | null;
}

/** A closed day with all that is to be said of it, or null. Its sums are made anew and held against it. */
export async function readClose({ db }: Reads, day: string): Promise<CloseView | null> {
  const close = await findClose(db, day);
  if (!close) return null;
  const frozen = await readFrozen(db, day);
  const [corrections, corrected, intact, differences, names, [beside]] = await Promise.all([
    readCorrectionsIn(db, day),
    readCorrectionsOf(db, day),
    isIntact(db, close, frozen),
    compareClose(db, close),
    db.merchant.findMany({ where: { id: { in: frozen.map(({ merchantId }) => merchantId) } } }),
    db.$queryRaw<{ before: string | null; after: string | null }[]>`
      SELECT (SELECT max(day)::text FROM daily_close WHERE day < ${day}::date) AS before,
             (SELECT min(day)::text FROM daily_close WHERE day > ${day}::date) AS after`,
  ]);
  return {
    close,
    figures: addMerchants(frozen),
    merchants: names
      .map(({ id, name }) => ({
        merchantId: id,
        name,
        figures: frozen.filter(({ merchantId }) => merchantId === id),
      }))
      .sort((left, right) => left.name.localeCompare(right.name)),
    corrections: corrections.map((correction) => ({ ...correction, day })),
    corrected,
    isIntact: intact,
    differences: addMerchants(differences).filter(
      ({ quantity, amountMinor }) => quantity !== 0n || (amountMinor ?? 0n) !== 0n,
    ),
    before: beside?.before ?? null,
    after: beside?.after ?? null,
  };
}

/** The frozen figures of a span of days, merchant by merchant, for a file; at most so many rows. */
export const readFiguresOf = ({ db }: Reads, { from, to }: { from: string; to: string }) =>
  db.$queryRaw<(Figure & { readonly day: string; readonly merchant: string; readonly ofDay: string | null })[]>`
    SELECT x.day::text AS day, x.of_day::text AS "ofDay", coalesce(m.name, '') AS merchant, x.merchant_id AS "merchantId", x.name, x.label,
           x.quantity, x.amount_minor AS "amountMinor"
      FROM (SELECT day, NULL::date AS of_day, name, merchant_id, label, quantity, amount_minor FROM daily_figure WHERE day BETWEEN ${from}::date AND ${to}::date
            UNION ALL SELECT day, of_day, name, merchant_id, label, quantity, amount_minor FROM daily_correction WHERE day BETWEEN ${from}::date AND ${to}::date) x
      LEFT JOIN merchant m ON m.id = x.merchant_id
     ORDER BY x.day, x.of_day NULLS FIRST, merchant, x.merchant_id, x.name, x.label LIMIT ${limits.reportRowsMax}::int`;

/** In which language this admin wants the close of each day by mail; null: not at all. */
export async function findCloseMail({ db }: Reads, userId: string): Promise<"zh" | "en" | null> {
  const user = await db.appUser.findUnique({ where: { id: userId }, select: { closeMail: true } });
  return (user?.closeMail ?? null) as "zh" | "en" | null;
}
