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

export interface Candidate {
  readonly id: bigint;
  readonly xid: string;
  readonly leaf: Uint8Array;
  readonly sealedAt: Date;
}

export interface After {
  readonly floorId: bigint;
  readonly xid: string;
  readonly id: bigint;
}

/**
 * The next entries of the chain, at most a block of them. Only entries of transactions older than every one that is still
 * under way: whatever commits later has a higher xid, so nothing can appear among what was returned. One statement, because
 * the horizon and the rows must come from one snapshot. Reads only; no sale waits for it.
 */
export const findSettledEntries = (tx: Tx, after: After): Promise<Candidate[]> =>
  tx.$queryRaw<Candidate[]>`
    WITH settled AS (
      SELECT id, xid, created_at, canonical, sum(octet_length(canonical)) OVER (ORDER BY xid, id) - octet_length(canonical) AS bytes_before
        FROM (SELECT * FROM stock_entry
               WHERE (xid, id) > (${after.xid}::text::xid8, ${after.id}::bigint) AND id > ${after.floorId}::bigint
                 AND xid < pg_snapshot_xmin(pg_current_snapshot())
               ORDER BY xid, id LIMIT ${limits.ledgerEntriesPerBlock}::int) next)
    SELECT id, xid::text AS xid, stock_leaf(id, xid, created_at, canonical) AS leaf, clock_timestamp()::timestamptz(3) AS "sealedAt"
      FROM settled WHERE bytes_before < ${limits.ledgerBytesPerBlock}::bigint ORDER BY settled.xid, id`;

/**
 * Entries that came with a database from another server, whose transactions are all over: their xids lie beyond what this
 * server has counted to.
 */
export const findEntriesFromElsewhere = (tx: Tx, after: After): Promise<Candidate[]> =>
  tx.$queryRaw<Candidate[]>`
    SELECT id, xid::text AS xid, stock_leaf(id, xid, created_at, canonical) AS leaf, clock_timestamp()::timestamptz(3) AS "sealedAt"
      FROM stock_entry
     WHERE (xid, id) > (${after.xid}::text::xid8, ${after.id}::bigint) AND id > ${after.floorId}::bigint
       AND xid >= pg_snapshot_xmax(pg_current_snapshot())
     ORDER BY stock_entry.xid, id LIMIT ${limits.ledgerTailEntriesPerRead}::int`;

export interface NewBlock {
  readonly number: bigint;
  readonly era: number;
  readonly floorId: bigint;
  readonly entries: readonly Candidate[];
  readonly previousHash: Uint8Array;
  readonly root: Uint8Array;
  readonly hash: Uint8Array;
  readonly sealedAt: Date;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

export async function insertBlock(tx: Tx, block: NewBlock): Promise<void> {
  const { entries } = block;
  const ids = entries.map(({ id }) => id.toString());
  const hashes = Buffer.concat(entries.map(({ leaf }) => leaf));
  const first = entries[0] as Candidate;
  const last = entries.at(-1) as Candidate;
  await tx.$executeRaw`
    INSERT INTO stock_block (number, era, floor_id, entry_count, first_xid, first_id, last_xid, last_id, entry_ids, entry_hashes,
                             previous_hash, root, hash, sealed_at, public_key, signature)
    VALUES (${block.number}::bigint, ${block.era}::int, ${block.floorId}::bigint, ${entries.length}::int,
            ${first.xid}::text::xid8, ${first.id}::bigint, ${last.xid}::text::xid8, ${last.id}::bigint, ${ids}::text[]::bigint[], ${hashes},
            ${block.previousHash}, ${block.root}, ${block.hash}, ${block.sealedAt}, ${block.publicKey}, ${block.signature})`;
}
