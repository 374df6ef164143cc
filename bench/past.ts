import pg from "pg";
import { newId } from "@/lib/kernel/id";
import type { BenchShop } from "./shop";

/** As many as a shop that sells a thousand a second sells between two searches from the first card. */
const CARDS_PER_STEP = 5_000;

/** How the past came to be, for whoever reads the figures. */
export const HOW_PAST_WAS_BUILT =
  "Slope: the cards sold before were sold in bulk as the owner of the tables, 5,000 per statement in the order of picking, each by the two updates of a real " +
  "sale (available to reserved, reserved to delivered), so that every index holds the dead entries of its past; autovacuum was off for the table, so nothing " +
  "was cleaned but what a search marks as dead in passing, one search from the first card after each 5,000. Without the old snapshot each past sale also has its order, " +
  "line, payment attempt and two ledger entries; these were inserted as they end, with rising numbers where real ones are drawn.";

/** A product of many cards whose past is written in bulk. */
export interface Past {
  /** Sells in bulk until so many cards are gone. */
  sellUntil(cards: number, options: PastOptions): Promise<void>;
  close(): Promise<void>;
}

interface PastOptions {
  /** Also write what belongs to each sale beside its card. */
  readonly withOrders: boolean;
  /** A search from the first card after each step, as real sales make one every few seconds. */
  readonly withSearches: boolean;
}

/** Of a card or an order: one prefix and a running number, so that ids rise as UUIDv7 do. */
const idOf = (prefix: string, number: string): string => `('${prefix}' || lpad(to_hex(${number}), 12, '0'))::uuid`;
const newPrefix = (): string => newId().slice(0, 24);

const SEARCH = `SELECT id FROM card WHERE variant_id = $1 AND pool_id = $2 AND status = 'available' AND pick >= 0 ORDER BY pick LIMIT 1`;

/** $1 and $2: the first and the last number of a step. */
function statementsOf({ merchantId, variantId, poolId, accountId }: BenchShop, batchId: string) {
  const [cards, orders, attempts] = [newPrefix(), newPrefix(), newPrefix()];
  const [card, order, attempt] = [cards, orders, attempts].map((prefix) => idOf(prefix, "n"));
  const sales = `(SELECT ${card} AS c, ${order} AS o, ${attempt} AS a FROM generate_series($1::bigint, $2::bigint) AS n OFFSET 0) AS sale`;
  const merchant = `'${merchantId}'::uuid`;
  const place = `'${variantId}'::uuid, '${poolId}'::uuid`;
  const range = `card.id BETWEEN ${idOf(cards, "$1::bigint")} AND ${idOf(cards, "$2::bigint")}`;
  return {
    cards: `
INSERT INTO card (id, merchant_id, variant_id, pool_id, batch_id, pick, status)
SELECT c, ${merchant}, ${place}, '${batchId}'::uuid, (1048575::bigint << 43) | nextval('card_pick_seq'), 'available' FROM ${sales}`,
    updates: [
      `
UPDATE card SET status = 'reserved', reserved_until = now() + interval '1 day', order_id = ('${orders}' || right(card.id::text, 12))::uuid
 WHERE status = 'available' AND ${range}`,
      `UPDATE card SET status = 'delivered', delivered_at = now(), reserved_until = NULL WHERE status = 'reserved' AND ${range}`,
    ],
    // Numbers that rise where real ones are drawn: as many index pages to descend, and written in a fraction of the time.
    beside: [
      `
INSERT INTO orders (id, number, merchant_id, scope, request_key, request_hash, token_hash, email, locale, stock_policy, quantity, total_minor, currency,
                    status, paid_minor, payment_count, settled_payment_id, card_ids, created_at, deadline_at, paid_at, delivered_at, closed_at)
SELECT o, 'P' || o::text, ${merchant}, 'bench', o::text, hash, hash, o::text || '@example.com', 'zh', 'reserve_on_order', 1, 1000, 'CNY',
       'delivered', 1000, 1, o, ARRAY[c], now(), now() + interval '1 day', now(), now(), now() FROM ${sales}, sha256('') AS hash`,
      `INSERT INTO order_line (order_id, line, variant_id, pool_id, quantity, unit_price_minor) SELECT o, 1, ${place}, 1, 1000 FROM ${sales}`,
      `
INSERT INTO payment_attempt (id, order_id, account_id, out_trade_no, amount_minor, currency, presentation, created_at)
SELECT a, o, '${accountId}', a::text, 1000, 'CNY', '{"kind":"redirect"}', now() FROM ${sales}`,
      `
INSERT INTO stock_entry (kind, merchant_id, order_id, card_ids, canonical)
SELECT kind, ${merchant}, o, ARRAY[c], convert_to(repeat('|', 140), 'UTF8') FROM ${sales} CROSS JOIN unnest(ARRAY['reserve', 'deliver']) AS kind`,
    ],
  };
}

async function addBatch(client: pg.Client, shop: BenchShop, cards: number): Promise<string> {
  const batchId = newId();
  await client.query(
    `INSERT INTO batch (id, merchant_id, variant_id, pool_id, status, key_id, data_key, line_count, accepted_count, published_at)
     VALUES ($1, $2, $3, $4, 'published', 'bench', '\\x00', $5, $5, now())`,
    [batchId, shop.merchantId, shop.variantId, shop.poolId, cards],
  );
  return batchId;
}

/** Puts cards on sale without their secrets, which no sale reads, and sells them in bulk on demand. */
export async function openPast(shop: BenchShop, cards: number): Promise<Past> {
  const client = new pg.Client({ connectionString: shop.urls.owner });
  await client.connect();
  await client.query("SET synchronous_commit = off");
  await client.query("ALTER TABLE card SET (autovacuum_enabled = false)");
  const sql = statementsOf(shop, await addBatch(client, shop, cards));
  await client.query(sql.cards, [1, cards]);
  await client.query("ANALYZE card");
  let sold = 0;

  async function step(until: number, { withOrders, withSearches }: PastOptions): Promise<void> {
    const range = [sold + 1, until];
    for (const text of sql.updates) await client.query(text, range);
    if (withOrders) for (const text of sql.beside) await client.query(text, range);
    if (withSearches) await client.query(SEARCH, [shop.variantId, shop.poolId]);
    sold = until;
  }

  return {
    async sellUntil(until, options) {
      while (sold < until) await step(Math.min(until, sold + CARDS_PER_STEP), options);
    },
    close: async () => {
      await client.query("ALTER TABLE card RESET (autovacuum_enabled)");
      await client.end();
    },
  };
}
