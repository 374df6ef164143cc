import { addChunk, findImportTarget, findKnown, type SealedCard } from "@/lib/features/inventory/import-store";
import { newId } from "@/lib/kernel/id";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { cardAad, fingerprint, seal } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type Making, makeBatch } from "./make-batch";

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

/** One chunk of uses, of which those that are new become cards; null when the batch was given up meanwhile. */
async function addUses(
  deps: Deps,
  bytes: Uint8Array,
  { batch, dataKey }: Making,
  { from, to }: { from: number; to: number },
) {
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
  const batchId = newId();
  const bytes = Buffer.from(secret.reveal());
  const addPart = (making: Making, part: { from: number; to: number }) => addUses(deps, bytes, making, part);
  const batch = { batchId, target, note, count: uses, action: "batch.shared", detail: { uses }, addPart } as const;
  const made = await makeBatch(deps, viewer, batch);
  if (!made.ok) return made;
  return ok({ batchId, added: made.value.added, known: uses - made.value.added });
}
