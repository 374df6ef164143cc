import { setImmediate as nextTurn } from "node:timers/promises";
import type { CardGroups } from "@/lib/features/imports/read-cards";
import type { FileFault } from "@/lib/features/imports/rules";
import { type Chunk, createChunkBuilder, sealChunk } from "@/lib/features/inventory/import-chunks";
import { addChunk, findKnown, type ImportBatch, type SealedCard } from "@/lib/features/inventory/import-store";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { currencyOf, judgePreview } from "./judge-previews";
import { type Pace, restSince, tellPace } from "./pace";

/** What one import did; accepted + duplicate + rejected = lines. */
export interface ImportReport {
  readonly batchId: string;
  readonly lines: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
}

export interface CardWriting {
  readonly batch: ImportBatch;
  readonly dataKey: Uint8Array;
  readonly groups: CardGroups;
  /** What of the file is in already: its first lines are passed over. */
  readonly before?: ImportReport;
  readonly onProgress?: ((report: ImportReport) => void) | undefined;
  /** False ends the writing behind a whole chunk. */
  readonly goesOn?: () => boolean;
}

/** `interrupted`: the batch was given up or gone on with by somebody else, or the writing was not to go on. */
export type WritingRefusal = FileFault | "interrupted";

/**
 * Writes the cards of a file into its batch, chunk by chunk, each of which moves the batch's counters in its own transaction: whoever
 * goes on behind them gives the totals of an unbroken run. Memory is bounded by three chunks. A failure of the writing is met where the
 * next chunk is handed over.
 */
export async function writeCards(deps: Deps, writing: CardWriting): Promise<Result<ImportReport, WritingRefusal>> {
  const { batch, groups, before = nothingOf(batch), goesOn = () => true } = writing;
  const writer = createWriter(deps, { ...writing, before, pace: await tellPace(deps.db) });
  const linesMax = () => writer.pace().cardsPerChunk;
  const fingerprintKey = deps.keys.fingerprint(batch.merchantId);
  const chunks = createChunkBuilder(fingerprintKey, { linesMax, rejectsBefore: before.rejected });
  const currency = await currencyOf(deps.db, batch.variantId);
  let lineCount = 0;
  for await (const group of groups) {
    if (!group.ok) {
      await writer.allIn();
      return group;
    }
    for (const item of group.value) {
      lineCount += 1;
      if (lineCount % limits.importLinesPerTurn === 0) await nextTurn();
      if (lineCount <= before.lines) continue;
      const full = chunks.take(judgePreview(item, currency));
      if (!full || (goesOn() && (await writer.handOver(full)))) continue;
      // Nothing is left behind that still writes.
      await writer.allIn();
      return err("interrupted");
    }
  }
  const last = chunks.rest();
  const isWritten = (last === null || (await writer.handOver(last))) && (await writer.allIn());
  return isWritten ? ok(writer.report()) : err("interrupted");
}

const nothingOf = ({ batchId }: ImportBatch): ImportReport => ({
  batchId,
  lines: 0,
  accepted: 0,
  duplicate: 0,
  rejected: 0,
});

interface Writer {
  /** Begins to seal a chunk, and to write it when the one before is in; false when that one could not be. Beside buyers it waits until its own is in, and rests. */
  handOver(chunk: Chunk): Promise<boolean>;
  pace(): Pace;
  /** Whether all that was handed over is in. */
  allIn(): Promise<boolean>;
  report(): ImportReport;
}

/**
 * The database writes one chunk while the next one is sealed and the one behind it read: neither waits for the other longer than it must. Beside buyers
 * they take turns instead, so that of two processors one is the buyers' (docs/decisions/0035).
 */
function createWriter(
  deps: Deps,
  writing: CardWriting & { readonly before: ImportReport; readonly pace: Pace },
): Writer {
  const { batch, dataKey, before, onProgress } = writing;
  let { pace } = writing;
  let report = before;
  let under: Promise<boolean> = Promise.resolve(true);
  // Of a file that is all new, asking which of its cards are known costs as much as finding out; of one that is not, it saves the sealing.
  let isAsking = true;

  async function prepare(chunk: Chunk) {
    const known = isAsking ? await findKnown(deps.db, batch, [...chunk.texts.keys()]) : NONE;
    return sealChunk(chunk, { known, dataKey, batch });
  }

  async function add(chunk: Chunk, cards: readonly SealedCard[]): Promise<boolean> {
    const position = report.lines;
    // A chunk that met a lock for too long, or a deadlock with a stranger, is written again; it had changed nothing.
    const added = await inTransaction(deps.db, async (tx) =>
      ok(await addChunk(tx, batch.batchId, { ...chunk, cards, position })),
    );
    if (!added.ok || added.value === null) return false;
    isAsking = added.value < chunk.texts.size;
    report = addUp(report, { ...chunk, accepted: added.value });
    onProgress?.(report);
    return true;
  }

  return {
    async handOver(chunk) {
      const startedAt = performance.now();
      pace = await tellPace(deps.db);
      const earlier = under;
      const prepared = prepare(chunk);
      under = Promise.all([earlier, prepared]).then(([isIn, cards]) => isIn && add(chunk, cards));
      under.catch(() => {});
      if (!pace.isGentle) return earlier;
      const isIn = await under;
      await restSince(startedAt);
      return isIn;
    },
    pace: () => pace,
    allIn: () => under,
    report: () => report,
  };
}

const NONE: ReadonlySet<string> = new Set();

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
