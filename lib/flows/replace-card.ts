import { lockStock } from "@/lib/features/inventory/store";
import { lockOrder } from "@/lib/features/orders/store";
import { waiveChosen } from "@/lib/features/previews/store";
import { judgeWarranty, type ReplacementReason, type ReplacementState } from "@/lib/features/replacements/rules";
import {
  cancelWaiting,
  countReplacements,
  findReplacement,
  insertReplacement,
  type Replacement,
} from "@/lib/features/replacements/store";
import { err, ok, type Result } from "@/lib/kernel/result";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { type Db, inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { fillReplacement } from "./fill-replacement";
import { isAnyOwed } from "./offer-cards";
import { refreshStockBand } from "./refresh-stock-bands";

export interface ReplaceCard {
  /** Made when the form is; the same form sent twice is one replacement. */
  readonly replacementId: string;
  readonly orderId: string;
  /** Which card of the order, from 1, as its buyer counts them. */
  readonly position: number;
  readonly reason: ReplacementReason;
  readonly note: string;
  /** How many replacements of the order its author saw. */
  readonly seen: number;
  /** Beyond the warranty; an admin's word only. */
  readonly isGoodwill: boolean;
}

export type ReplaceRefusal =
  | "not_found"
  | "no_such_card"
  | "not_delivered"
  | "disputed"
  | "conflict"
  | "already_replaced"
  | "warranty_over"
  | "warranty_used_up"
  | "chosen_card"
  | "idempotency_conflict";

interface OrderedCard {
  readonly merchantId: string;
  readonly status: string;
  readonly deliveredAt: Date | null;
  readonly cardId: string | null;
  readonly batchId: string;
  readonly variantId: string;
  readonly poolId: string;
  readonly quantity: number;
  readonly hours: number | null;
  readonly countMax: number | null;
  readonly now: Date;
}

/** The card that stands at a place of an order, with what was promised of it; null when the order is not there for this viewer. */
async function readCard(
  db: Db | Tx,
  viewer: Viewer,
  { orderId, position }: Pick<ReplaceCard, "orderId" | "position">,
): Promise<OrderedCard | null> {
  const scope = merchantScope(viewer);
  const rows = await db.$queryRaw<OrderedCard[]>`
    SELECT o.merchant_id AS "merchantId", o.status, o.delivered_at AS "deliveredAt", c.id AS "cardId", c.batch_id AS "batchId",
           c.variant_id AS "variantId", l.pool_id AS "poolId", l.quantity, coalesce(b.warranty_days * 24, v.warranty_hours) AS hours,
           v.warranty_count AS "countMax", clock_timestamp() AS now
      FROM orders o
      LEFT JOIN card c ON c.id = o.card_ids[${position}::int] AND c.order_id = o.id
      LEFT JOIN batch b ON b.id = c.batch_id
      LEFT JOIN variant v ON v.id = c.variant_id
      LEFT JOIN order_line l ON l.order_id = o.id AND l.variant_id = c.variant_id
     WHERE o.id = ${orderId}::uuid AND (${scope}::uuid IS NULL OR o.merchant_id = ${scope}::uuid)`;
  return rows[0] ?? null;
}

type Outcome = Result<{ status: ReplacementState }, ReplaceRefusal>;

function judgeKnown(known: Replacement, command: ReplaceCard): Outcome {
  const isSame =
    known.orderId === command.orderId &&
    known.position === command.position &&
    known.reason === command.reason &&
    known.note === command.note;
  return isSame ? ok({ status: known.status }) : err("idempotency_conflict");
}

/** Whether this card may be replaced now; the order is locked. */
async function judge(
  tx: Tx,
  viewer: Viewer,
  command: ReplaceCard,
  card: OrderedCard,
): Promise<Result<null, ReplaceRefusal>> {
  const { orderId } = command;
  const counts = await countReplacements(tx, { orderId, variantId: card.variantId });
  if (counts.all !== command.seen) return err("conflict");
  if (command.isGoodwill && viewer.kind === "admin") return ok(null);
  const deliveredAt = card.deliveredAt ?? card.now;
  return judgeWarranty(card, { deliveredAt, quantity: card.quantity, used: counts.used, now: card.now });
}

/** Records the replacement and fills it at once, unless somebody has waited longer for a card of this place. */
async function replace(tx: Tx, viewer: Viewer, command: ReplaceCard, place: OrderedCard): Promise<Outcome> {
  await lockStock(tx, [place.variantId]);
  const order = await lockOrder(tx, command.orderId);
  const known = await findReplacement(tx, command.replacementId);
  if (known) return judgeKnown(known, command);
  const card = await readCard(tx, viewer, command);
  if (order?.status !== "delivered" || !card) return err("not_delivered");
  if (order.disputedAt !== null) return err("disputed");
  if (card.cardId === null || card.variantId !== place.variantId) return err("no_such_card");
  const judged = await judge(tx, viewer, command, card);
  if (!judged.ok) return judged;
  // Who chose his card is given no other without his word, which an admin takes.
  if (order.stockPolicy === "pick") {
    if (!command.isGoodwill || viewer.kind !== "admin") return err("chosen_card");
    await waiveChosen(tx, order.id, viewer.userId);
  }
  const isAnyoneBefore = await isAnyOwed(tx, card);
  const { replacementId: id, orderId, position, reason, note, isGoodwill } = command;
  const { merchantId, variantId, poolId, cardId: oldCardId, batchId: oldBatchId } = card;
  const draft = {
    id,
    orderId,
    merchantId,
    variantId,
    poolId,
    position,
    oldCardId,
    oldBatchId,
    reason,
    note,
    isGoodwill,
  };
  if (!(await insertReplacement(tx, { ...draft, requestedBy: viewer }))) return err("already_replaced");
  await recordAudit(tx, {
    actor: viewer,
    action: "card.replacement_asked",
    subjectKind: "order",
    subjectId: orderId,
    merchantId,
    detail: { replacementId: id, position, reason, isGoodwill },
  });
  if (isAnyoneBefore) return ok({ status: "waiting" });
  const filled = await fillReplacement(tx, { id, orderId });
  return ok({ status: filled === "filled" ? "done" : "waiting" });
}

/**
 * Swaps a bad card of a delivered order for another one of the same variant, from its own pool or one that the variant falls back to, or, while there is none, puts the order in line behind
 * whoever is owed cards already: it is served when a batch is published. At most what the warranty promises; beyond it an admin may go. Safe
 * twice: the same intention is one replacement.
 */
export async function replaceCard(deps: Deps, viewer: Viewer, command: ReplaceCard): Promise<Outcome> {
  const place = await readCard(deps.db, viewer, command);
  if (!place) return err("not_found");
  if (place.status !== "delivered") return err("not_delivered");
  if (place.cardId === null) return err("no_such_card");
  const result = await inTransaction(deps.db, (tx) => replace(tx, viewer, command, place));
  if (!result.ok) return result;
  await refreshStockBand(deps, place.variantId);
  deps.log.info("card.replaced", {
    orderId: command.orderId,
    replacementId: command.replacementId,
    status: result.value.status,
  });
  return result;
}

/** Takes back a replacement that waits for stock; the order keeps its card. One that is done stays done. */
export async function cancelReplacement(
  deps: Deps,
  viewer: Viewer,
  { replacementId }: { replacementId: string },
): Promise<Result<null, "not_found" | "not_waiting">> {
  const scope = merchantScope(viewer);
  return inTransaction(deps.db, async (tx) => {
    const known = await findReplacement(tx, replacementId);
    if (!known || (scope !== null && known.merchantId !== scope)) return err("not_found");
    if (!(await cancelWaiting(tx, replacementId))) return err("not_waiting");
    await recordAudit(tx, {
      actor: viewer,
      action: "card.replacement_cancelled",
      subjectKind: "order",
      subjectId: known.orderId,
      merchantId: known.merchantId,
      detail: { replacementId },
    });
    return ok(null);
  });
}
