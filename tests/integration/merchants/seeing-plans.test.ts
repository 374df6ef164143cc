import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countSales } from "@/lib/features/merchants/count-sales";
import { listCustomers } from "@/lib/features/merchants/customers";
import { listOrders, readOrdersAfter } from "@/lib/features/merchants/orders";
import { readSales } from "@/lib/features/merchants/sales";
import { CustomerListQuery, OrderListQuery } from "@/lib/features/merchants/schema";
import { SHOP_TIME_ZONE } from "@/lib/i18n/format";
import { writeShopTime } from "@/lib/i18n/shop-time";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { createDatabase, type TestDatabase } from "../../support/database";
import { openShop, type Stocked, type TestShop } from "../../support/shop";
import { memberOf } from "./shops";

type Merchant = Extract<Viewer, { kind: "merchant" }>;
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}

const DAY_MS = 24 * 3600 * 1000;
const DAYS = 60;
/** Of this merchant and of another one, each. */
const ORDERS = 30_000;

let database: TestDatabase;
let shop: TestShop;
let stocked: Stocked;
let owner: Merchant;

beforeAll(async () => {
  database = await createDatabase();
  shop = await openShop(database);
  stocked = await shop.stock({ cards: 1 });
  owner = await memberOf(shop.deps, stocked.merchantId);
  // Orders as they come over two months, by id and by date; half of another shop, whose variants nobody asks for.
  for (const merchantId of [stocked.merchantId, newId()])
    await shop.rows(
      `WITH made AS (
         INSERT INTO orders (id, number, merchant_id, scope, request_key, request_hash, token_hash, email, locale, stock_policy, quantity, total_minor, currency, status, created_at, deadline_at)
         SELECT (lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0') || '7' || substr(md5(n || $1::text), 1, 3) || '8' || substr(md5($1::text || n), 1, 15))::uuid,
                substr(md5(n || $1::text || 'n'), 1, 16), $1::text::uuid, 'guest', md5(n || $1::text), sha256('a'), sha256('b'), 'buyer' || (n % 5000) || '@example.com', 'zh',
                'reserve_on_order', 1, 1000, 'CNY', 'expired', t, t + interval '15 minutes'
           FROM (SELECT n, clock_timestamp() - make_interval(secs => n * ${(DAYS * 24 * 3600) / ORDERS}) AS t FROM generate_series(1, ${ORDERS}) AS n) s
         RETURNING id)
       INSERT INTO order_line (order_id, line, variant_id, pool_id, quantity, unit_price_minor)
       SELECT id, 1, $2::uuid, $3::uuid, 1, 1000 FROM made`,
      [merchantId, stocked.variantId, stocked.poolId],
    );
  await shop.rows("ANALYZE");
}, 120_000);
afterAll(async () => {
  await shop.close();
  await database.drop();
});

/** The largest number of rows that any one step of what `run` asks the database reads of a table, by table. */
async function rowsRead(run: () => Promise<unknown>): Promise<Record<string, number>> {
  const asked: { text: string; values: unknown[] }[] = [];
  const original = pg.Client.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [query, values] = given as [{ text?: string; values?: unknown[] } | string, unknown[] | undefined];
    const text = typeof query === "string" ? query : query.text;
    if (text && /^\s*(SELECT|WITH)/.test(text))
      asked.push({ text, values: values ?? (typeof query === "string" ? [] : (query.values ?? [])) });
    return Reflect.apply(original, this, given);
  } as typeof original;
  try {
    await run();
  } finally {
    pg.Client.prototype.query = original;
  }
  expect(asked.length).toBeGreaterThan(0);
  const most: Record<string, number> = {};
  const note = (node: PlanNode) => {
    const table = node["Relation Name"];
    const loops = node["Actual Loops"] ?? 1;
    const read = ((node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0)) * loops;
    if (table) most[table] = Math.max(most[table] ?? 0, Math.round(read));
    for (const child of node.Plans ?? []) note(child);
  };
  for (const { text, values } of asked) {
    const [row] = await shop.rows<{ "QUERY PLAN": { Plan: PlanNode }[] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
      values,
    );
    note(row!["QUERY PLAN"][0]!.Plan);
  }
  return most;
}

const orders = (query: Record<string, string>) => () => listOrders(shop.deps, owner, OrderListQuery.parse(query));
const perDay = ORDERS / DAYS;

test("a page of orders reads about a page of them, and one of a day about a day's, however many there are", async () => {
  expect((await rowsRead(orders({}))).orders).toBeLessThan(200);
  expect((await rowsRead(orders({ sort: "old" }))).orders).toBeLessThan(200);
  expect((await rowsRead(orders({ status: "expired" }))).orders).toBeLessThan(200);
  const day = writeShopTime(new Date(Date.now() - 20 * DAY_MS)).slice(0, 10);
  expect((await rowsRead(orders({ from: day, to: day, status: "delivered" }))).orders).toBeLessThan(perDay * 2);
  const after = newId();
  const next = () => readOrdersAfter(shop.deps, owner, OrderListQuery.parse({}), { after, limit: 100 });
  expect((await rowsRead(next)).orders).toBeLessThan(300);
});

test("the overview of ninety days and a page of customers read counted days and not one order", async () => {
  // Two months are more than one run counts of the past.
  for (let run = 0; run < 3; run++) await countSales(shop.deps, SHOP_TIME_ZONE);
  await shop.rows("ANALYZE");
  const sales = await rowsRead(() => readSales(shop.deps, owner, { days: 90, timeZone: SHOP_TIME_ZONE }));
  expect(sales.orders).toBeUndefined();
  expect(sales.sales_day).toBeLessThan(4 * DAYS);
  const counted = await readSales(shop.deps, owner, { days: 90, timeZone: SHOP_TIME_ZONE });
  expect(counted.currencies[0]?.days.reduce((sum, day) => sum + day.placed, 0)).toBe(ORDERS);
  const page = await rowsRead(() => listCustomers(shop.deps, owner, CustomerListQuery.parse({})));
  expect(page.orders).toBeUndefined();
  expect(page.customer_day).toBeLessThan(5_000);
});

test("a look at what is new counts what is new and not the past", async () => {
  await shop.rows("UPDATE sales_progress SET counted_until = clock_timestamp()");
  const read = await rowsRead(() => countSales(shop.deps, SHOP_TIME_ZONE));
  // At the turn of an hour two days of both shops, otherwise a quarter of an hour.
  expect(read.orders ?? 0).toBeLessThan(perDay * 6);
});
