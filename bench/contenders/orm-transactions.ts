import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { createDb, type Tx } from "@/lib/platform/db";
import type { BenchShop } from "../shop";
import { type Contender, drive } from "./contender";

const PATIENCE_MS = 60_000;

/** The rows of one order, written as the ORM's user writes them. */
async function writeOrder(tx: Tx, { row, lines }: OrderDraft, cardId: string): Promise<void> {
  const [{ at }] = await tx.$queryRaw<[{ at: Date }]>`SELECT clock_timestamp() AS at`;
  const deadlineAt = new Date(at.getTime() + row.reservation_seconds * 1_000);
  await tx.order.create({
    data: {
      id: row.id,
      number: row.number,
      merchantId: row.merchant_id,
      scope: row.scope,
      requestKey: row.request_key,
      requestHash: Uint8Array.from(Buffer.from(row.request_hash, "hex")),
      tokenHash: Uint8Array.from(Buffer.from(row.token_hash, "hex")),
      email: row.email,
      locale: row.locale,
      stockPolicy: row.stock_policy,
      quantity: row.quantity,
      totalMinor: BigInt(row.total_minor),
      currency: row.currency,
      cardIds: [cardId],
      createdAt: at,
      deadlineAt,
    },
  });
  await tx.card.update({
    where: { id: cardId },
    data: { status: "reserved", orderId: row.id, reservedUntil: deadlineAt },
  });
  for (const { order_id: orderId, line, variant_id: variantId, pool_id: poolId, quantity, unit_price_minor } of lines) {
    await tx.orderLine.create({
      data: { orderId, line, variantId, poolId, quantity, unitPriceMinor: BigInt(unit_price_minor) },
    });
  }
  await tx.paymentAttempt.create({
    data: {
      id: row.attempt_id,
      orderId: row.id,
      accountId: row.account_id,
      outTradeNo: row.out_trade_no,
      amountMinor: BigInt(row.total_minor),
      currency: row.currency,
      presentation: row.presentation as object,
      createdAt: at,
      nextQueryAt: new Date(at.getTime() + row.query_after_seconds * 1_000),
    },
  });
  await tx.$executeRaw`
    INSERT INTO stock_entry (kind, merchant_id, order_id, card_ids, canonical)
    VALUES ('reserve', ${row.merchant_id}::uuid, ${row.id}::uuid, ARRAY[${cardId}]::uuid[],
            stock_canonical('reserve', ${row.merchant_id}::uuid, ${row.id}::uuid, NULL, '', ARRAY[${cardId}]::uuid[]))`;
  await tx.outbox.create({ data: { kind: "order.placed", orderId: row.id } });
}

function inTransactions(
  shop: BenchShop,
  connections: number,
  shape: Pick<Contender, "name" | "what"> & { pick: (tx: Tx) => Promise<string | null> },
): Contender {
  const db = createDb(shop.urls.app, () => {}, connections);
  return {
    name: shape.name,
    what: `${shape.what} (${connections} connections)`,
    perSecondMax: 2_000,
    run: (load, drafts) =>
      drive(load, drafts, (draft) =>
        db.$transaction(
          async (tx) => {
            const cardId = await shape.pick(tx);
            if (cardId !== null) await writeOrder(tx, draft, cardId);
            return cardId !== null;
          },
          { maxWait: PATIENCE_MS, timeout: PATIENCE_MS },
        ),
      ),
    close: () => db.$disconnect(),
  };
}

/** The ORM's interactive transaction with the right lock: safe, and eleven round trips per order. */
export const skipLocked = (shop: BenchShop, connections: number): Contender =>
  inTransactions(shop, connections, {
    name: "ORM, SKIP LOCKED",
    what: "the ORM's interactive transaction, card picked with FOR UPDATE SKIP LOCKED",
    pick: async (tx) => {
      const rows = await tx.$queryRaw<{ id: string }[]>`
        SELECT id FROM card WHERE variant_id = ${shop.variantId}::uuid AND pool_id = ${shop.poolId}::uuid AND status = 'available'
         ORDER BY pick LIMIT 1 FOR UPDATE SKIP LOCKED`;
      return rows[0]?.id ?? null;
    },
  });

/** The usual advice: lock the product, then look for a card. Safe, and one buyer at a time. */
export const forUpdate = (shop: BenchShop, connections: number): Contender =>
  inTransactions(shop, connections, {
    name: "FOR UPDATE",
    what: "the same transaction behind SELECT … FOR UPDATE of the product",
    pick: async (tx) => {
      await tx.$queryRaw`SELECT id FROM product WHERE id = ${shop.productId}::uuid FOR UPDATE`;
      const rows = await tx.$queryRaw<{ id: string }[]>`
        SELECT id FROM card WHERE variant_id = ${shop.variantId}::uuid AND pool_id = ${shop.poolId}::uuid AND status = 'available'
         ORDER BY pick LIMIT 1`;
      return rows[0]?.id ?? null;
    },
  });
