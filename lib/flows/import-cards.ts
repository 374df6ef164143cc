import { setImmediate as nextTurn } from "node:timers/promises";
import { type Chunk, createChunkBuilder, sealChunk } from "@/lib/features/inventory/import-chunks";
import { type FileRefusal, type ImportLine, openImportFile } from "@/lib/features/inventory/import-lines";
import {
  addChunk,
  beat,
  closeBatch,
  discardBatch,
  findDeadImports,
  findImportTarget,
  findKnown,
  type ImportBatch,
  openBatch,
} from "@/lib/features/inventory/import-store";
import { type Actor, actorUserId } from "@/lib/kernel/actor";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { newDataKey } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { finishImports } from "./finish-imports";
import { publishBatch } from "./publish-batch";

/** What one import did; accepted + duplicate + rejected = lines. */
export interface ImportReport {
  readonly batchId: string;
  readonly lines: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
}

export interface ImportCards {
  readonly variantId: string;
  /** Whose variant it must be; null for an admin or the command line, who may add to any. */
  readonly merchantId: string | null;
  readonly source: AsyncIterable<Uint8Array>;
  readonly actor: Exclude<Actor, { kind: "buyer" }>;
  readonly note?: string;
  /** Put the cards on sale as soon as all of them are in. */
  readonly publish: boolean;
  readonly onProgress?: (report: ImportReport) => void;
}

/** `interrupted`: another import took this one for dead and discarded it, for instance after the database was away. */
export type ImportRefusal = "not_found" | FileRefusal | "interrupted";

/**
 * Every good line of the file becomes one sealed card, once, however often and from however many places the same file is
 * imported; or, when the file is refused or the source breaks, none does. Memory is bounded by a chunk, and nothing can be
 * sold before the whole file is in.
 */
export async function importCards(deps: Deps, command: ImportCards): Promise<Result<ImportReport, ImportRefusal>> {
  const target = await findImportTarget(deps.db, command);
  if (!target) return err("not_found");
  const file = await openImportFile(command.source);
  if (!file.ok) return file;
  await finishImports(deps, await findDeadImports(deps.db, target.variantId));

  const batch: ImportBatch = { ...target, batchId: newId() };
  const { dataKey, wrapped, keyId } = newDataKey(deps.keys, batch);
  const createdBy = actorUserId(command.actor);
  const wishes = { note: command.note ?? "", createdBy, isPublishRequested: command.publish };
  await openBatch(deps.db, { ...batch, wrapped, keyId, ...wishes });
  const stopBeating = keepBeating(deps, batch.batchId);
  let isKept = false;
  try {
    const read = await importLines(deps, { batch, dataKey, groups: file.value, onProgress: command.onProgress });
    if (!read.ok) return read;
    const kept = await keepBatch(deps, batch, { report: read.value, actor: command.actor });
    if (!kept.ok) return kept;
    isKept = true;
    deps.log.info("batch.imported", { ...read.value });
    if (command.publish) await publishBatch(deps, { batchId: batch.batchId, actor: command.actor });
    return read;
  } finally {
    stopBeating();
    if (!isKept) await discardBatch(deps.db, batch.batchId, "interrupted");
  }
}

interface Reading {
  readonly batch: ImportBatch;
  readonly dataKey: Uint8Array;
  readonly groups: AsyncIterable<Result<ImportLine[], "file_too_large">>;
  readonly onProgress?: (report: ImportReport) => void;
}

/** One chunk is written while the next one is read; a failure of the writing is met where the next one is handed over. */
async function importLines(
  deps: Deps,
  reading: Reading,
): Promise<Result<ImportReport, "file_too_large" | "interrupted">> {
  const { batch, groups, onProgress } = reading;
  const chunks = createChunkBuilder(deps.keys.fingerprint(batch.merchantId));
  let report: ImportReport = { batchId: batch.batchId, lines: 0, accepted: 0, duplicate: 0, rejected: 0 };
  let writing: Promise<boolean> = Promise.resolve(true);
  let lineCount = 0;

  const write = async (chunk: Chunk): Promise<boolean> => {
    const accepted = await writeChunk(deps, reading, chunk);
    if (accepted === null) return false;
    report = addUp(report, { ...chunk, accepted });
    onProgress?.(report);
    return true;
  };
  const handOver = async (chunk: Chunk): Promise<boolean> => {
    if (!(await writing)) return false;
    writing = write(chunk);
    writing.catch(() => {});
    return true;
  };

  for await (const group of groups) {
    if (!group.ok) return group;
    for (const line of group.value) {
      const full = chunks.take(line);
      if (full && !(await handOver(full))) return err("interrupted");
      lineCount += 1;
      if (lineCount % limits.importLinesPerTurn === 0) await nextTurn();
    }
  }
  const last = chunks.rest();
  const isWritten = (last === null || (await handOver(last))) && (await writing);
  return isWritten ? ok(report) : err("interrupted");
}

async function writeChunk(deps: Deps, { batch, dataKey }: Reading, chunk: Chunk): Promise<number | null> {
  const known = await findKnown(deps.db, batch, [...chunk.texts.keys()]);
  const cards = await sealChunk(chunk.texts, { known, dataKey, batch });
  // A chunk that met a lock for too long, or a deadlock with a stranger, is written again; it had changed nothing.
  const added = await inTransaction(deps.db, async (tx) => ok(await addChunk(tx, batch.batchId, { ...chunk, cards })));
  return added.ok ? added.value : null;
}

const addUp = (
  report: ImportReport,
  chunk: { readonly lineCount: number; readonly rejectedCount: number; readonly accepted: number },
): ImportReport => ({
  batchId: report.batchId,
  lines: report.lines + chunk.lineCount,
  accepted: report.accepted + chunk.accepted,
  duplicate: report.duplicate + chunk.lineCount - chunk.rejectedCount - chunk.accepted,
  rejected: report.rejected + chunk.rejectedCount,
});

/** The last chunk is in: the batch is a draft, and on record with its figures. */
const keepBatch = (
  { db }: Deps,
  { batchId, merchantId }: ImportBatch,
  { report, actor }: { readonly report: ImportReport; readonly actor: ImportCards["actor"] },
): Promise<Result<null, "interrupted">> =>
  inTransaction(db, async (tx) => {
    if (!(await closeBatch(tx, batchId))) return err("interrupted");
    const { batchId: subjectId, ...detail } = report;
    await recordAudit(tx, { actor, action: "batch.imported", subjectKind: "batch", subjectId, merchantId, detail });
    return ok(null);
  });

/** The heart of an import beats while it waits for a slow upload, too. */
function keepBeating({ db, log }: Deps, batchId: string): () => void {
  const timer = setInterval(() => {
    beat(db, batchId).catch((error: unknown) => log.warn("batch.heartbeat_failed", { batchId }, error));
  }, limits.importHeartbeatMs);
  return () => clearInterval(timer);
}
