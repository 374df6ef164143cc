import { addChunk, findImportTarget, type SealedCard } from "@/lib/features/inventory/import-store";
import { insertQuotas, type QuotaDraft } from "@/lib/features/quota/store";
import { newId, newQuotaKey } from "@/lib/kernel/id";
import { err, ok, type Result } from "@/lib/kernel/result";
import { cardAad, fingerprint, seal, sha256 } from "@/lib/platform/crypto";
import { inTransaction, sqlStateOf } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type Maker, type Making, makeBatch } from "./make-batch";

export interface GenerateKeys {
  /** Made when the form is; the same form sent twice is one batch. */
  readonly batchId: string;
  readonly variantId: string;
  readonly count: number;
  /** How often each of the keys may be used. */
  readonly uses: number;
  readonly note: string;
}

/** A key, sealed as any card is, and what meters it. The text itself is gone when this returns. */
function makeKey(deps: Deps, { batch, dataKey }: Making): { card: SealedCard; quota: QuotaDraft } {
  const text = newQuotaKey();
  const bytes = Buffer.from(text);
  const id = newId();
  const card = {
    id,
    fingerprint: fingerprint(deps.keys.fingerprint(batch.merchantId), bytes).toString("hex"),
    ciphertext: seal(dataKey, bytes, cardAad({ ...batch, cardId: id })).toString("hex"),
  };
  return { card, quota: { cardId: id, keyHash: sha256(text).toString("hex") } };
}

async function addKeys(deps: Deps, uses: number, making: Making, { from, to }: { from: number; to: number }) {
  const { batchId } = making.batch;
  const keys = Array.from({ length: to - from + 1 }, () => makeKey(deps, making));
  const cards = keys.map(({ card }) => card);
  const chunk = { cards, lineCount: keys.length, rejectedCount: 0, position: from - 1, rejects: [] };
  const added = await inTransaction<number | null, never>(deps.db, async (tx) => {
    const count = await addChunk(tx, batchId, chunk);
    if (count !== null)
      await insertQuotas(
        tx,
        { batchId, usesMax: uses },
        keys.map(({ quota }) => quota),
      );
    return ok(count);
  });
  return added.ok ? added.value : null;
}

/**
 * Fills a variant with keys that the shop makes up, each to be used so many times: each is a card like any other, and is metered beside.
 * Nothing is sold before all of them are in; what breaks off is taken away. The same form sent twice makes them once.
 */
export async function generateKeys(
  deps: Deps,
  maker: Maker,
  { batchId, variantId, count, uses, note }: GenerateKeys,
): Promise<Result<{ batchId: string; added: number }, "not_found" | "manual_kind" | "interrupted">> {
  const { merchantId } = maker;
  const variant = await deps.db.variant.findFirst({ where: { id: variantId, merchantId } });
  const target = variant && (await findImportTarget(deps.db, { variantId, merchantId }));
  if (!variant || !target) return err("not_found");
  if (variant.kind === "manual") return err("manual_kind");
  const known = await deps.db.batch.findUnique({ where: { id: batchId }, select: { merchantId: true, status: true } });
  if (known && known.merchantId !== merchantId) return err("not_found");
  // Broken off and taken away: nobody is to think that they are there.
  if (known?.status === "failed") return err("interrupted");
  if (known) return ok({ batchId, added: 0 });
  const addPart = (making: Making, part: { from: number; to: number }) => addKeys(deps, uses, making, part);
  const batch = { batchId, target, note, count, action: "batch.keys_made", detail: { count, uses }, addPart } as const;
  try {
    const made = await makeBatch(deps, maker, batch);
    return made.ok ? ok({ batchId, added: made.value.added }) : made;
  } catch (error) {
    // The same form twice at the same moment: the other one makes them.
    if (!isTaken(error) || !(await deps.db.batch.findUnique({ where: { id: batchId, merchantId } }))) throw error;
    return ok({ batchId, added: 0 });
  }
}

const isTaken = (error: unknown): boolean =>
  sqlStateOf(error) === "23505" || (error as { code?: unknown } | null)?.code === "P2002";
