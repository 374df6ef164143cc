import { openCards } from "@/lib/features/imports/read-cards";
import type { FileRefusal, Reading } from "@/lib/features/imports/rules";
import {
  beat,
  closeBatch,
  discardBatch,
  findDeadImports,
  findImportTarget,
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
import { type ImportReport, writeCards } from "./write-cards";

export interface ImportCards {
  readonly variantId: string;
  /** Whose variant it must be; null for an admin or the command line, who may add to any. */
  readonly merchantId: string | null;
  /** Which pool of the merchant the cards are laid into; the variant's own when nobody says. */
  readonly poolId?: string;
  readonly source: AsyncIterable<Uint8Array>;
  readonly actor: Exclude<Actor, { kind: "buyer" }>;
  readonly note?: string;
  /** How the file is read; told by the file itself when nobody says. */
  readonly reading?: Reading;
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
  const file = await openCards(command.source, { reading: command.reading });
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
    const { onProgress } = command;
    const read = await writeCards(deps, { batch, dataKey, groups: file.value.groups, onProgress });
    if (!read.ok) return err(typeof read.error === "string" ? read.error : read.error.reason);
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
