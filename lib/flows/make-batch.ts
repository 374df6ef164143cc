import {
  beat,
  closeBatch,
  discardBatch,
  type ImportBatch,
  type ImportTarget,
  openBatch,
} from "@/lib/features/inventory/import-store";
import { actorUserId } from "@/lib/kernel/actor";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { newDataKey } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { restSince, tellPace } from "./pace";
import { publishBatch } from "./publish-batch";

/** In whose shop, and who says so: its merchant, or the demo. */
export type Maker = Extract<Viewer, { kind: "merchant" }> | { readonly kind: "system"; readonly merchantId: string };

/** What the shop makes the cards of a batch with. */
export interface Making {
  readonly batch: ImportBatch;
  readonly dataKey: Uint8Array;
}

/** A batch whose cards the shop makes itself, from a word of its merchant. */
export interface MakeBatch {
  readonly batchId: string;
  readonly target: ImportTarget;
  readonly note: string;
  readonly count: number;
  readonly action: "batch.shared" | "batch.keys_made";
  readonly detail: Readonly<Record<string, number>>;
  /** Makes the cards from one number to another; null when the batch was given up meanwhile, else how many were new. */
  readonly addPart: (making: Making, part: { readonly from: number; readonly to: number }) => Promise<number | null>;
}

/** All of it is made and published, or nothing is there: nothing is sold before the last card is in, and what breaks off is taken away. */
export async function makeBatch(
  deps: Deps,
  maker: Maker,
  { batchId, target, note, count, action, detail, addPart }: MakeBatch,
): Promise<Result<{ added: number }, "interrupted">> {
  const batch: ImportBatch = { ...target, batchId };
  const { merchantId } = target;
  const { dataKey, wrapped, keyId } = newDataKey(deps.keys, batch);
  await openBatch(deps.db, { ...batch, wrapped, keyId, note, createdBy: actorUserId(maker), isPublishRequested: true });
  let added = 0;
  let isKept = false;
  try {
    for (let from = 1, to = 0; to < count; from = to + 1) {
      const startedAt = performance.now();
      const { cardsPerChunk, isGentle } = await tellPace(deps.db);
      to = Math.min(count, from + cardsPerChunk - 1);
      const part = await addPart({ batch, dataKey }, { from, to });
      if (part === null) return err("interrupted");
      added += part;
      await beat(deps.db, batchId);
      if (isGentle) await restSince(startedAt);
    }
    const kept = await inTransaction<null, "interrupted">(deps.db, async (tx) => {
      if (!(await closeBatch(tx, batchId))) return err("interrupted");
      const subject = { subjectKind: "batch", subjectId: batchId, merchantId };
      await recordAudit(tx, { actor: maker, action, ...subject, detail: { ...detail, added } });
      return ok(null);
    });
    if (!kept.ok) return kept;
    isKept = true;
  } finally {
    if (!isKept) await discardBatch(deps.db, batchId, "interrupted");
  }
  await publishBatch(deps, { batchId, merchantId, actor: maker });
  deps.log.info(action, { batchId, added });
  return ok({ added });
}
