import {
  addChunk,
  beat,
  closeBatch,
  discardBatch,
  findImportTarget,
  findKnown,
  type ImportBatch,
  openBatch,
  type SealedCard,
} from "@/lib/features/inventory/import-store";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { cardAad, fingerprint, newDataKey, seal } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { publishBatch } from "./publish-batch";

export interface ShareSecret {
  readonly variantId: string;
  readonly secret: Secret;
  /** By how many orders it may be used in all, those included that have it already. */
  readonly uses: number;
  readonly note: string;
}

export type ShareRefusal = "not_found" | "several_per_order" | "interrupted";

/** What was added; what was there already is not added again. */
export interface Shared {
  readonly batchId: string;
  readonly added: number;
  readonly known: number;
}

/**
 * The first use is the text itself: searching finds it, and importing the same text adds nothing. The others are told apart by their number
 * and a NUL, which no card's text has.
 */
const printOf = (key: Uint8Array, bytes: Uint8Array, use: number): string =>
  fingerprint(key, use === 1 ? bytes : Buffer.concat([Buffer.from(`${use}\0`), bytes])).toString("hex");

interface Work {
  readonly batch: ImportBatch;
  readonly dataKey: Uint8Array;
  readonly bytes: Uint8Array;
}

/** One chunk of uses, of which those that are new become cards; null when the batch was given up meanwhile. */
async function addUses(deps: Deps, { batch, dataKey, bytes }: Work, { from, to }: { from: number; to: number }) {
  const key = deps.keys.fingerprint(batch.merchantId);
  const prints = Array.from({ length: to - from + 1 }, (_, n) => printOf(key, bytes, from + n));
  const known = await findKnown(deps.db, batch, prints);
  const cards = prints
    .filter((print) => !known.has(print))
    .map((print): SealedCard => {
      const id = newId();
      const ciphertext = seal(dataKey, bytes, cardAad({ ...batch, cardId: id })).toString("hex");
      return { id, fingerprint: print, ciphertext };
    });
  const chunk = { cards, lineCount: prints.length, rejectedCount: 0, position: from - 1, rejects: [] };
  const added = await inTransaction(deps.db, async (tx) => ok(await addChunk(tx, batch.batchId, chunk)));
  return added.ok ? added.value : null;
}

/**
 * Sells one text to many buyers, at most so many times: each use is a card of its own, sealed for itself, so that a use belongs to one
 * order like any card. The same text again adds nothing, and with a higher maximum the difference. Nothing is sold before all of it is in;
 * what breaks off is taken away. A variant that gives several pieces to one order is refused: its buyer would be given the same twice.
 */
export async function shareSecret(
  deps: Deps,
  viewer: Extract<Viewer, { kind: "merchant" }>,
  { variantId, secret, uses, note }: ShareSecret,
): Promise<Result<Shared, ShareRefusal>> {
  const { merchantId } = viewer;
  const variant = await deps.db.variant.findFirst({ where: { id: variantId, ...ownedBy(viewer) } });
  const target = variant && (await findImportTarget(deps.db, { variantId, merchantId }));
  if (!variant || !target) return err("not_found");
  if (variant.quantityMax > 1) return err("several_per_order");
  const batch: ImportBatch = { ...target, batchId: newId() };
  const { batchId } = batch;
  const { dataKey, wrapped, keyId } = newDataKey(deps.keys, batch);
  await openBatch(deps.db, { ...batch, wrapped, keyId, note, createdBy: viewer.userId, isPublishRequested: true });
  const work = { batch, dataKey, bytes: Buffer.from(secret.reveal()) };
  let added = 0;
  let isKept = false;
  try {
    for (let from = 1; from <= uses; from += limits.importCardsPerChunk) {
      const to = Math.min(uses, from + limits.importCardsPerChunk - 1);
      const chunk = await addUses(deps, work, { from, to });
      if (chunk === null) return err("interrupted");
      added += chunk;
      await beat(deps.db, batchId);
    }
    const kept = await inTransaction<null, "interrupted">(deps.db, async (tx) => {
      if (!(await closeBatch(tx, batchId))) return err("interrupted");
      const subject = { subjectKind: "batch", subjectId: batchId, merchantId };
      await recordAudit(tx, { actor: viewer, action: "batch.shared", ...subject, detail: { uses, added } });
      return ok(null);
    });
    if (!kept.ok) return kept;
    isKept = true;
  } finally {
    if (!isKept) await discardBatch(deps.db, batchId, "interrupted");
  }
  await publishBatch(deps, { batchId, merchantId, actor: viewer });
  deps.log.info("batch.shared", { batchId, added });
  return ok({ batchId, added, known: uses - added });
}
