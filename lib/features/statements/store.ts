import { z } from "zod";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";
import type { Closing, Refused, RejectedLine, StatementFormat, StatementRow } from "./rules";
import type { Mapping } from "./schema";

/** A file or a reading of a list, as it is opened. */
export interface FileDraft {
  readonly id: string;
  readonly accountId: string;
  readonly source: "download" | "upload";
  readonly format: StatementFormat;
  readonly day: string | null;
  readonly name: string;
  /** Null for a list, whose pages have no end that could be hashed before it is read. */
  readonly sha256: Buffer | null;
  readonly byteCount: number;
  readonly columns: readonly string[];
  readonly mapping: Mapping | null;
  readonly uploadedBy: string | null;
}

/** A file as whoever goes on with it finds it. */
const Opened = z.object({
  id: z.string(),
  state: z.enum(["reading", "kept", "refused"]),
  storedLine: z.number().int(),
  cursor: z.string().nullable(),
});
export type OpenedFile = z.infer<typeof Opened>;

/**
 * Opens a file, or finds the same one: by its hash, or, for a list, by the day that is being read. A file that was refused before
 * is tried again; one that is being read is gone on with from wherever it stands.
 */
export async function openFile(tx: Tx, draft: FileDraft): Promise<OpenedFile> {
  const sha256 = draft.sha256 ? new Uint8Array(draft.sha256) : null;
  await tx.$executeRaw`
    INSERT INTO statement_file (id, account_id, source, format, day, name, sha256, byte_count, columns, mapping, uploaded_by)
    VALUES (${draft.id}::uuid, ${draft.accountId}, ${draft.source}, ${draft.format}, ${draft.day}, ${draft.name}, ${sha256}, ${draft.byteCount}::bigint,
            ${[...draft.columns]}::text[], ${draft.mapping === null ? null : JSON.stringify(draft.mapping)}::jsonb, ${draft.uploadedBy}::uuid)
    ON CONFLICT DO NOTHING`;
  const [found] = z.array(Opened).parse(
    await tx.$queryRaw`
      SELECT id::text, state, stored_line AS "storedLine", cursor FROM statement_file
       WHERE account_id = ${draft.accountId}
         AND CASE WHEN ${sha256}::bytea IS NULL THEN sha256 IS NULL AND state = 'reading' AND day = ${draft.day} ELSE sha256 = ${sha256} END
         FOR UPDATE`,
  );
  if (!found) throw new Error("a statement that was opened is not there");
  if (found.state !== "refused") return found;
  await tx.$executeRaw`
    UPDATE statement_file SET state = 'reading', failure = NULL, failure_line = NULL, finished_at = NULL, format = ${draft.format},
           mapping = ${draft.mapping === null ? null : JSON.stringify(draft.mapping)}::jsonb, columns = ${[...draft.columns]}::text[]
     WHERE id = ${found.id}::uuid`;
  return { ...found, state: "reading" };
}

/** Notes that a file is not taken, and by which line. One that was kept before stays kept. */
export async function refuseFile(tx: Tx, fileId: string, { reason, line }: Refused): Promise<void> {
  await tx.$executeRaw`
    UPDATE statement_file SET state = 'refused', failure = ${reason}, failure_line = ${line}::int, finished_at = clock_timestamp()
     WHERE id = ${fileId}::uuid AND state <> 'kept'`;
}

/** Lines that are written together. */
export interface Chunk {
  readonly rows: readonly StatementRow[];
  readonly rejects: readonly RejectedLine[];
  readonly passed: number;
  /** The line that must be in before this chunk is: what stands behind it would be lost, if a chunk went in before the one before it. */
  readonly from: number;
  /** The last line of the chunk: what stands up to it is in, once the chunk is. */
  readonly line: number;
  readonly cursor?: string | null;
}

/** What became of a chunk. `elsewhere`: somebody else has brought the file to its end, or refused it. `early`: the one before it is not in. */
export type ChunkOutcome = "added" | "known" | "elsewhere" | "early";

const Standing = z.array(z.object({ storedLine: z.number().int(), added: z.number().int() })).max(1);
const KEY = "account_id, gateway_trade_number, kind, part";

/** The chunk's rows come as bytes: the client copies a text three times before it is sent, and each copy is as long as the chunk. */
const INPUT = "convert_from($2::bytea, 'UTF8')::json";

/**
 * Locks the file's row and adds the rows behind the line that is in, in one statement: the next chunk can be sent while this one is written, and
 * waits for it at the lock. Sorted by their key, so that two files with the same rows wait for each other and never deadlock.
 */
const ADD_ROWS_SQL = `
WITH file AS MATERIALIZED (
  SELECT id, account_id, stored_line FROM statement_file WHERE id = $1::uuid AND state = 'reading' FOR UPDATE),
input AS MATERIALIZED (
  SELECT * FROM json_to_recordset(${INPUT}) AS i
    (line int, kind text, trade text, part text, number text, refund text, "gatewayRefund" text, amount bigint, currency text, fee text, at bigint, status text, raw jsonb)),
added AS (
  INSERT INTO statement_row (file_id, line, kind, account_id, gateway_trade_number, part, out_trade_no, refund_number, gateway_refund_number,
                             amount_minor, currency, fee, occurred_at, status, raw)
  SELECT f.id, i.line, i.kind, f.account_id, i.trade, i.part, i.number, i.refund, i."gatewayRefund", i.amount, i.currency, i.fee,
         to_timestamp(i.at / 1000.0), i.status, i.raw
    FROM input i CROSS JOIN file f WHERE f.stored_line >= $3::int AND i.line > f.stored_line
   ORDER BY i.trade, i.kind, i.part
  ON CONFLICT (${KEY}) DO NOTHING
  RETURNING 1)
SELECT stored_line AS "storedLine", (SELECT count(*)::int FROM added) AS added FROM file`;

/** Rows that were there before: with the same amount they are known, and take the later statement's status; with another they differ. */
const MEET_KNOWN_SQL = `
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset(${INPUT}) AS i (line int, kind text, trade text, part text, amount bigint, currency text, status text, raw jsonb)
   WHERE i.line > $3::int),
met AS MATERIALIZED (
  SELECT i.line, i.status, i.raw, r.file_id, r.line AS known_line, r.kind, r.status AS known_status,
         (r.amount_minor, r.currency) IS NOT DISTINCT FROM (i.amount, i.currency) AS is_same,
         coalesce(before.day, '') <= coalesce(f.day, '') AS is_later
    FROM input i
    JOIN statement_file f ON f.id = $1::uuid
    JOIN statement_row r ON (r.account_id, r.gateway_trade_number, r.kind, r.part) = (f.account_id, i.trade, i.kind, i.part)
    JOIN statement_file before ON before.id = r.file_id
   WHERE NOT (r.file_id = f.id AND r.line = i.line)),
renewed AS (
  UPDATE statement_row r SET status = m.status, raw = m.raw
    FROM (SELECT DISTINCT ON (file_id, known_line, kind) * FROM met WHERE is_same AND is_later AND status <> known_status
           ORDER BY file_id, known_line, kind, line DESC) m
   WHERE (r.file_id, r.line, r.kind) = (m.file_id, m.known_line, m.kind))
SELECT line, is_same AS "isSame", raw::text AS content FROM met`;
const Met = z.array(z.object({ line: z.number().int(), isSame: z.boolean(), content: z.string() }));

/**
 * Adds one chunk, once: the file's row is locked first and says which line is in already, so a second tab, or whoever goes on after a
 * kill, skips what is there. A row that another file brought is not added again. Nobody waits for the disk here: `stored_line` moves with
 * the rows, so a server that loses its power loses the last chunks whole, the last ones first, and whoever goes on brings them again;
 * what is acknowledged is the file, and `keepFile` waits for the disk.
 */
export async function addChunk(tx: Tx, fileId: string, chunk: Chunk): Promise<ChunkOutcome> {
  await tx.$executeRaw`SET LOCAL synchronous_commit = off`;
  const input = rowsAsBytes(chunk.rows);
  const [standing] = Standing.parse(await tx.$queryRawUnsafe(ADD_ROWS_SQL, fileId, input, chunk.from));
  if (!standing) return "elsewhere";
  const { storedLine, added } = standing;
  if (storedLine >= chunk.line) return "known";
  if (storedLine < chunk.from) return "early";
  const isNew = ({ line }: { line: number }) => line > storedLine;
  const rows = chunk.rows.filter(isNew);
  const isAllNew = added === rows.length;
  const met = isAllNew ? [] : Met.parse(await tx.$queryRawUnsafe(MEET_KNOWN_SQL, fileId, input, storedLine));
  assert(isAllNew || met.length === rows.length - added, "a row that was not added was there before");
  const differing = met
    .filter(({ isSame }) => !isSame)
    .map(({ line, content }) => ({ line, reason: "differs", content }));
  const rejects = [...chunk.rejects.filter(isNew), ...differing];
  if (rejects.length > 0) await addRejects(tx, fileId, rejects);
  await tx.$executeRaw`
    UPDATE statement_file
       SET stored_line = ${chunk.line}::int, cursor = ${chunk.cursor ?? null}, rejected_count = rejected_count + ${rejects.length}::int,
           known_count = known_count + ${rows.length - added - differing.length}::int, passed_count = passed_count + ${chunk.passed}::int
     WHERE id = ${fileId}::uuid`;
  return "added";
}

async function addRejects(
  tx: Tx,
  fileId: string,
  rejects: readonly { line: number; reason: string; content: string }[],
): Promise<void> {
  const kept = rejects.map((reject) => ({ ...reject, content: reject.content.slice(0, limits.statementContentKept) }));
  await tx.$executeRaw`
    INSERT INTO statement_reject (file_id, line, reason, content)
    SELECT f.id, r.line, r.reason, r.content
      FROM json_to_recordset(${storableJson(kept)}::json) AS r (line int, reason text, content text) JOIN statement_file f ON f.id = ${fileId}::uuid
     WHERE f.rejected_count < ${limits.statementRejectsKept} ORDER BY r.line LIMIT ${limits.statementRejectsKept}
    ON CONFLICT (file_id, line) DO NOTHING`;
}

const rowsAsBytes = (rows: readonly StatementRow[]): Uint8Array =>
  Buffer.from(
    storableJson(
      rows.map((row) => ({
        line: row.line,
        kind: row.kind,
        trade: row.gatewayTradeNo,
        part: row.part,
        number: row.outTradeNo,
        refund: row.refundNo,
        gatewayRefund: row.gatewayRefundNo,
        amount: row.amountMinor.toString(),
        currency: row.currency,
        fee: row.fee,
        at: row.occurredAt,
        status: row.status,
        raw: row.raw,
      })),
    ),
  );

/** JSON that Postgres takes: it has no place for NUL, nor for half a letter, and a statement must not fail for somebody's odd name. */
function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!/\\u(0000|d[89a-f])/i.test(json)) return json;
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "string" ? part.replaceAll("\0", "").replaceAll(/\p{Surrogate}/gu, "\ufffd") : part,
  );
}

/**
 * Ends the reading: the file is kept, with the figures that its rows themselves give. False when somebody else has ended it. `line`: all
 * up to it must be in.
 */
export async function keepFile(
  tx: Tx,
  fileId: string,
  { line, closing }: { readonly line: number; readonly closing: Omit<Closing, "format"> },
): Promise<boolean> {
  const kept = await tx.$executeRaw`
    UPDATE statement_file f
       SET state = 'kept', finished_at = clock_timestamp(), columns = ${[...closing.columns]}::text[],
           control = ${JSON.stringify({ stated: closing.stated, counted: closing.counted })}::jsonb,
           row_count = s.rows, sums = s.sums, first_at = s.first_at, last_at = s.last_at
      FROM (SELECT coalesce(sum(n), 0)::int AS rows, min(first_at) AS first_at, max(last_at) AS last_at,
                   coalesce(jsonb_object_agg(currency, kinds) FILTER (WHERE currency IS NOT NULL), '{}') AS sums
              FROM (SELECT currency, sum(n) AS n, min(first_at) AS first_at, max(last_at) AS last_at,
                           jsonb_object_agg(kind, jsonb_build_object('count', n, 'amountMinor', amount::text)) AS kinds
                      FROM (SELECT currency, kind, count(*) AS n, sum(amount_minor) AS amount, min(occurred_at) AS first_at, max(occurred_at) AS last_at
                              FROM statement_row WHERE file_id = ${fileId}::uuid GROUP BY currency, kind) k
                     GROUP BY currency) c) s
     WHERE f.id = ${fileId}::uuid AND f.state = 'reading' AND f.stored_line >= ${line}::int`;
  return kept === 1;
}

const Report = z.object({
  id: z.string(),
  state: z.enum(["reading", "kept", "refused"]),
  storedLine: z.number().int(),
  rowCount: z.number().int(),
  knownCount: z.number().int(),
  rejectedCount: z.number().int(),
  passedCount: z.number().int(),
});
export type FileReport = z.infer<typeof Report>;

/** How a file stands. */
export async function reportOf(db: Db | Tx, fileId: string): Promise<FileReport> {
  const file = await db.statementFile.findUniqueOrThrow({ where: { id: fileId } });
  return Report.parse(file);
}
