import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";

/** Notes that these days are wanted of an account. What is known of a day already stays as it is. */
export async function planDays(db: Db, accountId: string, days: readonly string[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO statement_day (account_id, day) SELECT ${accountId}, unnest(${[...days]}::text[]) ON CONFLICT (account_id, day) DO NOTHING`;
}

/** A day whose turn it is, taken for a while. */
const Taken = z.array(z.object({ accountId: z.string(), day: z.string(), tryCount: z.number().int() })).max(1);
export type TakenDay = z.infer<typeof Taken>[number];

/** Takes the oldest day of an account that is due, or null. Nobody else gets it for `limits.statementLeaseSeconds`, or until it is put down. */
export async function takeDueDay(db: Db, accountId: string): Promise<TakenDay | null> {
  const [taken] = Taken.parse(
    await db.$queryRaw`
      UPDATE statement_day d
         SET leased_until = clock_timestamp() + make_interval(secs => ${limits.statementLeaseSeconds}::int), try_count = try_count + 1
        FROM (SELECT account_id, day FROM statement_day
               WHERE account_id = ${accountId} AND next_try_at <= clock_timestamp() AND (leased_until IS NULL OR leased_until < clock_timestamp())
               ORDER BY day LIMIT 1 FOR UPDATE SKIP LOCKED) due
       WHERE (d.account_id, d.day) = (due.account_id, due.day)
      RETURNING d.account_id AS "accountId", d.day, d.try_count AS "tryCount"`,
  );
  return taken ?? null;
}

/** Keeps a day that takes long; false when the lease was lost meanwhile. */
export async function keepLease(db: Db, { accountId, day, tryCount }: TakenDay): Promise<boolean> {
  const kept = await db.$executeRaw`
    UPDATE statement_day SET leased_until = clock_timestamp() + make_interval(secs => ${limits.statementLeaseSeconds}::int)
     WHERE account_id = ${accountId} AND day = ${day} AND try_count = ${tryCount}::int AND leased_until IS NOT NULL`;
  return kept === 1;
}

/** What became of a day. Seconds until it is asked for again; null: never again by itself. */
export interface DayOutcome {
  readonly state: "due" | "done" | "empty" | "failed";
  readonly failure: string | null;
  readonly fileId: string | null;
  readonly againInSeconds: number | null;
}

/** Puts a day down. Whoever took it after our lease had lapsed decides instead. */
export async function putDownDay(
  db: Db | Tx,
  { accountId, day, tryCount }: TakenDay,
  outcome: DayOutcome,
): Promise<void> {
  await db.$executeRaw`
    UPDATE statement_day
       SET state = ${outcome.state}, failure = ${outcome.failure}, file_id = coalesce(${outcome.fileId}::uuid, file_id), leased_until = NULL,
           next_try_at = clock_timestamp() + make_interval(secs => ${outcome.againInSeconds}::int)
     WHERE account_id = ${accountId} AND day = ${day} AND try_count = ${tryCount}::int`;
}

/** Makes a day due now, whatever was known of it; one that is being read at this moment goes on. */
export async function askForDay(tx: Tx, accountId: string, day: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO statement_day (account_id, day) VALUES (${accountId}, ${day})
    ON CONFLICT (account_id, day) DO UPDATE SET state = 'due', failure = NULL, try_count = 0, next_try_at = clock_timestamp()
     WHERE statement_day.leased_until IS NULL OR statement_day.leased_until < clock_timestamp()`;
}

/** How long a day is left alone after so many tries that led nowhere; null when it is given up. */
export function pauseAfter(tryCount: number): number | null {
  if (tryCount >= limits.statementTriesMax) return null;
  return Math.min(limits.statementRetrySeconds * 2 ** (tryCount - 1), limits.statementRetrySecondsMax);
}
