import { advanceMove, recordMove } from "@/lib/features/inventory/card-moves";
import { countTransfer, pickLast, type TransferredCard, transferNamed } from "@/lib/features/inventory/pool-moves";
import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { lockStock } from "@/lib/features/inventory/store";
import { appendEntry } from "@/lib/features/ledger/append";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { sha256 } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { judgeKnown, type Moved } from "./move-cards";
import { serveOwedOrders } from "./offer-cards";
import { refreshStockBand } from "./refresh-stock-bands";

/** States in which a card may go to another pool: nobody has it, and it is not thrown away. */
export const TRANSFERABLE: readonly string[] = ["available", "quarantined"];

interface Intention {
  /** Made when the form is; the same form sent twice is one transfer. */
  readonly moveId: string;
  readonly toPoolId: string;
  readonly reason: string;
}

export type TransferRefusal = "not_found" | "no_such_pool" | "too_large" | "idempotency_conflict";

interface Which {
  readonly merchantId: string;
  readonly variantIds: readonly string[];
  /** The wish in words, by which the same form is known again. */
  readonly words: string;
  readonly asked: number;
  pick(tx: Tx): Promise<readonly string[]>;
}

interface Part {
  readonly batchId: string;
  readonly variantId: string;
  readonly fromPoolId: string;
  readonly cardIds: string[];
}

/** Cards that left one pool of one batch together: what one pair of entries tells of. */
function partsOf(cards: readonly TransferredCard[]): readonly Part[] {
  const parts = new Map<string, Part>();
  for (const { id, batchId, variantId, poolId: fromPoolId } of cards) {
    const key = `${batchId} ${fromPoolId}`;
    const part = parts.get(key) ?? { batchId, variantId, fromPoolId, cardIds: [] };
    part.cardIds.push(id);
    parts.set(key, part);
  }
  return [...parts.values()];
}

/** Both sides in the ledger, the count beside them, and then whoever is owed cards and may have them from where they lie now. */
async function follow(tx: Tx, { moveId, toPoolId }: Intention, merchantId: string, cards: readonly TransferredCard[]) {
  for (const { cardIds, ...part } of partsOf(cards)) {
    const entry = { merchantId, batchId: part.batchId, cardIds };
    await appendEntry(tx, { ...entry, kind: "transfer_out", reference: `${moveId}/${part.fromPoolId}` });
    await appendEntry(tx, { ...entry, kind: "transfer_in", reference: `${moveId}/${toPoolId}` });
    await countTransfer(tx, { ...part, moveId, merchantId, toPoolId, cardCount: cardIds.length });
  }
  const onSale = cards.filter(({ status }) => status === "available");
  for (const variantId of new Set(onSale.map((card) => card.variantId)))
    await serveOwedOrders(tx, { variantId, poolId: toPoolId });
}

async function perform(
  deps: Deps,
  viewer: Viewer,
  intention: Intention,
  which: Which,
): Promise<Result<Moved, TransferRefusal>> {
  const { moveId: id, toPoolId, reason } = intention;
  const { merchantId, variantIds, asked } = which;
  const pool = await deps.db.stockPool.findFirst({ where: { id: toPoolId, merchantId }, select: { id: true } });
  if (!pool) return err("no_such_pool");
  const contentHash = sha256(JSON.stringify(["transfer", toPoolId, reason, which.words]));
  const draft = {
    id,
    kind: "transfer",
    reason,
    merchantId,
    batchId: null,
    toPoolId,
    contentHash,
    actor: viewer,
  } as const;
  const result = await inTransaction<Moved, "idempotency_conflict">(deps.db, async (tx) => {
    await lockStock(tx, variantIds);
    const known = judgeKnown(await recordMove(tx, draft), contentHash);
    if (!known.ok) return known;
    if (known.value) return ok(known.value);
    const detail = { reason, toPoolId };
    const subject = { subjectKind: "card_move", subjectId: id, merchantId };
    await recordAudit(tx, { actor: viewer, action: "cards.transfer", ...subject, detail });
    const cards = await transferNamed(tx, await which.pick(tx), toPoolId);
    await follow(tx, intention, merchantId, cards);
    const moved = { moved: cards.length, left: asked - cards.length };
    await advanceMove(tx, { id, ...moved, isOver: true });
    return ok(moved);
  });
  if (!result.ok) return result;
  for (const variantId of new Set(variantIds)) {
    noticeStockArrival(deps, variantId);
    await refreshStockBand(deps, variantId);
  }
  deps.log.info("cards.moved", { moveId: id, kind: "transfer", ...result.value });
  return result;
}

/**
 * Lays named cards into another pool of their merchant, with two entries of the ledger for each pool they leave: all that nobody has taken,
 * in one transaction. A card of another merchant is not found, and then none goes. Safe twice.
 */
export async function transferCards(
  deps: Deps,
  viewer: Viewer,
  { cardIds: given, ...intention }: Intention & { readonly cardIds: readonly string[] },
): Promise<Result<Moved, TransferRefusal>> {
  const cardIds = [...new Set(given)];
  if (cardIds.length > limits.namedCardsMax) return err("too_large");
  const named = await deps.db.card.findMany({
    where: { id: { in: cardIds }, ...ownedBy(viewer) },
    select: { merchantId: true, variantId: true },
  });
  const merchantId = named[0]?.merchantId;
  if (!merchantId || named.length !== cardIds.length || named.some((card) => card.merchantId !== merchantId))
    return err("not_found");
  return perform(deps, viewer, intention, {
    merchantId,
    variantIds: named.map(({ variantId }) => variantId),
    words: [...cardIds].sort().join(),
    asked: cardIds.length,
    pick: async () => cardIds,
  });
}

/**
 * The same of a number of a variant's cards that are on sale in one pool, those that would be sold last: as many of them as there are.
 */
export async function transferStock(
  deps: Deps,
  viewer: Viewer,
  stock: Intention & { readonly variantId: string; readonly fromPoolId: string; readonly quantity: number },
): Promise<Result<Moved, TransferRefusal | "same_pool">> {
  const { variantId, fromPoolId, quantity, ...intention } = stock;
  if (fromPoolId === intention.toPoolId) return err("same_pool");
  if (quantity > limits.namedCardsMax) return err("too_large");
  const variant = await deps.db.variant.findFirst({ where: { id: variantId, ...ownedBy(viewer) } });
  if (!variant) return err("not_found");
  return perform(deps, viewer, intention, {
    merchantId: variant.merchantId,
    variantIds: [variantId],
    words: `${quantity} of ${variantId} in ${fromPoolId}`,
    asked: quantity,
    pick: (tx) => pickLast(tx, { variantId, poolId: fromPoolId }, quantity),
  });
}
