import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";

/** Where the chain ends; all as text, because xid8 and 64-bit numbers have no other form that every client keeps. */
export interface Tip {
  readonly number: bigint;
  readonly era: number;
  readonly floorId: bigint;
  readonly lastXid: string;
  readonly lastId: bigint;
  readonly hash: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The server has not counted as far as the chain has: the database came here from another one. */
  readonly isFromElsewhere: boolean;
}

/** A number nobody else's advisory lock has; "kapu" and "ledg" in ASCII. */
const SEALER_LOCK = 0x6b617075_6c656467n;

/** Whether this transaction alone seals; never waits. The lock ends with the transaction, also when its process is killed. */
export async function becomeSealer(tx: Tx): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ is_sealer: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${SEALER_LOCK}::bigint) AS is_sealer`;
  return row?.is_sealer === true;
}

export async function findTip(tx: Tx): Promise<Tip | null> {
  const [row] = await tx.$queryRaw<Tip[]>`
    SELECT number, era, floor_id AS "floorId", last_xid::text AS "lastXid", last_id AS "lastId", hash, public_key AS "publicKey",
           last_xid >= pg_snapshot_xmax(pg_current_snapshot()) AS "isFromElsewhere"
      FROM stock_block ORDER BY number DESC LIMIT 1`;
  return row ?? null;
}

/** The highest id that any block holds; asked once per era. */
export async function findHighestSealedId(tx: Tx): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT coalesce(max(entry.id), 0) AS id FROM stock_block CROSS JOIN LATERAL unnest(entry_ids) AS entry (id)`;
  return row?.id ?? 0n;
}

/** What goes into one block, in the order of the chain; as one row, because a thousand rows would hold up the process that also sells. */
export interface Candidates {
  readonly ids: readonly string[];
  /** The hashes of the entries, 32 bytes each, one after the other. */
  readonly leaves: Uint8Array;
  readonly firstXid: string;
  readonly lastXid: string;
  readonly sealedAt: Date;
}

export interface After {
  readonly floorId: bigint;
  readonly xid: string;
  readonly id: bigint;
}

const GATHERED = Prisma.sql`
  SELECT array_agg(id::text ORDER BY chosen.xid, chosen.id) AS ids,
         string_agg(stock_leaf(id, xid, created_at, canonical), ''::bytea ORDER BY chosen.xid, chosen.id) AS leaves,
         (array_agg(xid::text ORDER BY chosen.xid, chosen.id))[1] AS "firstXid",
         (array_agg(xid::text ORDER BY chosen.xid DESC, chosen.id DESC))[1] AS "lastXid",
         clock_timestamp()::timestamptz(3) AS "sealedAt"
    FROM chosen HAVING count(*) > 0`;

/**
 * The next entries of the chain, at most a block of them, or null. Only entries of transactions older than every one that is
 * still under way: whatever commits later has a higher xid, so nothing can appear among what was returned. One statement,
 * because the horizon and the rows must come from one snapshot. Reads only; no sale waits for it.
 */
export async function findSettledEntries(tx: Tx, after: After): Promise<Candidates | null> {
  const [found] = await tx.$queryRaw<Candidates[]>`
    WITH settled AS (
      SELECT id, xid, created_at, canonical, sum(octet_length(canonical)) OVER (ORDER BY xid, id) - octet_length(canonical) AS bytes_before
        FROM (SELECT * FROM stock_entry
               WHERE (xid, id) > (${after.xid}::text::xid8, ${after.id}::bigint) AND id > ${after.floorId}::bigint
                 AND xid < pg_snapshot_xmin(pg_current_snapshot())
               ORDER BY xid, id LIMIT ${limits.ledgerEntriesPerBlock}::int) next),
    chosen AS (SELECT * FROM settled WHERE bytes_before < ${limits.ledgerBytesPerBlock}::bigint)
    ${GATHERED}`;
  return found ?? null;
}

/**
 * Entries that came with a database from another server, whose transactions are all over: their xids lie beyond what this
 * server has counted to.
 */
export async function findEntriesFromElsewhere(tx: Tx, after: After): Promise<Candidates | null> {
  const [found] = await tx.$queryRaw<Candidates[]>`
    WITH chosen AS (
      SELECT * FROM stock_entry
       WHERE (xid, id) > (${after.xid}::text::xid8, ${after.id}::bigint) AND id > ${after.floorId}::bigint
         AND xid >= pg_snapshot_xmax(pg_current_snapshot())
       ORDER BY xid, id LIMIT ${limits.ledgerTailEntriesPerRead}::int)
    ${GATHERED}`;
  return found ?? null;
}

export interface NewBlock {
  readonly number: bigint;
  readonly era: number;
  readonly floorId: bigint;
  readonly entries: Candidates;
  readonly previousHash: Uint8Array;
  readonly root: Uint8Array;
  readonly hash: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

export async function insertBlock(tx: Tx, block: NewBlock): Promise<void> {
  const { ids, leaves, firstXid, lastXid, sealedAt } = block.entries;
  await tx.$executeRaw`
    INSERT INTO stock_block (number, era, floor_id, entry_count, first_xid, first_id, last_xid, last_id, entry_ids, entry_hashes,
                             previous_hash, root, hash, sealed_at, public_key, signature)
    VALUES (${block.number}::bigint, ${block.era}::int, ${block.floorId}::bigint, ${ids.length}::int,
            ${firstXid}::text::xid8, ${ids[0]}::text::bigint, ${lastXid}::text::xid8, ${ids.at(-1)}::text::bigint, ${ids}::text[]::bigint[], ${leaves},
            ${block.previousHash}, ${block.root}, ${block.hash}, ${sealedAt}, ${block.publicKey}, ${block.signature})`;
}
