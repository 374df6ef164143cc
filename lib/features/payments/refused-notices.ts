import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import type { NoticeRefusal } from "./gateways/port";

interface Tally {
  readonly accountId: string;
  readonly refusal: NoticeRefusal;
  count: number;
  /** Monotonic milliseconds of the last one. */
  at: number;
}

interface Book {
  tallies: Map<string, Tally>;
  timer: NodeJS.Timeout | null;
}

const bookOf = (deps: Deps) =>
  ofDeps(deps, "payments.refused-notices", (): Book => ({ tallies: new Map(), timer: null }));

/**
 * Counts a notice that was not taken, for the account's page; nothing of the notice is kept. Written at most once in
 * `limits.gatewayHealthWriteMs`, so that a storm of forgeries costs a row a second. Never throws and is never waited for.
 */
export function noteRefusedNotice(deps: Deps, accountId: string, refusal: NoticeRefusal): void {
  const book = bookOf(deps);
  const key = `${accountId} ${refusal}`;
  const tally = book.tallies.get(key) ?? { accountId, refusal, count: 0, at: 0 };
  tally.count++;
  tally.at = deps.clock.elapsed();
  book.tallies.set(key, tally);
  book.timer ??= setTimeout(() => void writeRefusedNotices(deps), limits.gatewayHealthWriteMs).unref();
}

/** Adds what this process has counted to the accounts' rows; what cannot be written now is dropped: a count is not worth a memory that grows. */
export async function writeRefusedNotices(deps: Deps): Promise<void> {
  const book = bookOf(deps);
  if (book.timer) clearTimeout(book.timer);
  const tallies = [...book.tallies.values()];
  Object.assign(book, { tallies: new Map(), timer: null });
  if (tallies.length === 0) return;
  const now = deps.clock.elapsed();
  const rows = tallies.map(({ accountId, refusal, count, at }) => ({
    accountId,
    refusal,
    count,
    age: Math.round(now - at),
  }));
  try {
    // Times are told as ages, so that every row holds the database's clock. Sorted, because two processes write the same rows.
    await deps.db.$executeRaw`
      INSERT INTO refused_notice AS n (account_id, refusal, notice_count, last_at)
      SELECT r."accountId", r.refusal, r.count, date_trunc('milliseconds', clock_timestamp()) - r.age * interval '1 ms'
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r ("accountId" text, refusal text, count int, age int)
        JOIN gateway_account g ON g.id = r."accountId" ORDER BY 1, 2
      ON CONFLICT (account_id, refusal) DO UPDATE SET
        notice_count = n.notice_count + excluded.notice_count, last_at = greatest(n.last_at, excluded.last_at)`;
  } catch (error) {
    deps.log.warn("notice.refusals_not_written", {}, error);
  }
}
