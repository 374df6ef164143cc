import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { ID_SKEW, idAt } from "@/lib/platform/id-at";
import { readMoneySums } from "./day-sums";
import { addFigures, currenciesOf, duePart, type Figure, figureOf, monthSpan } from "./rules";
import { findNextDay } from "./store";

interface Reads {
  readonly db: Db;
}

export interface StatementDay {
  readonly day: string;
  readonly isClosed: boolean;
  readonly orders: bigint;
  readonly revenueMinor: bigint;
  readonly receivedMinor: bigint;
  readonly refundedMinor: bigint;
  /** What came in to accounts of the merchant's own, less what went back from them: nothing that the platform has to pay out. */
  readonly directMinor: bigint;
  /** What corrections of earlier days change of what is to be paid out. */
  readonly correctionMinor: bigint;
  /** At the end of the day. */
  readonly balanceMinor: bigint;
}

export interface StatementOfCurrency {
  readonly currency: string;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly days: readonly StatementDay[];
  readonly total: Omit<StatementDay, "day" | "isClosed" | "balanceMinor">;
  /** Fees of payments of the month as far as a gateway's statement has told them. */
  readonly fees: { readonly minor: bigint; readonly known: number; readonly payments: number };
}

export interface MerchantStatement {
  readonly merchantId: string;
  readonly merchant: string;
  readonly month: string;
  readonly currencies: readonly StatementOfCurrency[];
  /** The first day that is not frozen yet; null before the shop's first order. */
  readonly openDay: string | null;
}

interface DayFigures {
  readonly day: string;
  readonly isClosed: boolean;
  readonly figures: readonly Figure[];
  readonly corrections: readonly Figure[];
}

/**
 * A merchant's month: what was sold, what came in, what went back, and what is left to be paid out, in each currency for itself. Closed days
 * are read as they were frozen, the others as they stand. A merchant has his own; an admin any; null when there is no such merchant.
 */
export async function readStatement(
  { db }: Reads,
  viewer: Viewer,
  { merchantId, month, timeZone }: { merchantId: string; month: string; timeZone: string },
): Promise<MerchantStatement | null> {
  const scope = merchantScope(viewer);
  if (scope !== null && scope !== merchantId) return null;
  const merchant = await db.merchant.findUnique({ where: { id: merchantId }, select: { name: true } });
  if (!merchant) return null;
  const { from, until } = monthSpan(month);
  const [opening, frozen, fees, next] = await Promise.all([
    readBefore(db, merchantId, from),
    readFrozenDays(db, merchantId, { from, until }),
    readFees(db, merchantId, { from, until, timeZone }),
    findNextDay(db, timeZone),
  ]);
  const live = next
    ? await readLiveDays(db, merchantId, { from, until, timeZone, openDay: next.day })
    : { days: [], before: [] };
  const days = [...frozen, ...live.days];
  const before = addFigures([...opening, ...live.before]);
  const all = [...before, ...days.flatMap(({ figures, corrections }) => [...figures, ...corrections])];
  return {
    merchantId,
    merchant: merchant.name,
    month,
    openDay: next?.day ?? null,
    currencies: currenciesOf(all).map((currency) => ofCurrency(currency, { before, days, fees })),
  };
}

const inCurrency = (figures: readonly Figure[], currency: string) => figures.filter(({ label }) => label === currency);

function ofCurrency(
  currency: string,
  { before, days, fees }: { before: readonly Figure[]; days: readonly DayFigures[]; fees: readonly FeeRow[] },
): StatementOfCurrency {
  const openingMinor = duePart(inCurrency(before, currency));
  let balanceMinor = openingMinor;
  const rows = days.map(({ day, isClosed, figures, corrections }): StatementDay => {
    const own = inCurrency(figures, currency);
    const correctionMinor = duePart(inCurrency(corrections, currency));
    balanceMinor += duePart(own) + correctionMinor;
    const amount = (name: string) => figureOf(own, name, currency).amountMinor;
    return {
      day,
      isClosed,
      orders: figureOf(own, "sold", currency).quantity,
      revenueMinor: amount("sold"),
      receivedMinor: amount("received"),
      refundedMinor: amount("refunded"),
      directMinor: amount("received_direct") - amount("refunded_direct"),
      correctionMinor,
      balanceMinor,
    };
  });
  const fee = fees.find((row) => row.currency === currency);
  return {
    currency,
    openingMinor,
    closingMinor: balanceMinor,
    days: rows,
    total: totalOf(rows),
    fees: { minor: fee?.minor ?? 0n, known: fee?.known ?? 0, payments: fee?.payments ?? 0 },
  };
}

function totalOf(rows: readonly StatementDay[]): StatementOfCurrency["total"] {
  const sum = (name: keyof StatementOfCurrency["total"]) => rows.reduce((total, row) => total + row[name], 0n);
  return {
    orders: sum("orders"),
    revenueMinor: sum("revenueMinor"),
    receivedMinor: sum("receivedMinor"),
    refundedMinor: sum("refundedMinor"),
    directMinor: sum("directMinor"),
    correctionMinor: sum("correctionMinor"),
  };
}

/** What was frozen of all days before, corrections included. */
const readBefore = (db: Db, merchantId: string, from: string) =>
  db.$queryRaw<Figure[]>`
    SELECT x.name, x.merchant_id AS "merchantId", x.label, sum(x.quantity)::bigint AS quantity, sum(x.amount_minor)::bigint AS "amountMinor"
      FROM (SELECT name, merchant_id, label, quantity, amount_minor FROM daily_figure
             WHERE merchant_id = ${merchantId}::uuid AND day < ${from}::date AND name IN ('received', 'refunded')
            UNION ALL SELECT name, merchant_id, label, quantity, amount_minor FROM daily_correction
             WHERE merchant_id = ${merchantId}::uuid AND day < ${from}::date AND name IN ('received', 'refunded')) x
     GROUP BY 1, 2, 3`;

async function readFrozenDays(db: Db, merchantId: string, { from, until }: { from: string; until: string }) {
  const rows = await db.$queryRaw<{ day: string; figures: RawFigure[]; corrections: RawFigure[] }[]>`
    SELECT c.day::text AS day,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('name', f.name, 'label', f.label, 'quantity', f.quantity::text, 'minor', f.amount_minor::text)), '[]')
              FROM daily_figure f WHERE f.day = c.day AND f.merchant_id = ${merchantId}::uuid) AS figures,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('name', x.name, 'label', x.label, 'quantity', x.quantity::text, 'minor', x.amount_minor::text)), '[]')
              FROM daily_correction x WHERE x.day = c.day AND x.merchant_id = ${merchantId}::uuid) AS corrections
      FROM daily_close c WHERE c.day >= ${from}::date AND c.day < ${until}::date ORDER BY c.day`;
  return rows.map(
    ({ day, figures, corrections }): DayFigures => ({
      day,
      isClosed: true,
      figures: figures.map((figure) => toFigure(figure, merchantId)),
      corrections: corrections.map((figure) => toFigure(figure, merchantId)),
    }),
  );
}

interface RawFigure {
  readonly name: string;
  readonly label: string;
  readonly quantity: string;
  readonly minor: string | null;
}
const toFigure = ({ name, label, quantity, minor }: RawFigure, merchantId: string): Figure => ({
  name,
  label,
  merchantId,
  quantity: BigInt(quantity),
  amountMinor: minor === null ? null : BigInt(minor),
});

interface LiveSpan {
  readonly from: string;
  readonly until: string;
  readonly timeZone: string;
  readonly openDay: string;
}

/** The days of a month that are not closed yet, up to today, and what lies between the last close and the month. */
async function readLiveDays(db: Db, merchantId: string, { from, until, timeZone, openDay }: LiveSpan) {
  const spans = await db.$queryRaw<{ day: string; beginsAt: Date; endsAt: Date }[]>`
    SELECT d::date::text AS day, d::date::timestamp AT TIME ZONE ${timeZone} AS "beginsAt", (d::date + 1)::timestamp AT TIME ZONE ${timeZone} AS "endsAt"
      FROM generate_series(greatest(${from}::date, ${openDay}::date),
                           least(${until}::date - 1, (clock_timestamp() AT TIME ZONE ${timeZone})::date), interval '1 day') d
     ORDER BY 1 LIMIT ${limits.statementLiveDaysMax}::int`;
  const days: DayFigures[] = [];
  for (const { day, ...span } of spans)
    days.push({
      day,
      isClosed: false,
      figures: await readMoneySums(db, { ...span, merchantId }),
      corrections: [],
    });
  const [gap] = await db.$queryRaw<{ beginsAt: Date; endsAt: Date }[]>`
    SELECT ${openDay}::date::timestamp AT TIME ZONE ${timeZone} AS "beginsAt", ${from}::date::timestamp AT TIME ZONE ${timeZone} AS "endsAt"
     WHERE ${openDay}::date < ${from}::date`;
  const before = gap ? await readMoneySums(db, { ...gap, merchantId }) : [];
  return { days, before: before.filter(({ name }) => name === "received" || name === "refunded") };
}

interface FeeRow {
  readonly currency: string;
  readonly minor: bigint;
  readonly known: number;
  readonly payments: number;
}

/** A gateway's statement says a fee as a decimal; parts of a minor unit are rounded half up, payment by payment. */
const readFees = (
  db: Db,
  merchantId: string,
  { from, until, timeZone }: { from: string; until: string; timeZone: string },
) => {
  const begins = Prisma.sql`(${from}::date::timestamp AT TIME ZONE ${timeZone})`;
  const ends = Prisma.sql`(${until}::date::timestamp AT TIME ZONE ${timeZone})`;
  return db.$queryRaw<FeeRow[]>`
    SELECT p.currency, count(*)::int AS payments, count(s.fee)::int AS known,
           coalesce(sum(round(s.fee * CASE p.currency WHEN 'JPY' THEN 1 WHEN 'USDT' THEN 1000000 ELSE 100 END)), 0)::bigint AS minor
      FROM payment p JOIN orders o ON o.id = p.order_id JOIN gateway_account a ON a.id = p.account_id AND a.merchant_id IS NULL
      LEFT JOIN LATERAL (
        SELECT sum(r.fee::numeric) AS fee FROM statement_row r
         WHERE r.account_id = p.account_id AND r.gateway_trade_number = p.gateway_trade_number AND r.kind = 'payment'
           AND r.currency = p.currency AND r.fee ~ '^-?[0-9]{1,12}([.][0-9]{1,8})?$') s ON true
     WHERE p.id >= ${idAt(Prisma.sql`${begins} - ${ID_SKEW}`)} AND p.id < ${idAt(Prisma.sql`${ends} + ${ID_SKEW}`)}
       AND p.received_at >= ${begins} AND p.received_at < ${ends} AND o.merchant_id = ${merchantId}::uuid
     GROUP BY p.currency`;
};
