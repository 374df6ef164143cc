import type pg from "pg";
import { limits } from "@/lib/kernel/limits";
import type { LedgerRecord } from "./record";
import { type Block, type ChainEntry, canonicalOf, type EntryKind } from "./rules";

interface BlockRow {
  readonly number: string;
  readonly era: number;
  /** Of the block's last entry as it stands now; null when that entry is gone. */
  readonly last_xid: string | null;
  readonly entry_ids: readonly string[];
  readonly entry_hashes: Buffer;
  readonly previous_hash: Buffer;
  readonly root: Buffer;
  readonly hash: Buffer;
  readonly sealed_at_ms: string;
  readonly public_key: Buffer;
  readonly signature: Buffer;
}

interface EntryRow {
  readonly id: string;
  readonly xid: string;
  readonly at_ms: string;
  readonly canonical: Buffer;
  readonly kind: EntryKind;
  readonly merchant_id: string;
  readonly order_id: string | null;
  readonly batch_id: string | null;
  readonly reference: string;
  readonly card_ids: readonly string[];
}

const HASH_BYTES = 32;
const ENTRY_COLUMNS = `id::text, xid::text, floor(extract(epoch FROM created_at) * 1000)::bigint::text AS at_ms, canonical,
  kind, merchant_id, order_id, batch_id, reference, card_ids::text[]`;

/** Only columns that the hash of the block binds, and the entries themselves, say where a block begins and ends. */
const NEXT_BLOCK = `
SELECT number::text, era, entry_ids::text[], entry_hashes, previous_hash, root, hash,
       floor(extract(epoch FROM sealed_at) * 1000)::bigint::text AS sealed_at_ms, public_key, signature,
       (SELECT xid::text FROM stock_entry WHERE id = entry_ids[cardinality(entry_ids)]) AS last_xid
  FROM stock_block block WHERE number > $1::bigint ORDER BY block.number LIMIT 1`;

/** What a block sealed, wherever it stands now, and whatever else stands in its range. */
const ENTRIES_OF_BLOCK = `
SELECT ${ENTRY_COLUMNS} FROM stock_entry e JOIN (
  SELECT id AS entry_id FROM (
    SELECT id FROM stock_entry
     WHERE (xid, id) > ($1::text::xid8, $2::bigint) AND (xid, id) <= ($3::text::xid8, $4::bigint) AND id > $5::bigint AND id <= $6::bigint
     ORDER BY xid, id LIMIT $7) in_range
  UNION SELECT unnest($8::bigint[])) wanted ON wanted.entry_id = e.id
 ORDER BY e.xid, e.id`;

const UNSEALED = `
SELECT ${ENTRY_COLUMNS} FROM stock_entry
 WHERE (xid, id) > ($1::text::xid8, $2::bigint) AND id > $3::bigint ORDER BY stock_entry.xid, stock_entry.id LIMIT $4`;

const CEILING_OF_ERA = `
SELECT max(entry.id)::text AS ceiling_id FROM stock_block CROSS JOIN LATERAL unnest(entry_ids) AS entry (id)
 WHERE era <= $1 AND EXISTS (SELECT FROM stock_block WHERE era > $1)`;

// An entry that somebody put in with an id that the shop never gives stands in the range of a block like any other.
const LOWEST_ID = "-9223372036854775808";
const HIGHEST_ID = "9223372036854775807";
const HIGHEST_XID = "18446744073709551615";

const toBlock = (row: BlockRow): Block => ({
  number: BigInt(row.number),
  era: row.era,
  previousHash: row.previous_hash.toString("hex"),
  root: row.root.toString("hex"),
  hash: row.hash.toString("hex"),
  sealedAtMs: BigInt(row.sealed_at_ms),
  publicKey: row.public_key.toString("hex"),
  signature: row.signature.toString("hex"),
  entryIds: row.entry_ids.map(BigInt),
  entryHashes: row.entry_ids.map((_, n) =>
    row.entry_hashes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES).toString("hex"),
  ),
});

function toEntry(row: EntryRow): { entry: ChainEntry; fault?: string } {
  const canonical = row.canonical.toString("utf8");
  const content = {
    kind: row.kind,
    merchantId: row.merchant_id,
    orderId: row.order_id,
    batchId: row.batch_id,
    reference: row.reference,
    cardIds: row.card_ids,
  };
  const entry = { id: BigInt(row.id), xid: BigInt(row.xid), atMs: BigInt(row.at_ms), canonical };
  if (canonicalOf(content) === canonical && row.canonical.equals(Buffer.from(canonical))) return { entry };
  return { entry, fault: "its columns do not say what its canonical bytes say." };
}

interface Place {
  readonly era: number;
  readonly xid: string;
  readonly id: string;
  /** Between which ids the era lies. */
  readonly floorId: string;
  readonly ceilingId: string;
}

const START: Place = { era: 0, xid: "0", id: LOWEST_ID, floorId: LOWEST_ID, ceilingId: LOWEST_ID };
const END = { xid: HIGHEST_XID, id: HIGHEST_ID };

/** Where the range of a block begins: after the block before, or anew with its era, whose ids lie above those of the last. */
async function enter(client: pg.Client, { era }: BlockRow, before: Place): Promise<Place> {
  if (era === before.era) return before;
  const { rows } = await client.query<{ ceiling_id: string | null }>(CEILING_OF_ERA, [era]);
  const ceilingId = rows[0]?.ceiling_id ?? HIGHEST_ID;
  return { era, xid: "0", id: LOWEST_ID, floorId: before.ceilingId, ceilingId };
}

/** Where the range of a block ends: with its last entry. */
function leave(block: BlockRow, place: Place): Place {
  const lastId = block.entry_ids.at(-1);
  return block.last_xid === null || lastId === undefined ? place : { ...place, xid: block.last_xid, id: lastId };
}

async function findEntries(client: pg.Client, from: Place, to: Pick<Place, "xid" | "id">, ids: readonly string[]) {
  const values = [from.xid, from.id, to.xid, to.id, from.floorId, from.ceilingId, ids.length + 1, ids];
  const { rows } = await client.query<EntryRow>({ name: "ledger-entries", text: ENTRIES_OF_BLOCK, values });
  return rows;
}

/**
 * The ledger as it stands in a database, block by block, in memory for one block. It takes no lock and needs no single
 * snapshot: blocks and entries never change, so what is added while it reads is only added. Every entry is read: the ranges
 * of the blocks and what follows the last one leave no gap. Reads as the audit's role.
 */
export async function* readLedger(client: pg.Client): AsyncGenerator<LedgerRecord> {
  let place = START;
  for (let number = "0"; ; ) {
    const { rows } = await client.query<BlockRow>({ name: "ledger-block", text: NEXT_BLOCK, values: [number] });
    const block = rows[0];
    if (!block) break;
    yield { kind: "block", block: toBlock(block) };
    // What stands after the last entry of an era that is over was never sealed; one is enough to say so.
    const left = block.era === place.era ? [] : await findEntries(client, place, END, []);
    place = await enter(client, block, place);
    const end = leave(block, place);
    const found = await findEntries(client, place, end, block.entry_ids);
    for (const row of [...left, ...found]) yield { kind: "entry", ...toEntry(row) };
    place = end;
    number = block.number;
  }
  yield* readUnsealed(client, place);
  yield { kind: "end" };
}

async function* readUnsealed(client: pg.Client, { xid, id, floorId }: Place): AsyncGenerator<LedgerRecord> {
  for (let after = { xid, id }; ; ) {
    const values = [after.xid, after.id, floorId, limits.ledgerTailEntriesPerRead];
    const { rows } = await client.query<EntryRow>({ name: "ledger-unsealed", text: UNSEALED, values });
    for (const row of rows) yield { kind: "unsealed", ...toEntry(row) };
    const last = rows.at(-1);
    if (!last || rows.length < limits.ledgerTailEntriesPerRead) return;
    after = { xid: last.xid, id: last.id };
  }
}
