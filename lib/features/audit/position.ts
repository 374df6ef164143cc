import type pg from "pg";
import { type Feed, ROLLING, ROW_XID, selectFeed, TOUCHED } from "./feeds";
import type { Subjects } from "./window";

/** Where the continuous audit stands. Kept between passes as JSON. */
export interface Position {
  /** Per feed: up to here every row that will ever be there has been looked at. */
  readonly settled: Readonly<Record<string, string>>;
  /** Per feed: up to here every row was looked at that the last snapshot saw. */
  readonly judged: Readonly<Record<string, string>>;
  /** The last snapshot, as Postgres writes it. */
  readonly snapshot: string;
  /** The rolling look: the feed it stands in, and the last key that it saw there. */
  readonly rolling: { readonly feed: number; readonly after: string | null };
  /** How many rows of each feed a pass takes on; less after a pass that did not come to its end. */
  readonly rows: number;
}

/** What rows lead to, before it is closed. */
export type Found = { -readonly [K in keyof Subjects]: Set<string> };

export const nothingFound = (): Found => ({
  orders: new Set(),
  cards: new Set(),
  batches: new Set(),
  events: new Set(),
  countedBatches: new Set(),
  entries: new Set(),
  outbox: new Set(),
  mails: new Set(),
});

type Row = { readonly key: string } & Readonly<Partial<Record<keyof Subjects, string | null>>>;

function take(found: Found, rows: readonly Row[]): void {
  for (const row of rows) {
    for (const name of Object.keys(found) as (keyof Subjects)[]) {
      const id = row[name];
      if (id) found[name].add(id);
    }
  }
}

/** Begins at the end of every feed: what was there before is for the rolling look and the full pass. */
export async function beginPosition(client: pg.ClientBase, rows: number): Promise<Position> {
  const ends: Record<string, string> = {};
  for (const { table, key } of TOUCHED) {
    const { rows: last } = await client.query<{ end: string }>(
      `SELECT coalesce(max(${key}), 0)::text AS end FROM public.${table}`,
    );
    ends[table] = last[0]?.end ?? "0";
  }
  return { settled: ends, judged: ends, snapshot: await snapshotOf(client), rolling: { feed: 0, after: null }, rows };
}

/** The snapshot of the transaction. */
export async function snapshotOf(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ snapshot: string }>("SELECT pg_current_snapshot()::text AS snapshot");
  return rows[0]!.snapshot;
}

export interface Touched {
  readonly position: Position;
  /** The most rows that one feed gave. */
  readonly rows: number;
}

/**
 * Adds what was touched since the position, and moves the position behind it. Numbers are given out before they are
 * committed, so a row may appear below one that was seen already. Such rows are looked for down to where the feed is
 * settled: a transaction that had ended when the last snapshot was taken can add nothing below what that snapshot saw.
 */
export async function takeTouched(client: pg.ClientBase, position: Position, found: Found): Promise<Touched> {
  const snapshot = await snapshotOf(client);
  const xminOf = (text: string) => BigInt(text.split(":")[0] ?? "0");
  const xmaxOf = (text: string) => BigInt(text.split(":")[1] ?? "0");
  const isSettled = xminOf(snapshot) >= xmaxOf(position.snapshot);
  const judged: Record<string, string> = {};
  const settled: Record<string, string> = {};
  let most = 0;
  for (const feed of TOUCHED) {
    const { table, key } = feed;
    const from = position.judged[table] ?? "0";
    const below = position.settled[table] ?? "0";
    const fresh = await client.query<Row>(
      `SELECT ${selectFeed(feed)} FROM public.${table} WHERE ${key} > $1::bigint ORDER BY ${table}.${key} LIMIT ${position.rows}`,
      [from],
    );
    const late = await client.query<Row>(
      `SELECT ${selectFeed(feed)} FROM public.${table}
        WHERE ${key} > $1::bigint AND ${key} <= $2::bigint AND NOT pg_visible_in_snapshot(${ROW_XID}, $3::pg_snapshot)`,
      [below, from, position.snapshot],
    );
    take(found, fresh.rows);
    take(found, late.rows);
    most = Math.max(most, fresh.rows.length);
    judged[table] = fresh.rows.at(-1)?.key ?? from;
    settled[table] = isSettled ? from : below;
  }
  return { position: { ...position, settled, judged, snapshot }, rows: most };
}

export interface Rolled {
  readonly rolling: Position["rolling"];
  /** Whether it came past the last row of the last table. */
  readonly isRound: boolean;
}

/** Adds the next rows of the rolling look, at most `rowsMax`; a small shop is gone through whole, once. */
export async function takeRolling(
  client: pg.ClientBase,
  from: Position["rolling"],
  rowsMax: number,
  found: Found,
): Promise<Rolled> {
  let { feed, after } = from;
  let left = rowsMax;
  let isRound = false;
  for (let step = 0; step <= ROLLING.length && left > 0; step++) {
    const rows = await nextRows(client, ROLLING[feed] as Feed, after, left);
    take(found, rows);
    if (rows.length === left) return { rolling: { feed, after: rows.at(-1)?.key ?? null }, isRound };
    left -= rows.length;
    feed = (feed + 1) % ROLLING.length;
    after = null;
    isRound ||= feed === 0;
  }
  return { rolling: { feed, after }, isRound };
}

async function nextRows(client: pg.ClientBase, feed: Feed, after: string | null, limit: number): Promise<Row[]> {
  const { table, key, type } = feed;
  const where = after === null ? "" : `WHERE ${key} > $1::${type}`;
  const { rows } = await client.query<Row>(
    `SELECT ${selectFeed(feed)} FROM public.${table} ${where} ORDER BY ${table}.${key} LIMIT ${limit}`,
    after === null ? [] : [after],
  );
  return rows;
}
