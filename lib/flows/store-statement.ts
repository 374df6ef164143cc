import { type Inspected, inspect } from "@/lib/features/statements/inspect";
import { type Lines, type Reading, readStatement } from "@/lib/features/statements/read-statement";
import {
  type Closing,
  downloadFormatOf,
  isOfGateway,
  type ParserContext,
  type Refused,
  type StatementFormat,
} from "@/lib/features/statements/rules";
import type { Mapping } from "@/lib/features/statements/schema";
import {
  type Chunk,
  type FileDraft,
  type FileReport,
  keepFile,
  type OpenedFile,
  openFile,
  refuseFile,
  reportOf,
} from "@/lib/features/statements/store";
import { type Actor, actorUserId } from "@/lib/kernel/actor";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { Spool } from "@/lib/platform/spool";
import type { StatementAccount } from "./statement-accounts";
import { ChunkWriter } from "./write-chunks";

export interface StoreStatement {
  readonly account: StatementAccount;
  readonly file: Spool;
  readonly source: "download" | "upload";
  readonly day: string | null;
  readonly name: string;
  readonly mapping: Mapping | null;
  readonly actor: Exclude<Actor, { kind: "buyer" }>;
  /** Called now and then; false ends the storing. */
  readonly goesOn?: () => Promise<boolean>;
}

/** `interrupted`: somebody else refused the file meanwhile, or the storing was not to go on. */
export type StoreRefusal = (Refused & { readonly fileId: string | null }) | "interrupted";

/** A stored file; `isRepeat`: it was there before. */
export interface Stored extends FileReport {
  readonly isRepeat: boolean;
}

/**
 * Every row of the file is on record once, however often and from however many places the file is stored, or none is. The file is read
 * to its end before a row of it is kept: what its own sums deny is refused whole, on record, with the line. Killed anywhere and
 * repeated, it goes on behind the last line that is in. Memory is bounded by a chunk.
 */
export async function storeStatement(deps: Deps, command: StoreStatement): Promise<Result<Stored, StoreRefusal>> {
  const inspected = await inspect(command.file);
  if (typeof inspected === "string") return refuse(deps, command, { reason: inspected, line: 0 });
  if (inspected.format === null && !command.mapping)
    return refuse(deps, command, { reason: "unknown_format", line: 0 });
  if (!isOfGateway(inspected.format ?? "mapped_csv", command.account.kind))
    return refuse(deps, command, { reason: "other_account", line: 1 });
  const reading = { inspected, mapping: command.mapping };
  const context = { now: deps.clock.now(), owner: command.account.owner };
  const read = await readStatement(command.file, reading, context, () => true);
  if (!read.ok) return refuse(deps, command, read.error);
  const opened = await inTransaction<OpenedFile, never>(deps.db, async (tx) =>
    ok(await openFile(tx, draftOf(command, read.value))),
  );
  if (!opened.ok) return opened;
  const fileId = opened.value.id;
  if (opened.value.state === "kept") return ok({ ...(await reportOf(deps.db, fileId)), isRepeat: true });
  const last = await storeLines(deps, { command, reading, context, fileId, from: opened.value.storedLine });
  if (last === null) return whatBecameOf(deps, fileId);
  return keep(deps, { command, fileId, line: last, closing: read.value });
}

const draftOf = (command: StoreStatement, closing: Pick<Closing, "format" | "columns">): FileDraft => ({
  id: newId(),
  accountId: command.account.id,
  source: command.source,
  format: closing.format,
  day: command.day,
  name: command.name,
  sha256: command.file.sha256,
  byteCount: command.file.byteCount,
  columns: closing.columns,
  mapping: closing.format === "mapped_csv" ? command.mapping : null,
  uploadedBy: actorUserId(command.actor),
});

interface Storing {
  readonly command: StoreStatement;
  readonly reading: Reading;
  readonly context: ParserContext;
  readonly fileId: string;
  readonly from: number;
}

/** The second reading: the file is whole and its sums are right. Answers the last line, or null when the storing ended early. */
async function storeLines(deps: Deps, { command, reading, context, fileId, from }: Storing): Promise<number | null> {
  let pending: Gathered = NOTHING;
  let line = 0;
  const writer = new ChunkWriter(deps, fileId, from);
  const handOver = async (chunk: Gathered): Promise<boolean> =>
    (await command.goesOn?.()) !== false && (await writer.add(chunk));
  let isInterrupted = false;
  try {
    const again = await readStatement(command.file, reading, context, async (lines) => {
      line = lines.line;
      if (line <= from) return true;
      pending = gather(pending, lines);
      if (pending.rows.length < limits.statementRowsPerChunk) return true;
      const full = pending;
      pending = NOTHING;
      isInterrupted = !(await handOver(full));
      return !isInterrupted;
    });
    if (isInterrupted || !again.ok) return null;
    const isWritten = (pending.line === 0 || (await handOver(pending))) && (await writer.isWritten());
    return isWritten ? line : null;
  } finally {
    await writer.rest();
  }
}

/** Lines that were read and not handed over. */
type Gathered = Omit<Chunk, "from">;
const NOTHING: Gathered = { rows: [], rejects: [], passed: 0, line: 0 };

const gather = (before: Gathered, lines: Lines): Gathered =>
  before.line === 0
    ? lines
    : {
        rows: [...before.rows, ...lines.rows],
        rejects: [...before.rejects, ...lines.rejects],
        passed: before.passed + lines.passed,
        line: lines.line,
      };

interface Keeping {
  readonly command: StoreStatement;
  readonly fileId: string;
  readonly line: number;
  readonly closing: Closing;
}

async function keep(deps: Deps, { command, fileId, line, closing }: Keeping): Promise<Result<Stored, StoreRefusal>> {
  const kept = await inTransaction<boolean, never>(deps.db, async (tx) => {
    if (!(await keepFile(tx, fileId, { line, closing }))) return ok(false);
    const { format } = closing;
    const { rowCount, knownCount, rejectedCount } = await reportOf(tx, fileId);
    const { account, source, day, actor } = command;
    await recordAudit(tx, {
      actor,
      action: "statement.kept",
      subjectKind: "statement_file",
      subjectId: fileId,
      detail: { accountId: account.id, source, day, format, rowCount, knownCount, rejectedCount },
    });
    return ok(true);
  });
  if (!kept.ok || !kept.value) return whatBecameOf(deps, fileId);
  const report = await reportOf(deps.db, fileId);
  deps.log.info("statement.kept", { fileId, accountId: command.account.id, rowCount: report.rowCount });
  return ok({ ...report, isRepeat: false });
}

/** Somebody else went on with the same file: it is theirs to end, and the same rows either way. */
async function whatBecameOf(deps: Deps, fileId: string): Promise<Result<Stored, StoreRefusal>> {
  const report = await reportOf(deps.db, fileId);
  return report.state === "kept" ? ok({ ...report, isRepeat: true }) : err("interrupted");
}

/** A refused file is on record with its reason, unless nothing of it could be told. */
async function refuse(deps: Deps, command: StoreStatement, refused: Refused): Promise<Result<never, StoreRefusal>> {
  const format = formatOfRefused(command, await inspect(command.file));
  if (!format) return err({ ...refused, fileId: null });
  const noted = await inTransaction(deps.db, async (tx) => {
    const opened = await openFile(tx, draftOf(command, { format, columns: [] }));
    if (opened.state === "kept") return ok(opened.id);
    await refuseFile(tx, opened.id, refused);
    const { account, source, day, actor } = command;
    const detail = { accountId: account.id, source, day, reason: refused.reason, line: refused.line };
    const subject = { subjectKind: "statement_file", subjectId: opened.id };
    await recordAudit(tx, { actor, action: "statement.refused", ...subject, detail });
    return ok(opened.id);
  });
  deps.log.warn("statement.refused", { accountId: command.account.id, reason: refused.reason, line: refused.line });
  return err({ ...refused, fileId: noted.ok ? noted.value : null });
}

const formatOfRefused = (
  { mapping, account, source }: StoreStatement,
  inspected: Inspected | string,
): StatementFormat | null =>
  (typeof inspected === "string" ? null : inspected.format) ??
  (mapping ? "mapped_csv" : source === "download" ? downloadFormatOf(account.kind) : null);
