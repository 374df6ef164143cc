import {
  advanceMove,
  type CardMove,
  lockHold,
  type MovedCard,
  moveNamed,
  moveOfBatch,
  recordMove,
  setHold,
} from "@/lib/features/inventory/card-moves";
import { findCardsByText } from "@/lib/features/inventory/find-cards";
import type { CardMoveKind } from "@/lib/features/inventory/rules";
import { placeKey } from "@/lib/features/inventory/start-hints";
import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { lockStock } from "@/lib/features/inventory/store";
import { appendEntry } from "@/lib/features/ledger/append";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { sha256 } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { isAnyOwed, serveOwedOrders } from "./offer-cards";
import { refreshStockBand } from "./refresh-stock-bands";

interface Intention {
  /** Made when the form is; the same form sent twice is one move. */
  readonly moveId: string;
  readonly kind: CardMoveKind;
  readonly reason: string;
}

/** `left`: cards that were named and are where the move does not start from, because somebody has bought them, or moved them already. */
export interface Moved {
  readonly moved: number;
  readonly left: number;
}

const hashOf = ({ kind, reason }: Intention, which: string | readonly string[]) =>
  sha256(JSON.stringify([kind, reason, typeof which === "string" ? which : [...which].sort()]));

/** What the intention has come to already, or that its id stands for another one. */
export function judgeKnown(move: CardMove, contentHash: Buffer): Result<Moved | null, "idempotency_conflict"> {
  if (!contentHash.equals(move.contentHash)) return err("idempotency_conflict");
  return ok(move.finishedAt ? { moved: move.cardCount, left: move.leftCount } : null);
}

const recordDeed = (tx: Tx, viewer: Viewer, { kind, moveId, reason }: Intention, merchantId: string) =>
  recordAudit(tx, {
    actor: viewer,
    action: `cards.${kind}`,
    subjectKind: "card_move",
    subjectId: moveId,
    merchantId,
    detail: { reason },
  });

/** An entry of the ledger for each batch; then whoever is owed is served from what came back. */
async function follow(tx: Tx, { kind, moveId }: Intention, merchantId: string, cards: readonly MovedCard[]) {
  const batches = new Map<string, string[]>();
  for (const { batchId } of cards) batches.set(batchId, []);
  for (const { id, batchId } of cards) batches.get(batchId)?.push(id);
  for (const [batchId, cardIds] of batches)
    await appendEntry(tx, { kind, merchantId, batchId, reference: moveId, cardIds });
  if (kind !== "restore") return;
  for (const place of new Map(cards.map((card) => [placeKey(card), card])).values()) await serveOwedOrders(tx, place);
}

async function tellProcesses(deps: Deps, kind: CardMoveKind, variantIds: readonly string[]): Promise<void> {
  for (const variantId of new Set(variantIds)) {
    if (kind === "restore") noticeStockArrival(deps, variantId);
    await refreshStockBand(deps, variantId);
  }
}

interface Named {
  readonly id: string;
  readonly merchantId: string;
  readonly variantId: string;
}

/**
 * Puts single cards aside, returns them or withdraws them: all that are still where the move starts from, in one transaction, with
 * their ledger entries. A card that a buyer has is left to him. A card of another merchant is not found, and then none is moved.
 */
export async function moveCards(
  deps: Deps,
  viewer: Viewer,
  { cardIds: given, unknown = 0, ...intention }: Intention & { cardIds: readonly string[]; unknown?: number },
): Promise<Result<Moved, "not_found" | "too_large" | "idempotency_conflict">> {
  const cardIds = [...new Set(given)];
  if (cardIds.length > limits.namedCardsMax) return err("too_large");
  const scope = merchantScope(viewer);
  const named = await deps.db.$queryRaw<Named[]>`
    SELECT id, merchant_id AS "merchantId", variant_id AS "variantId" FROM card
     WHERE id = ANY (${cardIds}::uuid[]) AND (${scope}::uuid IS NULL OR merchant_id = ${scope}::uuid)`;
  const merchantId = named[0]?.merchantId;
  if (!merchantId || named.length !== cardIds.length || named.some((card) => card.merchantId !== merchantId))
    return err("not_found");
  const contentHash = hashOf(intention, cardIds);
  const variantIds = named.map(({ variantId }) => variantId);
  const result = await inTransaction(deps.db, async (tx) => {
    await lockStock(tx, variantIds);
    const { moveId: id, kind, reason } = intention;
    const move = await recordMove(tx, { id, kind, reason, merchantId, batchId: null, contentHash, actor: viewer });
    const known = judgeKnown(move, contentHash);
    if (!known.ok || known.value) return known;
    await recordDeed(tx, viewer, intention, merchantId);
    const cards = await moveNamed(tx, kind, cardIds);
    await follow(tx, intention, merchantId, cards);
    const left = cardIds.length - cards.length + unknown;
    await advanceMove(tx, { id, moved: cards.length, left, isOver: true });
    return ok({ moved: cards.length, left });
  });
  if (!result.ok) return result;
  await tellProcesses(deps, intention.kind, variantIds);
  deps.log.info("cards.moved", { moveId: intention.moveId, kind: intention.kind, ...result.value });
  return ok(result.value as Moved);
}

interface Batch {
  readonly id: string;
  readonly merchantId: string;
  readonly variantId: string;
  readonly poolId: string;
}

/** The same of cards of one batch that are named by their texts, a line each. */
export async function moveCardsByText(
  deps: Deps,
  viewer: Viewer,
  { batchId, cards: text, ...intention }: Intention & { batchId: string; cards: string },
): Promise<Result<Moved, "not_found" | "too_large" | "no_such_cards" | "idempotency_conflict">> {
  const batch = await deps.db.batch.findFirst({ where: { id: batchId, ...ownedBy(viewer) } });
  if (!batch) return err("not_found");
  const { merchantId, variantId } = batch;
  const found = await findCardsByText(deps, { batchId, merchantId, variantId }, text);
  if (!found) return err("too_large");
  if (found.cardIds.length === 0) return err("no_such_cards");
  return moveCards(deps, viewer, { ...intention, ...found });
}

type BatchRefusal = "not_found" | "not_on_sale" | "conflict" | "idempotency_conflict";

/** On record, and with a hold or without one, before the first card moves: whoever comes after a kill goes on from there. */
async function begin(
  tx: Tx,
  viewer: Viewer,
  intention: Intention,
  batch: Batch,
): Promise<Result<Moved | null, BatchRefusal>> {
  await lockStock(tx, [batch.variantId]);
  const { moveId: id, kind, reason } = intention;
  const contentHash = hashOf(intention, batch.id);
  const { id: batchId, merchantId } = batch;
  const { holdId, status } = await lockHold(tx, batchId);
  const isNew = (await tx.cardMove.count({ where: { id } })) === 0;
  if (isNew && kind === "quarantine" && status !== "published") return err("not_on_sale");
  if (isNew && kind === "quarantine" && holdId !== null) return err("conflict");
  const move = await recordMove(tx, { id, kind, reason, merchantId, batchId, contentHash, actor: viewer });
  const known = judgeKnown(move, contentHash);
  if (!known.ok || known.value || !isNew) return known;
  if (kind === "quarantine") await setHold(tx, batchId, id);
  if (kind === "restore") await setHold(tx, batchId, null);
  await recordDeed(tx, viewer, intention, merchantId);
  return ok(null);
}

/** One bounded part of the batch. False when the move is over: nothing is left, or another move has gone the other way meanwhile. */
async function moveChunk(tx: Tx, intention: Intention, batch: Batch): Promise<boolean> {
  const { moveId: id, kind } = intention;
  await lockStock(tx, [batch.variantId]);
  const { holdId } = await lockHold(tx, batch.id);
  const isStill = kind === "quarantine" ? holdId === id : kind === "withdraw" || holdId === null;
  // While anybody waits, no more cards come back at once than one page of orders can take.
  const limit =
    kind === "restore" && (await isAnyOwed(tx, batch)) ? limits.owedOrdersPerPage : limits.ledgerCardIdsPerEntry;
  const cards = isStill ? await moveOfBatch(tx, kind, { batchId: batch.id, limit }) : [];
  if (cards.length > 0) await follow(tx, intention, batch.merchantId, cards);
  await advanceMove(tx, { id, moved: cards.length, isOver: cards.length === 0 });
  return cards.length > 0;
}

/**
 * Puts all of a batch aside that nobody has bought, returns what was put aside of it, or withdraws that for ever. A batch that is put
 * aside is under a hold until it is returned: what comes back from orders that were not paid is put aside, too. It goes in bounded
 * chunks; safe twice and after a kill, for the same intention goes on where it stopped, and the job keeps the hold.
 */
export async function moveBatch(
  deps: Deps,
  viewer: Viewer,
  { batchId, ...intention }: Intention & { batchId: string },
): Promise<Result<Moved, BatchRefusal>> {
  const batch = await deps.db.batch.findFirst({ where: { id: batchId, ...ownedBy(viewer) } });
  if (!batch) return err("not_found");
  const begun = await inTransaction(deps.db, (tx) => begin(tx, viewer, intention, batch));
  if (!begun.ok) return begun;
  if (begun.value) return ok(begun.value);
  const chunksMax = Math.ceil(limits.importLinesMax / limits.owedOrdersPerPage) + 1;
  for (let chunk = 0; chunk < chunksMax; chunk++) {
    const went = await inTransaction(deps.db, async (tx) => ok(await moveChunk(tx, intention, batch)));
    if (intention.kind === "restore") noticeStockArrival(deps, batch.variantId);
    if (!went.ok || !went.value) break;
  }
  await tellProcesses(deps, intention.kind, [batch.variantId]);
  const done = await deps.db.cardMove.findUniqueOrThrow({ where: { id: intention.moveId } });
  const moved = { moved: done.cardCount, left: done.leftCount };
  deps.log.info("cards.moved", { moveId: intention.moveId, kind: intention.kind, batchId, ...moved });
  return ok(moved);
}
