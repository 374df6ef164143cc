import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";
import { CHOSEN_BIT } from "./pick";

/** Where imported cards go. */
export interface ImportTarget {
  readonly variantId: string;
  readonly merchantId: string;
  readonly poolId: string;
}

export interface ImportBatch extends ImportTarget {
  readonly batchId: string;
}

/** Which of these fingerprints the variant already has: their lines need not be sealed to be found duplicate. */
export async function findKnown(
  db: Db,
  { variantId }: Pick<ImportTarget, "variantId">,
  fingerprints: readonly string[],
): Promise<Set<string>> {
  const [row] = await db.$queryRaw<[{ known: string | null }]>`
    SELECT string_agg(encode(fingerprint, 'hex'), ',') AS known FROM card_secret
     WHERE variant_id = ${variantId}::uuid
       AND fingerprint = ANY (ARRAY(SELECT decode(f, 'hex') FROM string_to_table(${fingerprints.join(",")}, ',') AS f))`;
  return new Set(row.known?.split(","));
}

/** A card as the database keeps it: sealed, with the fingerprint that finds its like. Both in hexadecimal. */
export interface SealedCard {
  readonly id: string;
  readonly fingerprint: string;
  readonly ciphertext: string;
  /** What is public about a card that buyers choose themselves, and what it costs beyond. */
  readonly preview?: string;
  readonly extra?: string;
}

export interface ImportChunk {
  readonly cards: readonly SealedCard[];
  readonly lineCount: number;
  readonly rejectedCount: number;
  /** How many lines of the batch are in before it. */
  readonly position: number;
  /** The refused lines that are to be kept, without their text. */
  readonly rejects: readonly { readonly line: number; readonly reason: string }[];
}

/** The day of a card that does not expire: the greatest that fits above a 43-bit sequence in a positive bigint. */
const NEVER_DAY = 1_048_575;
const SEQUENCE_BITS = 43;

/**
 * The variant's owner and the pool: the one that is named, or the variant's first. Null: no such variant or pool, or another merchant's. A
 * null merchant asks for any.
 */
export async function findImportTarget(
  db: Db,
  { variantId, merchantId, poolId }: { variantId: string; merchantId: string | null; poolId?: string | null },
): Promise<ImportTarget | null> {
  const variant = await db.variant.findUnique({
    where: { id: variantId, ...(merchantId === null ? {} : { merchantId }) },
    select: { id: true, merchantId: true, poolId: true },
  });
  if (!variant) return null;
  const target = { variantId: variant.id, merchantId: variant.merchantId };
  if (!poolId) return { ...target, poolId: variant.poolId };
  const pool = await db.stockPool.findFirst({ where: { id: poolId, merchantId: variant.merchantId } });
  return pool && { ...target, poolId: pool.id };
}

/** What its merchant knows of a batch. */
export interface BatchFacts {
  readonly note: string;
  readonly source?: string;
  readonly unitCostMinor?: bigint | null;
  readonly costCurrency?: string | null;
  /** When its cards expire, if they do. */
  readonly cardsExpireAt?: Date | null;
  readonly warrantyDays?: number | null;
}

/** Opens a batch that nobody can sell from until it is published. */
export async function openBatch(
  db: Db | Tx,
  batch: ImportBatch & {
    readonly keyId: string;
    readonly wrapped: Uint8Array;
    readonly createdBy: string | null;
    readonly isPublishRequested: boolean;
  } & BatchFacts,
): Promise<void> {
  const { batchId: id, wrapped, ...columns } = batch;
  await db.batch.create({ data: { id, dataKey: Uint8Array.from(wrapped), ...columns } });
}

/**
 * Adds one chunk: cards, secrets, the ledger's entry, refusals and counters commit together. Secrets go in sorted by
 * fingerprint, so two imports of one file wait for each other and never deadlock; what is already there is a duplicate.
 * Cards are numbered in the order of the file, those that expire before those that do not; one with a preview below zero, for whoever
 * chooses it. The batch's row is locked first: one that was given up takes nothing, and so does one that is further than whoever adds to it
 * thinks, because somebody else went on with it. Thousands of cards come as three lists with commas between them: Postgres takes those apart
 * in half the time of JSON (docs/decisions/0035).
 */
const ADD_CHUNK_SQL = `
WITH live AS MATERIALIZED (
  SELECT id, merchant_id, variant_id, pool_id, key_id, cards_expire_at,
         coalesce(floor(extract(epoch FROM cards_expire_at) / 86400)::bigint, ${NEVER_DAY}) << ${SEQUENCE_BITS} AS day
    FROM batch WHERE id = $1::uuid AND status = 'importing' AND line_count = $9::int FOR UPDATE),
input AS MATERIALIZED (
  SELECT i.id::uuid, decode(i.fingerprint, 'hex') AS fingerprint, decode(i.ciphertext, 'hex') AS ciphertext
    FROM ROWS FROM (string_to_table($2, ','), string_to_table($3, ','), string_to_table($4, ',')) AS i (id, fingerprint, ciphertext)),
about AS MATERIALIZED (SELECT * FROM json_to_recordset($5::json) AS a (id uuid, preview text, extra bigint)),
secret AS (
  INSERT INTO card_secret (card_id, variant_id, key_id, fingerprint, ciphertext)
  SELECT i.id, b.variant_id, b.key_id, i.fingerprint, i.ciphertext FROM input i CROSS JOIN live b ORDER BY i.fingerprint
  ON CONFLICT (variant_id, fingerprint) DO NOTHING
  RETURNING card_id),
fresh AS MATERIALIZED (
  SELECT s.card_id, a.preview, a.extra FROM secret s LEFT JOIN about a ON a.id = s.card_id ORDER BY s.card_id),
added AS (
  INSERT INTO card (id, merchant_id, variant_id, pool_id, batch_id, pick, expires_at, status)
  SELECT f.card_id, b.merchant_id, b.variant_id, b.pool_id, b.id, (b.day | nextval('card_pick_seq')) # CASE WHEN f.preview IS NULL THEN 0 ELSE (${CHOSEN_BIT})::bigint END, b.cards_expire_at, 'draft'
    FROM fresh f CROSS JOIN live b),
said AS (
  INSERT INTO card_preview (card_id, merchant_id, variant_id, preview, extra_minor)
  SELECT f.card_id, b.merchant_id, b.variant_id, f.preview, f.extra FROM fresh f CROSS JOIN live b WHERE f.preview IS NOT NULL),
entry AS (
  INSERT INTO stock_entry (kind, merchant_id, batch_id, card_ids, canonical)
  SELECT 'import', b.merchant_id, b.id, f.card_ids, stock_canonical('import', b.merchant_id, NULL, b.id, '', f.card_ids)
    FROM (SELECT array_agg(card_id) AS card_ids FROM fresh) f CROSS JOIN live b WHERE f.card_ids IS NOT NULL),
reject AS (
  INSERT INTO batch_reject (batch_id, line, reason)
  SELECT b.id, r.line, r.reason FROM json_to_recordset($6::json) AS r (line int, reason text) CROSS JOIN live b),
tally AS MATERIALIZED (SELECT count(*)::int AS accepted FROM fresh)
UPDATE batch
   SET line_count = line_count + $7::int, accepted_count = accepted_count + tally.accepted, rejected_count = rejected_count + $8::int,
       duplicate_count = duplicate_count + $7::int - $8::int - tally.accepted, heartbeat_at = clock_timestamp()
  FROM live, tally
 WHERE batch.id = live.id
RETURNING tally.accepted`;

const Added = z.array(z.object({ accepted: z.number().int() })).max(1);

/** How many cards of the chunk were new, or null when the batch has been given up, or gone on with by somebody else, meanwhile. */
export async function addChunk(tx: Tx, batchId: string, chunk: ImportChunk): Promise<number | null> {
  const rows = await tx.$queryRawUnsafe(
    ADD_CHUNK_SQL,
    batchId,
    chunk.cards.map(({ id }) => id).join(","),
    chunk.cards.map(({ fingerprint }) => fingerprint).join(","),
    chunk.cards.map(({ ciphertext }) => ciphertext).join(","),
    JSON.stringify(
      chunk.cards.flatMap(({ id, preview, extra }) => (preview === undefined ? [] : { id, preview, extra })),
    ),
    JSON.stringify(chunk.rejects),
    chunk.lineCount,
    chunk.rejectedCount,
    chunk.position,
  );
  return Added.parse(rows)[0]?.accepted ?? null;
}

/** Says that the import lives, while it waits for more of the file or publishes. */
export async function beat(db: Db, batchId: string): Promise<void> {
  await db.$executeRaw`UPDATE batch SET heartbeat_at = clock_timestamp() WHERE id = ${batchId}::uuid AND status <> 'failed'`;
}

/** Ends the import: its cards wait to be published. False when the batch has been given up meanwhile. */
export async function closeBatch(tx: Tx, batchId: string): Promise<boolean> {
  const closed = await tx.$executeRaw`
    UPDATE batch SET status = 'draft', heartbeat_at = clock_timestamp() WHERE id = ${batchId}::uuid AND status = 'importing'`;
  return closed === 1;
}

/**
 * Makes up to `cardsMax` drafts of a batch available, with the ledger's entry that names them; returns how many. None of a batch that is wanted
 * back. One statement: thousands of ids need not come here to be sent back.
 */
export async function publishDrafts(tx: Tx, batchId: string, cardsMax: number): Promise<number> {
  const [row] = await tx.$queryRaw<[{ n: number }]>`
    WITH opened AS (
      UPDATE card SET status = 'available'
       WHERE id = ANY (ARRAY(SELECT id FROM card WHERE batch_id = ${batchId}::uuid AND status = 'draft' LIMIT ${cardsMax}::int
                              FOR NO KEY UPDATE SKIP LOCKED))
         AND NOT EXISTS (SELECT 1 FROM batch WHERE id = ${batchId}::uuid AND withdrawn_at IS NOT NULL)
      RETURNING id),
    named AS MATERIALIZED (SELECT array_agg(id) AS card_ids FROM opened),
    entry AS (
      INSERT INTO stock_entry (kind, merchant_id, batch_id, card_ids, canonical)
      SELECT 'publish', b.merchant_id, b.id, n.card_ids, stock_canonical('publish', b.merchant_id, NULL, b.id, '', n.card_ids)
        FROM named n CROSS JOIN batch b WHERE b.id = ${batchId}::uuid AND n.card_ids IS NOT NULL)
    SELECT coalesce(cardinality(card_ids), 0)::int AS n FROM named`;
  return row.n;
}

/** The batch of an import that was broken off, as far as it is filled. */
export async function findBatchToFill(db: Db, batchId: string) {
  const batch = await db.batch.findUnique({ where: { id: batchId } });
  if (!batch) return null;
  const { merchantId, variantId, poolId, status, dataKey: wrapped } = batch;
  const { lineCount: lines, acceptedCount: accepted, duplicateCount: duplicate, rejectedCount: rejected } = batch;
  const report = { batchId, lines, accepted, duplicate, rejected };
  return { batchId, merchantId, variantId, poolId, status, wrapped, report };
}

/** Gives a batch up that is being imported; its cards are taken away by `discardBatch`. */
export async function failBatch(tx: Db | Tx, batchId: string, failure: string): Promise<void> {
  await tx.$executeRaw`UPDATE batch SET status = 'failed', failure = ${failure} WHERE id = ${batchId}::uuid AND status = 'importing'`;
}

/**
 * Gives a batch up and takes its cards away again, bounded bite by bounded bite. Safe to run twice and by two at once: each
 * bite locks the batch, and an import that still runs finds its batch gone and stops.
 */
export async function discardBatch(db: Db, batchId: string, failure: string): Promise<void> {
  await failBatch(db, batchId, failure);
  const bitesMax = Math.ceil(limits.importLinesMax / limits.importCardsPerChunk) + 1;
  for (let bite = 0; bite < bitesMax; bite += 1) {
    const [row] = await db.$queryRaw<{ gone: number }[]>`
      SELECT discard_failed_cards(${batchId}::uuid, ${limits.importCardsPerChunk}::int) AS gone`;
    if (row?.gone === 0) return;
  }
}

const Unfinished = z.array(
  z.object({
    id: z.string(),
    status: z.enum(["importing", "failed", "draft", "published"]),
    heartbeat: z.string(),
    isStale: z.boolean(),
  }),
);
type UnfinishedImport = z.infer<typeof Unfinished>[number];

/**
 * Imports that have not come to their end: running or killed ones, failed ones with cards left, half published ones. `isStale`
 * by the database's clock. A null variant asks for all. An import of an uploaded file is not among them: it is gone on with.
 */
async function findUnfinished(
  db: Db,
  { variantId, staleSeconds }: { variantId: string | null; staleSeconds: number },
): Promise<UnfinishedImport[]> {
  return Unfinished.parse(
    await db.$queryRaw`
      SELECT id::text, status, heartbeat_at::text AS heartbeat,
             status = 'failed' OR heartbeat_at < clock_timestamp() - make_interval(secs => ${staleSeconds}::int) AS "isStale"
        FROM batch
       WHERE variant_id = coalesce(${variantId}::uuid, variant_id)
         AND ((status = 'importing' AND NOT EXISTS (SELECT 1 FROM card_upload u WHERE u.batch_id = batch.id AND u.state = 'importing'))
              OR (status = 'failed' AND accepted_count > 0) OR (status = 'draft' AND is_publish_requested)
              OR (status = 'published' AND EXISTS (SELECT 1 FROM card c WHERE c.batch_id = batch.id AND c.status = 'draft')))
       ORDER BY number LIMIT ${limits.listRowsPerPage}`,
  );
}

/** An import that was killed: what it has is to be discarded, or, where all was in and meant for sale, published. */
export interface DeadImport {
  readonly id: string;
  readonly isPublishing: boolean;
}

const toDead = ({ id, status }: UnfinishedImport): DeadImport => ({
  id,
  isPublishing: status === "draft" || status === "published",
});

/** The imports of the whole shop that nobody has come back to for a while. */
export async function findAbandonedImports(db: Db): Promise<DeadImport[]> {
  const unfinished = await findUnfinished(db, { variantId: null, staleSeconds: limits.importAbandonedSeconds });
  return unfinished.filter(({ isStale }) => isStale).map(toDead);
}

const POLL_MS = 250;

/**
 * The imports into a variant that were killed: their heart stands still for `limits.importStaleSeconds`. Answers at once
 * when there is none, and otherwise waits until each has either moved or been still for long enough.
 */
export async function findDeadImports(db: Db, variantId: string): Promise<DeadImport[]> {
  const ask = { variantId, staleSeconds: limits.importStaleSeconds };
  const dead = new Map<string, DeadImport>();
  let found = await findUnfinished(db, ask);
  const watched = new Map(found.map(({ id, heartbeat }) => [id, heartbeat]));
  const looksMax = Math.ceil(((limits.importStaleSeconds + 2) * 1_000) / POLL_MS);
  for (let look = 0; watched.size > 0 && look < looksMax; look += 1) {
    for (const still of found) if (watched.has(still.id) && still.isStale) dead.set(still.id, toDead(still));
    const beats = new Map(found.map(({ id, heartbeat }) => [id, heartbeat]));
    for (const [id, heartbeat] of watched) if (dead.has(id) || beats.get(id) !== heartbeat) watched.delete(id);
    if (watched.size === 0) break;
    await sleep(POLL_MS);
    found = await findUnfinished(db, ask);
  }
  return [...dead.values()];
}
