import {
  addChunk,
  type ImportBatch,
  openBatch,
  publishDrafts,
  type SealedCard,
} from "@/lib/features/inventory/import-store";
import { lockStock, takeNamed } from "@/lib/features/inventory/store";
import { appendEntry } from "@/lib/features/ledger/append";
import { changeOrder, type LockedOrder, lockOrder, type OrderLine, readLines } from "@/lib/features/orders/store";
import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { cardAad, fingerprint, newDataKey, seal } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { countBound, deliverReserved } from "./offer-cards";

export interface DeliverByHand {
  readonly orderId: string;
  /** One for each piece that the order still lacks. */
  readonly contents: readonly Secret[];
}

export type ByHandRefusal = "not_found" | "not_waiting" | "disputed" | "wrong_count" | "too_long";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

/** The texts as cards of this batch. The same text may go to many buyers ("done"), so each card's fingerprint is its own. */
function sealContents(
  deps: Deps,
  batch: ImportBatch,
  { contents, dataKey }: { contents: readonly Secret[]; dataKey: Uint8Array },
): SealedCard[] {
  const key = deps.keys.fingerprint(batch.merchantId);
  return contents.map((content) => {
    const id = newId();
    const bytes = Buffer.from(content.reveal());
    return {
      id,
      fingerprint: fingerprint(key, Buffer.concat([Buffer.from(`${id}\0`), bytes])).toString("hex"),
      ciphertext: seal(dataKey, bytes, cardAad({ ...batch, cardId: id })).toString("hex"),
    };
  });
}

/** A batch of exactly these cards, on sale for nobody but the order that they are made for. */
async function makeCards(deps: Deps, tx: Tx, batch: ImportBatch, made: { contents: readonly Secret[]; by: string }) {
  const { dataKey, wrapped, keyId } = newDataKey(deps.keys, batch);
  const cards = sealContents(deps, batch, { contents: made.contents, dataKey });
  await openBatch(tx, { ...batch, wrapped, keyId, createdBy: made.by, isPublishRequested: true, note: "" });
  const lineCount = cards.length;
  const added = await addChunk(tx, batch.batchId, { cards, lineCount, rejectedCount: 0, position: 0, rejects: [] });
  assert(added === lineCount, "cards of one's own are never duplicates");
  return cards.map(({ id }) => id);
}

/** Gives the cards to the order, through every state that a card goes through, each with its entry. */
async function handOver(tx: Tx, order: LockedOrder, batch: ImportBatch, cardIds: readonly string[]): Promise<void> {
  const { id: orderId, merchantId } = order;
  const { batchId } = batch;
  await tx.$executeRaw`UPDATE batch SET status = 'published', published_at = now() WHERE id = ${batchId}::uuid`;
  await publishDrafts(tx, batchId, cardIds.length);
  const taken = await takeNamed(tx, { orderId, cardIds });
  assert(taken === cardIds.length, "nobody else can see these cards yet");
  await appendEntry(tx, { kind: "bind", merchantId, orderId, cardIds });
  const bound = await changeOrder(tx, order, { cardIds: [...order.cardIds, ...cardIds] }, { reason: "cards_bound" });
  assert(bound.cardIds.length === bound.quantity && bound.settledPaymentId, "an order is delivered whole, and paid");
  await deliverReserved(tx, bound, bound.settledPaymentId);
}

/** What one line still lacks, or why it cannot be delivered now. The order is locked. */
async function judge(tx: Tx, order: LockedOrder, count: number): Promise<Result<OrderLine, ByHandRefusal>> {
  if (order.disputedAt !== null) return err("disputed");
  if (order.status !== "paid" || order.owedAt === null) return err("not_waiting");
  const [line] = await readLines(tx, order.id);
  assert(line, "every order has a line");
  const lacking = line.quantity - (await countBound(tx, order, line.variantId));
  return lacking === count ? ok(line) : err("wrong_count");
}

/**
 * Delivers a paid order that waits for a person: what is written becomes as many cards as the order lacks, sealed like any other, bound to it
 * and delivered in one transaction, or nothing happens. A second try, from another tab or person, finds it delivered.
 */
export async function deliverByHand(
  deps: Deps,
  viewer: Merchant,
  { orderId, contents }: DeliverByHand,
): Promise<Result<null, ByHandRefusal>> {
  const promise = await deps.db.orderPromise.findFirst({ where: { orderId, kind: "manual", ...ownedBy(viewer) } });
  if (!promise) return err("not_found");
  if (contents.some((content) => Buffer.byteLength(content.reveal()) > limits.importLineBytesMax))
    return err("too_long");
  const { merchantId, variantId } = promise;
  const result = await inTransaction<null, ByHandRefusal>(deps.db, async (tx) => {
    await lockStock(tx, [variantId]);
    const order = await lockOrder(tx, orderId);
    assert(order, "a promise is written with its order");
    const line = await judge(tx, order, contents.length);
    if (!line.ok) return line;
    const batch: ImportBatch = { merchantId, variantId, poolId: line.value.poolId, batchId: newId() };
    const cardIds = await makeCards(deps, tx, batch, { contents, by: viewer.userId });
    await handOver(tx, order, batch, cardIds);
    const subject = { subjectKind: "order", subjectId: orderId, merchantId };
    const detail = { batchId: batch.batchId, cards: cardIds.length };
    await recordAudit(tx, { actor: viewer, action: "order.delivered_by_hand", ...subject, detail });
    return ok(null);
  });
  if (result.ok) deps.log.info("order.delivered_by_hand", { orderId });
  return result;
}
