import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";
import { FIRST_HASH, hashClose } from "./hash-close";
import { type Correction, canonicalClose, type Figure } from "./rules";

export interface NextDay {
  readonly day: string;
  readonly beginsAt: Date;
  readonly endsAt: Date;
  /** Over for so long that nothing of it can still be on its way to the database. */
  readonly isDue: boolean;
  /** Yesterday: the day that people wait for, where the others are only made up for. */
  readonly isLatest: boolean;
}

/** The day behind the last one that was closed, or the shop's first with an order; null before there is one. */
export async function findNextDay(tx: Tx | Db, timeZone: string): Promise<NextDay | null> {
  const [next] = await tx.$queryRaw<NextDay[]>`
    SELECT d.day::text AS day, d.day::timestamp AT TIME ZONE ${timeZone} AS "beginsAt", (d.day + 1)::timestamp AT TIME ZONE ${timeZone} AS "endsAt",
           (d.day + 1)::timestamp AT TIME ZONE ${timeZone} + make_interval(mins => ${limits.closeAfterMinutes}::int) <= clock_timestamp() AS "isDue",
           d.day = (clock_timestamp() AT TIME ZONE ${timeZone})::date - 1 AS "isLatest"
      FROM (SELECT coalesce((SELECT max(day) + 1 FROM daily_close),
                            (SELECT min((o.created_at AT TIME ZONE ${timeZone})::date)
                               FROM (SELECT created_at FROM orders ORDER BY id LIMIT 100) o)) AS day) d
     WHERE d.day IS NOT NULL`;
  return next ?? null;
}

export interface Close {
  readonly day: string;
  readonly timeZone: string;
  readonly beginsAt: Date;
  readonly endsAt: Date;
  readonly closedAt: Date;
  readonly previousHash: Uint8Array;
  readonly hash: Uint8Array;
}

/** The row of a closed day, or null. */
export async function findClose(db: Db | Tx, day: string): Promise<Close | null> {
  const row = await db.dailyClose.findUnique({ where: { day: dateOf(day) } });
  return row && { ...row, day };
}

/** A day as the client hands it to the database. */
export const dateOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** The figures of a day as they were frozen. */
export const readFrozen = (db: Db | Tx, day: string): Promise<Figure[]> =>
  db.dailyFigure.findMany({
    where: { day: dateOf(day) },
    orderBy: [{ name: "asc" }, { merchantId: "asc" }, { label: "asc" }],
    select: { name: true, merchantId: true, label: true, quantity: true, amountMinor: true },
  });

/** The corrections that stand in the close of a day. */
export const readCorrectionsIn = (db: Db | Tx, day: string): Promise<Correction[]> =>
  db.$queryRaw`
    SELECT of_day::text AS "ofDay", name, merchant_id AS "merchantId", label, quantity, amount_minor AS "amountMinor"
      FROM daily_correction WHERE day = ${day}::date ORDER BY of_day, name, merchant_id, label`;

/** What later closes say of a day; `day` is the close in which it stands. */
export const readCorrectionsOf = (
  db: Db | Tx,
  day: string,
): Promise<(Correction & { readonly day: string; readonly ofDay: string })[]> =>
  db.$queryRaw`
    SELECT day::text AS day, of_day::text AS "ofDay", name, merchant_id AS "merchantId", label, quantity, amount_minor AS "amountMinor"
      FROM daily_correction WHERE of_day = ${day}::date ORDER BY day, name, merchant_id, label`;

/** The closes right before a day, the latest first. */
export async function readClosesBefore(db: Db | Tx, day: string, count: number): Promise<Close[]> {
  const rows = await db.dailyClose.findMany({
    where: { day: { lt: dateOf(day) } },
    orderBy: { day: "desc" },
    take: count,
  });
  return rows.map((row) => ({ ...row, day: row.day.toISOString().slice(0, 10) }));
}

/** Freezes a day: its row, its figures and the corrections of days before, in the caller's transaction. Returns its hash. */
export async function insertClose(
  tx: Tx,
  span: Pick<Close, "day" | "timeZone" | "beginsAt" | "endsAt">,
  { figures, corrections }: { figures: readonly Figure[]; corrections: readonly Correction[] },
): Promise<Uint8Array> {
  const [before] = await readClosesBefore(tx, span.day, 1);
  const previousHash = Uint8Array.from(before?.hash ?? FIRST_HASH);
  const hash = Uint8Array.from(hashClose(previousHash, canonicalClose(span, figures, corrections)));
  await tx.$executeRaw`
    INSERT INTO daily_close (day, time_zone, begins_at, ends_at, previous_hash, hash)
    VALUES (${span.day}::date, ${span.timeZone}, ${span.beginsAt}, ${span.endsAt}, ${previousHash}, ${hash})`;
  await tx.dailyFigure.createMany({ data: figures.map((figure) => ({ ...figure, day: dateOf(span.day) })) });
  await tx.dailyCorrection.createMany({
    data: corrections.map((correction) => ({
      ...correction,
      ofDay: dateOf(correction.ofDay),
      day: dateOf(span.day),
    })),
  });
  return hash;
}

/** Whether a close is as it was frozen: its rows give its hash, and it goes on from the close before. */
export async function isIntact(db: Db | Tx, close: Close, figures: readonly Figure[]): Promise<boolean> {
  const [corrections, [before]] = await Promise.all([
    readCorrectionsIn(db, close.day),
    readClosesBefore(db, close.day, 1),
  ]);
  const isSame = (left: Uint8Array, right: Uint8Array) => Buffer.from(left).equals(Buffer.from(right));
  const isFollowing = isSame(close.previousHash, before?.hash ?? FIRST_HASH);
  return isFollowing && isSame(close.hash, hashClose(close.previousHash, canonicalClose(close, figures, corrections)));
}
