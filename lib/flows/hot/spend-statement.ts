import type { Db } from "@/lib/platform/db";

/** One call of a key's holder. */
export interface SpendRow {
  /** SHA-256 of the key, in hexadecimal. */
  readonly key_hash: string;
  readonly call_id: string;
  readonly uses: number;
}

/**
 * `spent`: counted now. `replayed`: it was, before; `conflict`: it was, with other input. `exhausted`: less is left. `closed`: nobody has used
 * the key yet, or its order gives it out no more. `unknown`: there is no such key. `crowded`: it fits, but what stood before it did not; ask
 * again. `held`: somebody else is at this key; ask again.
 */
export type SpendVerdict = "spent" | "replayed" | "conflict" | "exhausted" | "closed" | "unknown" | "crowded" | "held";

export interface SpendAnswer {
  readonly verdict: SpendVerdict;
  /** What is spent of the key after this call, or after the first call of this name. */
  readonly used: number;
  readonly uses_max: number;
}

/**
 * Meters a batch of calls, each with a name of its own within its key. $1 the calls, as a JSON array.
 * - Keys are locked in the order of their cards: no deadlock with another process. What is decided, is decided from the locked row.
 * - Which calls were counted before is asked by a function behind the locks, which sees the present and not this statement's snapshot; so a
 *   call is never counted twice, and what stands beside a use is exact.
 * - The update names no column that changes: a condition on one is asked of the snapshot's row first, and would pass by a key that was waited for.
 * - Several calls of one key are numbered with a running sum. Those that ask for more than is left at the outset stand beside it.
 */
const spendSql = (waiting: "" | " SKIP LOCKED"): string => `
WITH call AS MATERIALIZED (
  SELECT n, decode(key_hash, 'hex') AS key_hash, call_id, uses
    FROM jsonb_to_recordset($1::jsonb) AS x (n int, key_hash text, call_id text, uses int)),
key AS MATERIALIZED (
  SELECT card_id, key_hash, uses_max, used, is_open FROM quota
   WHERE key_hash = ANY (ARRAY(SELECT key_hash FROM call)) ORDER BY card_id FOR NO KEY UPDATE${waiting}),
there AS MATERIALIZED (SELECT key_hash FROM ${
  waiting === "" ? "key" : "quota WHERE key_hash = ANY (ARRAY(SELECT key_hash FROM call))"
}),
asked AS MATERIALIZED (
  SELECT c.n, c.call_id, c.uses, k.card_id, k.uses_max, k.used, k.is_open FROM call c JOIN key k ON k.key_hash = c.key_hash),
known AS MATERIALIZED (
  SELECT card_id, call_id, uses, used_after
    FROM quota_uses_of(ARRAY(SELECT card_id FROM asked ORDER BY n), ARRAY(SELECT call_id FROM asked ORDER BY n))),
fresh AS MATERIALIZED (
  SELECT a.n, a.card_id, a.call_id, a.uses, a.uses_max, a.used,
         a.used + sum(a.uses) OVER (PARTITION BY a.card_id ORDER BY a.n) AS used_after
    FROM asked a
   WHERE a.is_open AND a.uses <= a.uses_max - a.used
     AND NOT EXISTS (SELECT 1 FROM known u WHERE u.card_id = a.card_id AND u.call_id = a.call_id)),
taken AS MATERIALIZED (SELECT n, card_id, call_id, uses, used_after::int FROM fresh WHERE used_after <= uses_max),
counted AS (
  INSERT INTO quota_use (card_id, call_id, uses, used_after)
  SELECT card_id, call_id, uses, used_after FROM taken ORDER BY card_id, call_id
  RETURNING card_id),
total AS MATERIALIZED (SELECT card_id, max(used_after) AS used_after FROM taken GROUP BY card_id),
moved AS (
  UPDATE quota q SET used = t.used_after FROM total t
   WHERE q.card_id = t.card_id AND q.card_id = ANY (ARRAY(SELECT card_id FROM total))
  RETURNING q.card_id)
SELECT coalesce(t.used_after, u.used_after, s.used_after, a.used, 0) AS used, coalesce(a.uses_max, 0) AS uses_max,
       CASE WHEN a.n IS NULL AND h.key_hash IS NOT NULL THEN 'held'
            WHEN a.n IS NULL THEN 'unknown'
            WHEN NOT a.is_open THEN 'closed'
            WHEN u.uses = a.uses THEN 'replayed'
            WHEN u.uses IS NOT NULL THEN 'conflict'
            WHEN t.n IS NOT NULL THEN 'spent'
            WHEN a.uses > a.uses_max - coalesce(s.used_after, a.used) THEN 'exhausted'
            ELSE 'crowded' END AS verdict
  FROM call c LEFT JOIN there h ON h.key_hash = c.key_hash
  LEFT JOIN asked a ON a.n = c.n
  LEFT JOIN known u ON u.card_id = a.card_id AND u.call_id = a.call_id
  LEFT JOIN taken t ON t.n = c.n LEFT JOIN total s ON s.card_id = a.card_id
 WHERE ((SELECT count(*) FROM counted) = (SELECT count(*) FROM taken) AND (SELECT count(*) FROM moved) = (SELECT count(*) FROM total))
    OR refuse_statement('spend changed another number of rows than it decided')
 ORDER BY c.n`;

/** For batches: it waits for a key that somebody else is at, within the bound of the connection. */
export const SPEND_SQL = spendSql("");
/** For a call whose batch failed: one stuck key keeps nobody but its own. */
export const SPEND_ALONE_SQL = spendSql(" SKIP LOCKED");

/** Runs the statement once: one transaction of its own. Answers in the order of `rows`; no two of them name the same call. */
export async function runSpend(
  hot: Db,
  rows: readonly SpendRow[],
  { isAlone = false }: { isAlone?: boolean } = {},
): Promise<SpendAnswer[]> {
  const numbered = rows.map((row, n) => ({ n, ...row }));
  return hot.$queryRawUnsafe<SpendAnswer[]>(isAlone ? SPEND_ALONE_SQL : SPEND_SQL, JSON.stringify(numbered));
}

/**
 * Opens keys whose order gives them out: it is delivered, and the card stands among its cards. $1 the hashes of the keys, as a JSON array.
 * The order is locked first and decides; whatever takes the card away again locks it, too, and so comes before and is seen, or comes after
 * and closes the key. Orders, then keys, each in the order of their ids.
 */
export const OPEN_SQL = `
WITH key AS MATERIALIZED (
  SELECT card_id FROM quota
   WHERE key_hash = ANY (ARRAY(SELECT decode(h, 'hex') FROM jsonb_array_elements_text($1::jsonb) AS h))),
sold AS MATERIALIZED (
  SELECT id, order_id FROM card WHERE id = ANY (ARRAY(SELECT card_id FROM key)) AND status = 'delivered'),
o AS MATERIALIZED (
  SELECT id, status, card_ids FROM orders WHERE id = ANY (ARRAY(SELECT order_id FROM sold)) ORDER BY id FOR SHARE),
given AS MATERIALIZED (
  SELECT s.id, s.order_id FROM sold s JOIN o ON o.id = s.order_id WHERE o.status = 'delivered' AND s.id = ANY (o.card_ids)),
locked AS MATERIALIZED (
  SELECT card_id FROM quota WHERE card_id = ANY (ARRAY(SELECT id FROM given)) ORDER BY card_id FOR NO KEY UPDATE),
opened AS (
  UPDATE quota q SET order_id = g.order_id, is_open = true FROM given g
   WHERE q.card_id = g.id AND q.card_id = ANY (ARRAY(SELECT card_id FROM locked))
  RETURNING q.key_hash)
SELECT encode(key_hash, 'hex') AS key_hash FROM opened`;

/** Which of these keys are open now. */
export async function runOpen(db: Db, keyHashes: readonly string[]): Promise<Set<string>> {
  const rows = await db.$queryRawUnsafe<{ key_hash: string }[]>(OPEN_SQL, JSON.stringify(keyHashes));
  return new Set(rows.map((row) => row.key_hash));
}
