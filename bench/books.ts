import type pg from "pg";
import { newId } from "@/lib/kernel/id";
import { withClient } from "@/lib/platform/with-client";
import { saveBillAccount } from "./bill-account";
import { type BenchShop, openVariant } from "./shop";

const ORDERS_PER_STEP = 5_000;
/** Of a thousand orders three differ: another sum in the gateway's books, no row there, no mail. */
const DIFFERING = { bill: 7, row: 11, mail: 13 } as const;

export const HOW_BOOKS_WERE_BUILT =
  "Comparison: the orders were written in bulk as the owner of the tables, 5,000 per statement, each with its line, card, attempt, notice, payment, two ledger entries, " +
  "an event, two outbox rows, a mail and a row of the gateway's books, all of yesterday; three of a thousand differ. The run is over that shop, in a process of its own, " +
  "its rests between steps included.";

const idOf = (prefix: string): string => `('${prefix}' || lpad(to_hex(n), 12, '0'))::uuid`;
const newPrefix = (): string => newId().slice(0, 24);

/** A shop with the books that it is compared with. */
export interface Books {
  readonly shop: BenchShop;
  readonly accountId: string;
  readonly batchId: string;
  readonly fileId: string;
  readonly prefixes: Readonly<Record<"card" | "order" | "attempt" | "event" | "payment" | "mail", string>>;
}

/** $1 and $2: the first and the last number of a step; $3: how old its rows are. */
function statementsOf({ shop, accountId, batchId, fileId, prefixes }: Books): string[] {
  const { merchantId, variantId, poolId } = shop;
  const [card, order, attempt, event, payment] = (["card", "order", "attempt", "event", "payment"] as const).map(
    (name) => idOf(prefixes[name]),
  );
  const sales = `(SELECT n, ${card} AS c, ${order} AS o, ${attempt} AS a, ${event} AS e, ${payment} AS p, now() - $3::interval AS at
                    FROM generate_series($1::bigint, $2::bigint) AS n OFFSET 0) AS sale`;
  const merchant = `'${merchantId}'::uuid`;
  const place = `'${variantId}'::uuid, '${poolId}'::uuid`;
  const account = `'${accountId}'`;
  return [
    `INSERT INTO card (id, merchant_id, variant_id, pool_id, batch_id, pick, status, order_id, delivered_at)
     SELECT c, ${merchant}, ${place}, '${batchId}'::uuid, n, 'delivered', o, at FROM ${sales}`,
    `INSERT INTO orders (id, number, merchant_id, scope, request_key, request_hash, token_hash, email, locale, stock_policy, quantity, total_minor, currency,
                         status, paid_minor, payment_count, settled_payment_id, card_ids, created_at, deadline_at, paid_at, delivered_at, closed_at)
     SELECT o, 'C' || o::text, ${merchant}, 'bench', o::text, hash, hash, n || '@example.com', 'zh', 'reserve_on_order', 1, 1000, 'CNY',
            'delivered', 1000, 1, p, ARRAY[c], at, at + interval '15 minutes', at, at, at FROM ${sales}, sha256('') AS hash`,
    `INSERT INTO order_line (order_id, line, variant_id, pool_id, quantity, unit_price_minor) SELECT o, 1, ${place}, 1, 1000 FROM ${sales}`,
    `INSERT INTO payment_attempt (id, order_id, account_id, out_trade_no, amount_minor, currency, presentation, created_at)
     SELECT a, o, ${account}, 'K' || n, 1000, 'CNY', '{"kind":"redirect"}', at FROM ${sales}`,
    `INSERT INTO payment_event (id, account_id, source, dedupe, out_trade_no, gateway_trade_number, amount_minor, currency, raw, received_at, order_id, verdict)
     SELECT e, ${account}, 'notice', sha256(e::text::bytea), 'K' || n, 'T' || lpad(n::text, 12, '0'), 1000, 'CNY', '[]', at, o, 'settled' FROM ${sales}`,
    `INSERT INTO payment (id, account_id, gateway_trade_number, order_id, attempt_id, event_id, amount_minor, currency, verdict, received_at)
     SELECT p, ${account}, 'T' || lpad(n::text, 12, '0'), o, a, e, 1000, 'CNY', 'settled', at FROM ${sales}`,
    `INSERT INTO stock_entry (kind, merchant_id, order_id, card_ids, canonical, created_at)
     SELECT kind, ${merchant}, o, ARRAY[c], convert_to(repeat('|', 140), 'UTF8'), at FROM ${sales} CROSS JOIN unnest(ARRAY['reserve', 'deliver']) AS kind`,
    `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
     SELECT o, 'pending', 'delivered', 'none', 'none', 'payment_settled', at FROM ${sales}`,
    `WITH posted AS (
       INSERT INTO outbox (kind, order_id, created_at, drained_at)
       SELECT kind, o, at, at FROM ${sales} CROSS JOIN unnest(ARRAY['order.placed', 'order.delivered']) AS kind ORDER BY n, kind DESC RETURNING id, order_id, kind)
     INSERT INTO mail (id, outbox_id, kind, order_id, recipient, locale, status)
     SELECT ('${prefixes.mail}' || right(order_id::text, 12))::uuid, id, 'order_delivered', order_id, 'buyer@example.com', 'zh', 'sent' FROM posted
      WHERE kind = 'order.delivered' AND ('x' || right(order_id::text, 12))::bit(48)::bigint % 1000 <> ${DIFFERING.mail}`,
    `INSERT INTO statement_row (file_id, line, kind, account_id, gateway_trade_number, out_trade_no, amount_minor, currency, fee, occurred_at, raw)
     SELECT '${fileId}', n, 'payment', ${account}, 'T' || lpad(n::text, 12, '0'), 'K' || n, CASE WHEN n % 1000 = ${DIFFERING.bill} THEN 999 ELSE 1000 END, 'CNY', '0.06', at, '[]'
       FROM ${sales} WHERE n % 1000 <> ${DIFFERING.row}`,
  ];
}

/** A shop of its own, with an account whose books are kept for the days around today. */
export async function openBooks(shop: BenchShop, client: pg.Client): Promise<Books> {
  const [merchantId, poolId, batchId, fileId] = [newId(), newId(), newId(), newId()];
  const { db } = shop.deps;
  await db.merchant.create({ data: { id: merchantId, slug: `m-${merchantId}`, name: "Books" } });
  await db.stockPool.create({ data: { id: poolId, merchantId, slug: "main", name: "Main" } });
  const own = await openVariant({ ...shop, merchantId, poolId });
  const accountId = await saveBillAccount(shop.deps);
  await client.query("UPDATE gateway_account SET merchant_id = $1, fee_rate = 60 WHERE id = $2", [
    merchantId,
    accountId,
  ]);
  await client.query(
    `INSERT INTO batch (id, merchant_id, variant_id, pool_id, status, key_id, data_key, published_at)
     VALUES ($1, $2, $3, $4, 'published', 'bench', '\\x00', now())`,
    [batchId, merchantId, own.variantId, poolId],
  );
  await client.query(
    `INSERT INTO statement_file (id, account_id, source, format, sha256, state, first_at, last_at)
     VALUES ($1, $2, 'upload', 'wechat_trade', sha256('books'), 'reading', now() - interval '3 days', now() + interval '3 days')`,
    [fileId, accountId],
  );
  const prefixes = {
    card: newPrefix(),
    order: newPrefix(),
    attempt: newPrefix(),
    event: newPrefix(),
    payment: newPrefix(),
    mail: newPrefix(),
  };
  return { shop: own, accountId, batchId, fileId, prefixes };
}

const TABLES =
  "card, orders, order_line, payment_attempt, payment_event, payment, stock_entry, order_event, outbox, mail, statement_row, finding";

/** Writes the steps behind one another; two connections take turns, since one keeps only one core busy. */
async function writeSteps(client: pg.Client, books: Books, steps: readonly (readonly [number, number])[], age: string) {
  const statements = statementsOf(books);
  for (const [from, until] of steps)
    for (const statement of statements) await client.query(statement, [from + 1, until, age]);
}

/** Writes the orders behind one number up to another, so old, with all that belongs to them. */
export async function writeBooks(
  client: pg.Client,
  books: Books,
  { from, until, age }: { readonly from: number; readonly until: number; readonly age: string },
): Promise<void> {
  const steps: (readonly [number, number])[] = [];
  for (let at = from; at < until; at += ORDERS_PER_STEP) steps.push([at, Math.min(until, at + ORDERS_PER_STEP)]);
  const [odd, even] = [1, 0].map((rest) => steps.filter((_, n) => n % 2 === rest));
  await withClient(books.shop.urls.owner, async (second) => {
    await second.query("SET synchronous_commit = off");
    await Promise.all([writeSteps(client, books, even ?? [], age), writeSteps(second, books, odd ?? [], age)]);
  });
  // A kept file never changes: whoever owns the tables lets it grow.
  await client.query("ALTER TABLE statement_file DISABLE TRIGGER statement_file_kept");
  await client.query(
    "UPDATE statement_file SET state = 'kept', stored_line = $2, row_count = $2, finished_at = now() WHERE id = $1",
    [books.fileId, until],
  );
  await client.query("ALTER TABLE statement_file ENABLE TRIGGER statement_file_kept");
  await client.query(`VACUUM (ANALYZE) ${TABLES}`);
}

/** Every difference that was made is found, or nothing was measured. */
export async function expectFound(client: pg.Client, books: Books, orders: number): Promise<void> {
  const { rows } = await client.query<{ found: number }>(
    "SELECT count(*)::int AS found FROM finding WHERE merchant_id = $1 AND status = 'open' AND kind IN ('bill_amount_mismatch', 'local_only', 'mail_missing')",
    [books.shop.merchantId],
  );
  const made = Object.values(DIFFERING).reduce((sum, rest) => sum + Math.floor((orders - rest) / 1_000) + 1, 0);
  const found = rows[0]?.found ?? 0;
  if (found !== made) throw new Error(`${made} orders were made to differ, and ${found} were found`);
}
