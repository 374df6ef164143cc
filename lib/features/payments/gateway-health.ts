import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { isSilence, noteAnswer, restsForMs } from "./gateway-rest";
import type { UnknownReason } from "./gateways/port";

/** What a gateway came to when it was asked anything: the state, and why where there is a why. */
export interface Said {
  readonly state: string;
  readonly reason?: UnknownReason;
  readonly code?: string;
}

/** These answer, and say that the account itself is not wanted, or not whom we think. */
const REFUSING: ReadonlySet<UnknownReason> = new Set([
  "credentials_refused",
  "bad_signature",
  "other_account",
  "stale",
]);

export type Outcome = "answered" | "refused" | "silent";

/** How an answer counts for its account: what is said of one payment counts as an answer, whatever it says. */
export function outcomeOf({ state, reason }: Said): Outcome {
  if (state === "refused") return "refused";
  if (state !== "unknown" || reason === undefined || !isSilence(reason)) return "answered";
  return REFUSING.has(reason) ? "refused" : "silent";
}

interface Tally {
  readonly counts: Record<Outcome, number>;
  /** Monotonic milliseconds of the last one. */
  readonly at: Partial<Record<Outcome, number>>;
  reason: string | null;
}

interface Book {
  tallies: Map<string, Tally>;
  /** Monotonic milliseconds. */
  writtenAt: number;
}

const bookOf = (deps: Deps) =>
  ofDeps(deps, "payments.health", (): Book => ({ tallies: new Map(), writtenAt: Number.NEGATIVE_INFINITY }));

/**
 * Notes what a gateway said when it was asked: for this process's patience with the account at once, and for everybody in its row at most
 * once in `limits.gatewayHealthWriteMs`, or now, when the account begins or ends a rest. Never throws: a count is not worth a payment.
 */
export async function noteSaid(deps: Deps, accountId: string, said: Said): Promise<void> {
  const outcome = outcomeOf(said);
  const isSilent = said.state === "unknown" && said.reason !== undefined && isSilence(said.reason);
  const isTurn = noteAnswer(deps, accountId, { isSilent });
  const book = bookOf(deps);
  const tally: Tally = book.tallies.get(accountId) ?? {
    counts: { answered: 0, refused: 0, silent: 0 },
    at: {},
    reason: null,
  };
  tally.counts[outcome]++;
  tally.at[outcome] = deps.clock.elapsed();
  if (outcome !== "answered") tally.reason = (said.reason ?? said.code ?? "").slice(0, limits.gatewayReasonMax);
  book.tallies.set(accountId, tally);
  if (isTurn || deps.clock.elapsed() - book.writtenAt >= limits.gatewayHealthWriteMs) await writeHealth(deps);
}

/** Adds what this process has counted to the accounts' rows; what cannot be written stays counted. */
export async function writeHealth(deps: Deps): Promise<void> {
  const book = bookOf(deps);
  if (book.tallies.size === 0) return;
  const { tallies } = book;
  book.tallies = new Map();
  book.writtenAt = deps.clock.elapsed();
  try {
    await add(deps, tallies);
  } catch (error) {
    deps.log.warn("gateway.health_not_written", {}, error);
    for (const [accountId, tally] of tallies) book.tallies.set(accountId, merged(tally, book.tallies.get(accountId)));
  }
}

function merged(older: Tally, newer: Tally | undefined): Tally {
  if (!newer) return older;
  const sum = (outcome: Outcome) => older.counts[outcome] + newer.counts[outcome];
  return {
    counts: { answered: sum("answered"), refused: sum("refused"), silent: sum("silent") },
    at: { ...older.at, ...newer.at },
    reason: newer.reason ?? older.reason,
  };
}

/** Times are told as ages, so that every row holds the database's clock. Sorted, because two processes write the same rows. */
async function add(deps: Deps, tallies: ReadonlyMap<string, Tally>): Promise<void> {
  const age = (at: number | undefined) => (at === undefined ? null : Math.round(deps.clock.elapsed() - at));
  const rows = [...tallies].map(([id, { counts, at, reason }]) => ({
    id,
    ...counts,
    answered_age: age(at.answered),
    refused_age: age(at.refused),
    silent_age: age(at.silent),
    reason,
    rests_for: restsForMs(deps, id),
  }));
  await deps.db.$executeRaw`
    INSERT INTO gateway_health AS h (account_id, answered_count, refused_count, silent_count, answered_at, refused_at, silent_at, reason, rests_until)
    SELECT r.id, r.answered, r.refused, r.silent, t.at - r.answered_age * interval '1 ms', t.at - r.refused_age * interval '1 ms',
           t.at - r.silent_age * interval '1 ms', r.reason, CASE WHEN r.rests_for > 0 THEN t.at + r.rests_for * interval '1 ms' END
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
             AS r (id text, answered int, refused int, silent int, answered_age int, refused_age int, silent_age int, reason text, rests_for int)
      JOIN gateway_account g ON g.id = r.id CROSS JOIN (SELECT date_trunc('milliseconds', clock_timestamp()) AS at) t
     ORDER BY r.id
    ON CONFLICT (account_id) DO UPDATE SET
      answered_count = h.answered_count + excluded.answered_count,
      refused_count = h.refused_count + excluded.refused_count,
      silent_count = h.silent_count + excluded.silent_count,
      answered_at = greatest(h.answered_at, excluded.answered_at),
      refused_at = greatest(h.refused_at, excluded.refused_at),
      silent_at = greatest(h.silent_at, excluded.silent_at),
      reason = coalesce(excluded.reason, h.reason),
      -- An answer that any process heard ends the rest for all; silence here says nothing of what others heard.
      rests_until = CASE WHEN excluded.rests_until IS NOT NULL THEN greatest(h.rests_until, excluded.rests_until)
                         WHEN excluded.answered_count = 0 THEN h.rests_until END`;
}
