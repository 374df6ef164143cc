import { limits } from "@/lib/kernel/limits";
import type { Result } from "@/lib/kernel/result";
import { createCoalescer } from "@/lib/platform/coalescer";
import { type Deps, ofDeps } from "@/lib/platform/deps";

/** The frozen columns from which the first answer to a request is rebuilt, byte for byte. */
export interface KnownOrder {
  readonly id: string;
  readonly number: string;
  readonly requestHash: Uint8Array;
  readonly totalMinor: bigint;
  readonly currency: string;
  readonly deadlineAt: Date;
  /** Past this age a token is no longer handed out again. */
  readonly isTokenDue: boolean;
  readonly attemptId: string;
  readonly accountId: string;
  readonly presentation: unknown;
}

interface Key {
  readonly scope: string;
  readonly requestKey: string;
}

async function readKnown({ db }: Deps, keys: readonly Key[]): Promise<(KnownOrder | null)[]> {
  const rows = await db.$queryRaw<(KnownOrder & { n: number })[]>`
    SELECT k.n::int AS n, o.id, o.number, o.request_hash AS "requestHash", o.total_minor AS "totalMinor", o.currency,
           o.deadline_at AS "deadlineAt", o.created_at < clock_timestamp() - make_interval(hours => ${limits.replayTokenHours}::int) AS "isTokenDue",
           a.id AS "attemptId", a.account_id AS "accountId", a.presentation
      FROM unnest(${keys.map((key) => key.scope)}::text[], ${keys.map((key) => key.requestKey)}::text[]) WITH ORDINALITY AS k (scope, request_key, n)
      JOIN orders o ON o.scope = k.scope AND o.request_key = k.request_key
      CROSS JOIN LATERAL (SELECT id, account_id, presentation FROM payment_attempt WHERE order_id = o.id ORDER BY created_at, id LIMIT 1) a`;
  const found = new Map(rows.map((row) => [row.n - 1, row]));
  return keys.map((_, n) => found.get(n) ?? null);
}

/** The order that a request of this scope and key already made, or null. Many questions at once are one query. */
export function findByRequest(deps: Deps, key: Key): Promise<Result<KnownOrder | null, "busy">> {
  const lookup = ofDeps(deps, "orders.replay", () =>
    createCoalescer<Key, KnownOrder | null>({
      name: "replay",
      run: (keys) => readKnown(deps, keys),
      runAlone: async (one) => (await readKnown(deps, [one]))[0] ?? null,
      now: () => deps.clock.elapsed(),
    }),
  );
  return lookup.ask(key);
}
