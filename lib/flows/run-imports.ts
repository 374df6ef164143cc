import { openPieces } from "@/lib/features/imports/pieces";
import { readFile } from "@/lib/features/imports/read-cards";
import type { FileFault } from "@/lib/features/imports/rules";
import { StoredReading } from "@/lib/features/imports/schema";
import {
  attachBatch,
  beatImport,
  cancelUpload,
  dropPieces,
  finishImport,
  listForgottenUploads,
  releaseImport,
  takeDueImport,
  type Upload,
} from "@/lib/features/imports/uploads";
import {
  closeBatch,
  discardBatch,
  failBatch,
  findBatchToFill,
  findDeadImports,
  findImportTarget,
  type ImportBatch,
  openBatch,
} from "@/lib/features/inventory/import-store";
import type { Actor } from "@/lib/kernel/actor";
import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { newDataKey, openDataKey } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { finishImports } from "./finish-imports";
import { publishBatch } from "./publish-batch";
import { type ImportReport, type WritingRefusal, writeCards } from "./write-cards";

interface Running {
  readonly imports: Map<string, Promise<void>>;
  isStopping: boolean;
}

const runningOf = (deps: Deps) =>
  ofDeps(deps, "imports.running", (): Running => ({ imports: new Map(), isStopping: false }));

/** Begins no import any more, and resolves when those under way have stopped behind a whole chunk: for a process that stops. */
export async function endOfImports(deps: Deps): Promise<void> {
  const running = runningOf(deps);
  running.isStopping = true;
  await Promise.all(running.imports.values());
}

/**
 * Takes up every import that is due, as many at once as one process may. An import whose process was killed is due again when its heart
 * has stood still, and goes on behind the last chunk that is in. Returns how many were begun; they go on by themselves.
 */
export async function runImports(deps: Deps): Promise<number> {
  const running = runningOf(deps);
  let begun = 0;
  while (!running.isStopping && running.imports.size < limits.importsInFlight) {
    const upload = await takeDueImport(deps.db);
    if (!upload) break;
    begun += 1;
    const work = runImport(deps, upload, () => !running.isStopping)
      .catch((error: unknown) => deps.log.warn("import.failed", { uploadId: upload.id }, error))
      .finally(() => running.imports.delete(upload.id));
    running.imports.set(upload.id, work);
  }
  return begun;
}

/** Uploads that were begun and left are taken away; returns how many. */
export async function forgetUploads(deps: Deps): Promise<number> {
  const forgotten = await listForgottenUploads(deps.db);
  for (const { id } of forgotten) {
    await inTransaction(deps.db, async (tx) => {
      if (await cancelUpload(tx, id)) await dropPieces(tx, id);
      return ok(null);
    });
  }
  return forgotten.length;
}

/**
 * Imports one uploaded file: every good line of it becomes one sealed card, once, however often this is killed and begun again; or, when
 * the file is refused or the import cancelled, none does. Two processes at one import take turns by whole chunks and stop each other.
 */
export async function runImport(deps: Deps, upload: Upload, goesOn: () => boolean): Promise<void> {
  const stopBeating = keepBeating(deps, upload.id);
  try {
    const opened = await openOrResume(deps, upload);
    if (!opened) return;
    const { batch, dataKey, before, isFilled } = opened;
    const read = isFilled ? ok(before) : await fill(deps, upload, { batch, dataKey, before, goesOn });
    if (!read.ok) return await giveUp(deps, upload, { batch, refusal: read.error, goesOn });
    if (!(await keep(deps, upload, { batch, report: read.value }))) return await discardIfFailed(deps, batch);
    if (upload.isPublishRequested) await publishBatch(deps, { batchId: batch.batchId, actor: { kind: "system" } });
  } finally {
    stopBeating();
    await releaseImport(deps.db, upload.id);
  }
}

interface Opened {
  readonly batch: ImportBatch;
  readonly dataKey: Uint8Array;
  readonly before: ImportReport;
  /** All of the file is in; only its end was not told. */
  readonly isFilled: boolean;
}

/** The batch that the import was filling, or a new one; null when the import is over. */
async function openOrResume(deps: Deps, upload: Upload): Promise<Opened | null> {
  const found = upload.batchId ? await findBatchToFill(deps.db, upload.batchId) : null;
  if (found && found.status !== "failed") {
    const { status, wrapped, report, ...batch } = found;
    return { batch, dataKey: openDataKey(deps.keys, wrapped, batch), before: report, isFilled: status !== "importing" };
  }
  await finishImports(deps, await findDeadImports(deps.db, upload.variantId));
  const { variantId, merchantId, poolId } = upload;
  const target = await findImportTarget(deps.db, { variantId, merchantId, poolId });
  assert(target, "a variant or pool of an upload is never deleted");
  const batch: ImportBatch = { ...target, batchId: newId() };
  const { dataKey, wrapped, keyId } = newDataKey(deps.keys, batch);
  const { note, source, unitCostMinor, costCurrency, cardsExpireAt, warrantyDays } = upload;
  const facts = { note, source, unitCostMinor, costCurrency, cardsExpireAt, warrantyDays };
  const attached = await inTransaction<null, "over">(deps.db, async (tx) => {
    const { createdBy, isPublishRequested } = upload;
    await openBatch(tx, { ...batch, ...facts, wrapped, keyId, createdBy, isPublishRequested });
    return (await attachBatch(tx, upload.id, { from: upload.batchId, to: batch.batchId })) ? ok(null) : err("over");
  });
  const before = { batchId: batch.batchId, lines: 0, accepted: 0, duplicate: 0, rejected: 0 };
  return attached.ok ? { batch, dataKey, before, isFilled: false } : null;
}

async function fill(
  deps: Deps,
  upload: Upload,
  { batch, dataKey, before, goesOn }: Omit<Opened, "isFilled"> & { readonly goesOn: () => boolean },
): Promise<Result<ImportReport, WritingRefusal>> {
  const reading = StoredReading.parse(upload.reading);
  const groups = readFile(await openPieces(deps, upload), reading);
  return writeCards(deps, { batch, dataKey, groups, before, goesOn });
}

/** The last chunk is in: the batch is a draft, the upload's bytes are gone, and it is on record with its figures. */
async function keep(
  deps: Deps,
  upload: Upload,
  { batch, report }: { readonly batch: ImportBatch; readonly report: ImportReport },
): Promise<boolean> {
  const { batchId, merchantId } = batch;
  const kept = await inTransaction<null, "over">(deps.db, async (tx) => {
    if (!(await finishImport(tx, upload.id, null))) return err("over");
    await closeBatch(tx, batchId);
    await dropPieces(tx, upload.id);
    const { batchId: subjectId, ...detail } = report;
    const subject = { subjectKind: "batch", subjectId, merchantId };
    await recordAudit(tx, { actor: actorOf(upload), action: "batch.imported", ...subject, detail });
    return ok(null);
  });
  if (kept.ok) deps.log.info("batch.imported", { uploadId: upload.id, ...report });
  return kept.ok;
}

const actorOf = ({ createdBy, merchantId }: Upload): Exclude<Actor, { kind: "buyer" }> =>
  createdBy ? { kind: "merchant", userId: createdBy, merchantId } : { kind: "system" };

interface GivenUp {
  readonly batch: ImportBatch;
  readonly refusal: WritingRefusal;
  readonly goesOn: () => boolean;
}

/** A refused file leaves no card; an import that was only stopped is left to whoever goes on. */
async function giveUp(deps: Deps, upload: Upload, { batch, refusal, goesOn }: GivenUp): Promise<void> {
  if (refusal !== "interrupted") await refuse(deps, upload, { batch, fault: refusal });
  if (goesOn()) await discardIfFailed(deps, batch);
}

async function refuse(
  deps: Deps,
  upload: Upload,
  { batch, fault }: { readonly batch: ImportBatch; readonly fault: FileFault },
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (!(await finishImport(tx, upload.id, fault))) return ok(null);
    await failBatch(tx, batch.batchId, fault.reason);
    await dropPieces(tx, upload.id);
    const subject = { subjectKind: "card_upload", subjectId: upload.id, merchantId: batch.merchantId };
    const detail = { reason: fault.reason, line: fault.line };
    await recordAudit(tx, { actor: actorOf(upload), action: "batch.import_refused", ...subject, detail });
    return ok(null);
  });
  deps.log.warn("import.refused", { uploadId: upload.id, reason: fault.reason, line: fault.line });
}

/** Takes away what a refused or cancelled import has left; of one that somebody else goes on with, nothing. */
async function discardIfFailed({ db }: Deps, { batchId }: ImportBatch): Promise<void> {
  const found = await findBatchToFill(db, batchId);
  if (found?.status === "failed") await discardBatch(db, batchId, "interrupted");
}

/** The heart of an import beats also while it waits for the database. */
function keepBeating({ db, log }: Deps, uploadId: string): () => void {
  const timer = setInterval(() => {
    beatImport(db, uploadId).catch((error: unknown) => log.warn("import.heartbeat_failed", { uploadId }, error));
  }, limits.importHeartbeatMs);
  return () => clearInterval(timer);
}
