import type { Tx } from "@/lib/platform/db";
import type { CheckContext } from "./checks/check";
import { compare } from "./compare";
import type { FoundDifference } from "./renew-findings";
import type { Trade } from "./window";

interface Belongings {
  readonly payments: string[];
  readonly refunds: string[];
  readonly wallets: string[];
}

async function belongingsOf(tx: Tx, orderIds: readonly string[]): Promise<Belongings> {
  const ids = [...orderIds];
  const [row] = await tx.$queryRaw<[Belongings]>`
    SELECT ARRAY(SELECT id::text FROM payment WHERE order_id = ANY (${ids}::uuid[])) AS payments,
           ARRAY(SELECT id::text FROM refund WHERE order_id = ANY (${ids}::uuid[])) AS refunds,
           ARRAY(SELECT DISTINCT wallet_id::text FROM wallet_entry WHERE order_id = ANY (${ids}::uuid[])) AS wallets`;
  return row;
}

/** The trades in the gateways' books that may be about some orders: by the gateway's number, and by ours. */
const tradesOf = (tx: Tx, orderIds: readonly string[]): Promise<Trade[]> => tx.$queryRaw<Trade[]>`
  SELECT p.account_id AS "accountId", p.gateway_trade_number AS "tradeNumber", '' AS "outTradeNo" FROM payment p WHERE p.order_id = ANY (${[...orderIds]}::uuid[])
  UNION
  SELECT r.account_id, r.gateway_trade_number, coalesce(r.out_trade_no, '') FROM payment_attempt a
    JOIN statement_row r ON r.account_id = a.account_id AND r.out_trade_no = a.out_trade_no WHERE a.order_id = ANY (${[...orderIds]}::uuid[])`;

const cardsOf = async (tx: Tx, orderIds: readonly string[]): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT u.id::text AS id FROM orders o CROSS JOIN LATERAL unnest(o.card_ids) AS u (id) WHERE o.id = ANY (${[...orderIds]}::uuid[])
    UNION
    SELECT u.id::text FROM stock_entry e CROSS JOIN LATERAL unnest(e.card_ids) AS u (id) WHERE e.order_id = ANY (${[...orderIds]}::uuid[])`;
  return rows.map(({ id }) => id);
};

/** Compares some orders with all that belongs to them. `isWhole`: with the gateways' books and card by card, too. */
export async function compareOrders(
  tx: Tx,
  orderIds: readonly string[],
  check: CheckContext,
  { isWhole = false }: { readonly isWhole?: boolean } = {},
): Promise<FoundDifference[]> {
  if (orderIds.length === 0) return [];
  const found = await compare(tx, "orders", { ids: orderIds }, check);
  const belongings = await belongingsOf(tx, orderIds);
  for (const group of ["payments", "refunds", "wallets"] as const) {
    const ids = belongings[group];
    if (ids.length > 0) found.push(...(await compare(tx, group, { ids }, check)));
  }
  if (!isWhole) return found;
  const cards = await cardsOf(tx, orderIds);
  if (cards.length > 0) found.push(...(await compare(tx, "cards", { ids: cards }, check)));
  const trades = await tradesOf(tx, orderIds);
  if (trades.length > 0) found.push(...(await compare(tx, "rows", { trades }, check)));
  return found;
}
