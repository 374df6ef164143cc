import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import type { Tx } from "@/lib/platform/db";
import { placeOf } from "./contender";

export interface Times {
  readonly at: Date;
  readonly deadlineAt: Date;
}

/** By the database's clock, as the shop does. */
export async function timesOf(tx: Tx, { row }: OrderDraft): Promise<Times> {
  const [{ at }] = await tx.$queryRaw<[{ at: Date }]>`SELECT date_trunc('milliseconds', clock_timestamp()) AS at`;
  return { at, deadlineAt: new Date(at.getTime() + row.reservation_seconds * 1_000) };
}

/** Marks the card whatever it is by now; only the schema's guard stands against selling it again. */
export async function reserveCard(tx: Tx, { row }: OrderDraft, cardId: string, { deadlineAt }: Times): Promise<void> {
  await tx.card.update({
    where: { id: cardId },
    data: { status: "reserved", orderId: row.id, reservedUntil: deadlineAt },
  });
}

/** The rows of one order, written as the ORM's user writes them. */
export async function writeOrder(tx: Tx, { row, lines }: OrderDraft, cardId: string, times: Times): Promise<void> {
  const { at, deadlineAt } = times;
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

/** The first card on sale, without a lock: another buyer may be looking at the same one. */
export async function firstAvailable(tx: Tx, draft: OrderDraft): Promise<string | null> {
  const { variantId, poolId } = placeOf(draft);
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM card WHERE variant_id = ${variantId}::uuid AND pool_id = ${poolId}::uuid AND status = 'available'
     ORDER BY pick LIMIT 1`;
  return rows[0]?.id ?? null;
}

/** The first card on sale that nobody else holds, locked. */
export async function firstUnlocked(tx: Tx, draft: OrderDraft): Promise<string | null> {
  const { variantId, poolId } = placeOf(draft);
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM card WHERE variant_id = ${variantId}::uuid AND pool_id = ${poolId}::uuid AND status = 'available'
     ORDER BY pick LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return rows[0]?.id ?? null;
}
