import type { Db, Tx } from "@/lib/platform/db";

/** A card that a buyer may choose, as it is at this moment. */
export interface OfferedCard {
  readonly cardId: string;
  readonly variantId: string;
  readonly poolId: string;
  /** Where it stands in its place: below zero, so that nobody meets it who did not choose it. */
  readonly pick: bigint;
  readonly preview: string;
  readonly extraMinor: bigint;
  /** Nobody has it, and it is good. */
  readonly isFree: boolean;
}

/** The card that the public knows by this id; null: there is none of this variant. */
export async function findOffered(
  db: Db,
  { previewId, variantId }: { readonly previewId: string; readonly variantId: string },
): Promise<OfferedCard | null> {
  const rows = await db.$queryRaw<OfferedCard[]>`
    SELECT c.id AS "cardId", c.variant_id AS "variantId", c.pool_id AS "poolId", c.pick, p.preview, p.extra_minor AS "extraMinor",
           c.status = 'available' AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp()) AS "isFree"
      FROM card_preview p JOIN card c ON c.id = p.card_id
     WHERE p.id = ${previewId}::uuid AND p.variant_id = ${variantId}::uuid AND c.status <> 'draft' AND c.pick < 0`;
  return rows[0] ?? null;
}

/** The same for whoever knows only what the public calls it, with the variant that it is of; for a page that shows it. */
export async function findOfferedAnywhere(db: Db, previewId: string): Promise<OfferedCard | null> {
  const row = await db.cardPreview.findUnique({ where: { id: previewId }, select: { variantId: true } });
  return row && findOffered(db, { previewId, variantId: row.variantId });
}

/** `held`: somebody has it in a transaction that may yet roll back. `changed`: another price, another text or another pool than was read. */
export type Grip = "mine" | "held" | "gone" | "changed";

/**
 * Takes the lock of the chosen card and of what is said of it, or says why not. With it the statement that places, begun at the card's own
 * pick, takes this very card: SKIP LOCKED does not skip one's own lock, and nothing lies between.
 */
export async function gripOffered(tx: Tx, offered: OfferedCard): Promise<Grip> {
  const { cardId, poolId, pick, preview, extraMinor } = offered;
  const [card] = await tx.$queryRaw<Pick<OfferedCard, "poolId" | "pick" | "preview" | "extraMinor">[]>`
    SELECT c.pool_id AS "poolId", c.pick, p.preview, p.extra_minor AS "extraMinor" FROM card c JOIN card_preview p ON p.card_id = c.id
     WHERE c.id = ${cardId}::uuid AND c.status = 'available' AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())
       FOR NO KEY UPDATE OF c, p SKIP LOCKED`;
  if (card) {
    const isSame =
      card.poolId === poolId && card.pick === pick && card.preview === preview && card.extraMinor === extraMinor;
    return isSame ? "mine" : "changed";
  }
  const [seen] = await tx.$queryRaw<{ isThere: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM card c JOIN card_preview p ON p.card_id = c.id
                    WHERE c.id = ${cardId}::uuid AND c.status = 'available' AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())) AS "isThere"`;
  return seen?.isThere ? "held" : "gone";
}

/** Freezes what was chosen with an order, as its buyer read it. */
export async function insertPick(
  tx: Tx,
  order: { readonly orderId: string; readonly merchantId: string },
  { cardId, variantId, preview, extraMinor }: OfferedCard,
): Promise<void> {
  await tx.orderPick.create({ data: { ...order, cardId, variantId, preview, extraMinor } });
}

/** Binds the card that a paid order chose, if nobody has it; whoever is at it at this moment is waited for. */
export async function takeChosen(tx: Tx, orderId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE card SET status = 'reserved', order_id = ${orderId}::uuid
     WHERE id = (SELECT card_id FROM order_pick WHERE order_id = ${orderId}::uuid) AND status = 'available'
       AND (expires_at IS NULL OR expires_at > clock_timestamp())
    RETURNING id`;
  return rows.map((row) => row.id);
}

/** What an order chose, or null. */
export interface Chosen {
  readonly cardId: string;
  readonly preview: string;
  readonly extraMinor: bigint;
  readonly waivedAt: Date | null;
}

export const findChosen = (db: Db | Tx, orderId: string): Promise<Chosen | null> =>
  db.orderPick.findUnique({
    where: { orderId },
    select: { cardId: true, preview: true, extraMinor: true, waivedAt: true },
  });

/**
 * From now on any card of the variant will do for the order, by its buyer's word to a person; the caller has locked the order. False: it
 * chose nothing, or it was waived before.
 */
export async function waiveChosen(tx: Tx, orderId: string, actorId: string): Promise<boolean> {
  const waived = await tx.$executeRaw`
    WITH waived AS (
      UPDATE order_pick SET waived_at = date_trunc('milliseconds', clock_timestamp()), waived_by = ${actorId}::uuid
       WHERE order_id = ${orderId}::uuid AND waived_at IS NULL RETURNING order_id)
    UPDATE orders o SET stock_policy = 'reserve_on_order' FROM waived w WHERE o.id = w.order_id AND o.stock_policy = 'pick'`;
  return waived === 1;
}
