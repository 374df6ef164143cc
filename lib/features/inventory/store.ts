import type { Db, Tx } from "@/lib/platform/db";
import type { StockPlace } from "./start-hints";

/** The channel on which processes tell each other that cards of a variant became available. */
export const STOCK_CHANNEL = "kapu_stock";

/** How many cards a buyer could get, counted without locks up to `limit`: cards that others hold in a transaction that may yet roll back count as there. */
export async function countAvailable(db: Db | Tx, { variantId, poolId }: StockPlace, limit: number): Promise<number> {
  const [row] = await db.$queryRaw<[{ n: number }]>`
    SELECT count(*)::int AS n FROM (
      SELECT 1 FROM card WHERE variant_id = ${variantId}::uuid AND pool_id = ${poolId}::uuid AND status = 'available' AND pick >= 0
         AND (expires_at IS NULL OR expires_at > clock_timestamp()) LIMIT ${limit}::int) s`;
  return row.n;
}

/**
 * Serialises everything that makes cards of these variants available, or that is about to declare an order owed, until the
 * transaction ends. Taken in variant order, so that two of them never wait for each other.
 */
export async function lockStock(tx: Tx, variantIds: readonly string[]): Promise<void> {
  for (const variantId of [...new Set(variantIds)].sort()) {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${variantId}, 7))::text`;
  }
}

/**
 * The same lock, shared with others who take it like this: while they have it nobody is declared owed, so whoever finds nobody owed behind it
 * may make cards available beside them. Until the transaction ends.
 */
export async function shareStock(tx: Tx, variantId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(hashtextextended(${variantId}, 7))::text`;
}

/**
 * The same lock for whoever holds an owed order already, and therefore must not wait for it: those who have it may be waiting
 * for that order. False when somebody has it; begin the transaction again.
 */
export async function tryLockStock(tx: Tx, variantIds: readonly string[]): Promise<boolean> {
  for (const variantId of [...new Set(variantIds)].sort()) {
    const [row] = await tx.$queryRaw<[{ isLocked: boolean }]>`
      SELECT pg_try_advisory_xact_lock(hashtextextended(${variantId}, 7)) AS "isLocked"`;
    if (!row.isLocked) return false;
  }
  return true;
}

/** Tells every process, at commit, that cards of a variant became available. Never called per sale: NOTIFY takes a lock of the whole cluster. */
export async function announceStock(tx: Tx, variantId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_notify(${STOCK_CHANNEL}, ${variantId})::text`;
}

/** Takes up to `quantity` available cards for an order by locking and marking them; returns their ids in the order of picking. */
export async function takeCards(
  tx: Tx,
  {
    place,
    orderId,
    quantity,
    status,
  }: { place: StockPlace; orderId: string; quantity: number; status: "reserved" | "delivered" },
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH picked AS MATERIALIZED (
      SELECT id, pick FROM card
       WHERE variant_id = ${place.variantId}::uuid AND pool_id = ${place.poolId}::uuid AND status = 'available' AND pick >= 0
         AND (expires_at IS NULL OR expires_at > clock_timestamp())
       ORDER BY pick LIMIT ${quantity}::int FOR NO KEY UPDATE SKIP LOCKED),
    marked AS (
      UPDATE card SET status = ${status}, order_id = ${orderId}::uuid,
             delivered_at = CASE WHEN ${status} = 'delivered' THEN date_trunc('milliseconds', clock_timestamp()) END
       WHERE id = ANY (ARRAY(SELECT id FROM picked)) AND status = 'available' RETURNING id)
    SELECT picked.id FROM picked JOIN marked ON marked.id = picked.id ORDER BY picked.pick`;
  return rows.map((row) => row.id);
}

/** Binds these available cards, and no others, to an order; returns how many. */
export function takeNamed(
  tx: Tx,
  { orderId, cardIds }: { orderId: string; cardIds: readonly string[] },
): Promise<number> {
  return tx.$executeRaw`
    UPDATE card SET status = 'reserved', order_id = ${orderId}::uuid
     WHERE id = ANY (${[...cardIds]}::uuid[]) AND status = 'available'`;
}

/** Turns an order's reserved cards into delivered ones; returns how many it turned. */
export function deliverCards(
  tx: Tx,
  { orderId, cardIds }: { orderId: string; cardIds: readonly string[] },
): Promise<number> {
  return tx.$executeRaw`
    UPDATE card SET status = 'delivered', reserved_until = NULL, delivered_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ANY (${[...cardIds]}::uuid[]) AND order_id = ${orderId}::uuid AND status = 'reserved'`;
}

/** How many of these cards are reserved for the order, locked until the transaction ends. */
export async function lockReserved(
  tx: Tx,
  { orderId, cardIds }: { orderId: string; cardIds: readonly string[] },
): Promise<number> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM card WHERE id = ANY (${[...cardIds]}::uuid[]) AND order_id = ${orderId}::uuid AND status = 'reserved' FOR NO KEY UPDATE`;
  return rows.length;
}

/** Takes from an order what expired while it was reserved for it; nobody is ever offered such a card again. Returns their ids. */
export async function releaseExpiredCards(
  tx: Tx,
  { orderId, cardIds }: { orderId: string; cardIds: readonly string[] },
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE card SET status = 'available', order_id = NULL, reserved_until = NULL
     WHERE id = ANY (${[...cardIds]}::uuid[]) AND order_id = ${orderId}::uuid AND status = 'reserved' AND expires_at <= clock_timestamp()
    RETURNING id`;
  return rows.map((row) => row.id);
}

/** Gives an order's reserved cards back; returns how many it gave. */
export function releaseCards(
  tx: Tx,
  { orderId, cardIds }: { orderId: string; cardIds: readonly string[] },
): Promise<number> {
  return tx.$executeRaw`
    UPDATE card SET status = 'available', order_id = NULL, reserved_until = NULL
     WHERE id = ANY (${[...cardIds]}::uuid[]) AND order_id = ${orderId}::uuid AND status = 'reserved'`;
}

/** Takes an order's delivered cards out of the world: nobody is shown them any more, and nobody is ever sold them again. Returns how many. */
export function withdrawDelivered(
  tx: Tx,
  { orderId, cardIds }: { orderId: string; cardIds: readonly string[] },
): Promise<number> {
  return tx.$executeRaw`
    UPDATE card SET status = 'withdrawn'
     WHERE id = ANY (${[...cardIds]}::uuid[]) AND order_id = ${orderId}::uuid AND status = 'delivered'`;
}
