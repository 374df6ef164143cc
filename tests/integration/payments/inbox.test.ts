import pg from "pg";
import { InboxQuery } from "@/lib/features/payments/desk-schema";
import { countWaitingEvents, inboxSql, listPaymentEvents, WAITING_SQL } from "@/lib/features/payments/list-events";
import type { Prisma } from "@/lib/generated/prisma/client";
import { newId } from "@/lib/kernel/id";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const ADMIN = { kind: "admin", userId: newId() } as const;
const EVENTS = 100_000;

/** Every thousandth event is of another kind than a plain payment; ids begin with the time, an event each minute. */
const FILL = [
  `CREATE TABLE told AS SELECT n, now() - make_interval(mins => ${EVENTS} - n) AS at,
          (lpad(to_hex((extract(epoch FROM now() - make_interval(mins => ${EVENTS} - n)) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid AS id,
          CASE WHEN n % 1000 <> 0 THEN 'settled' ELSE (ARRAY['double', 'underpaid', 'unknown_order', 'disputed', 'trade_reused'])[1 + (n / 1000) % 5] END AS verdict
     FROM generate_series(1, ${EVENTS}) n`,
  `INSERT INTO orders (id, number, merchant_id, scope, request_key, request_hash, token_hash, email, locale, stock_policy, quantity, total_minor, currency, status,
                       created_at, deadline_at)
   SELECT id, 'N' || n, gen_random_uuid(), 'guest', 'inbox-key-' || n, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), '', 'zh',
          'claim_on_payment', 1, 1000, 'CNY', 'expired', at, at FROM told`,
  `INSERT INTO payment_attempt (id, order_id, account_id, out_trade_no, amount_minor, currency, presentation, created_at)
   SELECT id, id, 'epay', 'K' || n, 1000, 'CNY', '{}', at FROM told`,
  `INSERT INTO payment_event (id, kind, account_id, source, dedupe, out_trade_no, gateway_trade_number, amount_minor, currency, raw, received_at, order_id, verdict,
                              dispute_number, state)
   SELECT id, CASE verdict WHEN 'disputed' THEN 'dispute' ELSE 'payment' END, CASE WHEN n % 50 = 0 THEN 'second' ELSE 'epay' END, 'notice',
          sha256(n::text::bytea), 'K' || n, 'T' || n, 1000, 'CNY', '[["trade_no","T' || n || '"],["sign","abc"]]', at,
          CASE verdict WHEN 'unknown_order' THEN NULL ELSE id END, verdict, CASE verdict WHEN 'disputed' THEN 'D' || n END,
          CASE verdict WHEN 'disputed' THEN 'opened' END FROM told`,
  `INSERT INTO payment (id, account_id, gateway_trade_number, order_id, attempt_id, event_id, amount_minor, currency, verdict, received_at)
   SELECT id, 'epay', 'T' || n, id, id, id, 1000, 'CNY', verdict, at FROM told WHERE verdict IN ('settled', 'double', 'underpaid')`,
  `INSERT INTO finding (id, kind, subject, event_id, status, resolved_at, resolution)
   SELECT gen_random_uuid(), 'unjudged_payment', n::text, id, s, CASE s WHEN 'resolved' THEN now() END, CASE s WHEN 'resolved' THEN 'judged' END
     FROM told, LATERAL (SELECT CASE WHEN n % 2000 = 0 THEN 'open' ELSE 'resolved' END AS s) x WHERE verdict <> 'settled'`,
  `INSERT INTO finding (id, kind, subject, status, resolved_at, resolution)
   SELECT gen_random_uuid(), 'owed_order', n::text, 'resolved', now(), 'delivered' FROM generate_series(1, 20000) n`,
  `INSERT INTO refund (id, payment_id, order_id, refund_no, amount_minor, status, reason)
   SELECT id, id, order_id, 'R' || row_number() OVER (ORDER BY id), 1000, 'succeeded', 'x' FROM payment WHERE gateway_trade_number LIKE '%7'`,
  "ANALYZE",
];

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}
const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

describe(`the inbox of ${EVENTS.toLocaleString("en")} events`, () => {
  let shop: TestShop;
  let client: pg.Client;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    await shop.rows(
      `INSERT INTO gateway_account (id, gateway, title_zh, title_en, currency, settings, key_id) SELECT 'second', gateway, 'b', 'b', currency, settings, key_id FROM gateway_account`,
    );
    for (const sql of FILL) await shop.rows(sql);
    client = new pg.Client({ connectionString: database.app });
    await client.connect();
  }, 120_000);
  test.afterAll(async () => {
    await client.end();
    await shop.close();
  });

  const ask = (query: Record<string, string>) => listPaymentEvents(shop.deps, ADMIN, InboxQuery.parse(query));
  async function planOf(sql: Prisma.Sql): Promise<PlanNode[]> {
    const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql.text}`, sql.values as unknown[]);
    return nodesOf(rows[0]["QUERY PLAN"][0].Plan);
  }
  /** Reads by index, and no more rows than a page or two of them. */
  function expectQuick(nodes: readonly PlanNode[], rowsMax: number): void {
    const reads = nodes.filter(
      (node) => node["Relation Name"] !== undefined && node["Relation Name"] !== "gateway_account",
    );
    expect(reads.filter((node) => node["Node Type"] === "Seq Scan")).toEqual([]);
    const rows = reads.map(
      (node) => ((node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0)) * (node["Actual Loops"] ?? 1),
    );
    expect(Math.max(...rows)).toBeLessThanOrEqual(rowsMax);
  }

  const day = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  test.each<[string, Record<string, string>, number]>([
    ["nothing in particular", {}, 60],
    ["a common judgement", { verdict: "settled" }, 120],
    ["a rare judgement", { verdict: "trade_reused" }, 60],
    ["nothing judged so far", { verdict: "unjudged" }, 60],
    ["an account", { account: "second" }, 60],
    ["what waits for a person", { state: "open" }, 120],
    ["what was dealt with", { state: "done" }, 200],
    ["what waits, of one judgement and account", { state: "open", verdict: "double", account: "second" }, 120],
    ["a day long ago", { from: day(50), to: day(50) }, 3_000],
    ["a day of one account", { from: day(30), to: day(29), account: "second" }, 100],
    ["our number of a plain payment", { q: "K777" }, 60],
    ["the gateway's number of a plain payment", { q: "T777" }, 60],
    ["our number of money for no order", { q: "K2000" }, 60],
    ["the gateway's number of money for no order", { q: "T2000" }, 60],
    ["the number of a dispute", { q: "D3000" }, 60],
    ["the number of a refund", { q: "r77" }, 60],
    ["the number of an order", { q: "n777" }, 60],
    ["a number that nobody has", { q: "nothing" }, 60],
    ["the last page", { after: "00000000-0000-7000-8000-000000000000" }, 60],
  ])("asked for %s, it reads by index, and no more than a page", async (_what, query, rowsMax) => {
    const parsed = InboxQuery.parse(query);
    expectQuick(await planOf(inboxSql(parsed)), rowsMax);
    await ask(query);
  });

  test("counting what waits for a person reads only that", async () => {
    expectQuick(await planOf(WAITING_SQL), 120);
    const counts = await countWaitingEvents(shop.deps, ADMIN);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(50);
  });

  test("each number leads to its event, whatever became of it", async () => {
    const found = async (q: string) => (await ask({ q })).rows.map(({ outTradeNo }) => outTradeNo);
    for (const q of ["K777", "T777", "N777"]) expect(await found(q)).toEqual(["K777"]);
    for (const q of ["K2000", "T2000"]) expect(await found(q)).toEqual(["K2000"]);
    expect(await found("D3000")).toEqual(["K3000"]);
    expect(await found("K77")).toEqual(["K77"]);
    expect(await found("' OR 1=1 --")).toEqual([]);
    expect(await found("%")).toEqual([]);
  });

  test("pages by key: forwards and back they are the same, and what comes in meanwhile moves nobody's page", async () => {
    const first = await ask({});
    expect(first.newer).toBe(null);
    const second = await ask({ after: first.older as string });
    const [row] = await shop.rows<{ id: string }>(
      `INSERT INTO payment_event SELECT (('f' || substr(id::text, 2)))::uuid, account_id, source, sha256('new'), out_trade_no, gateway_trade_number, amount_minor, currency,
              raw, received_at, order_id, verdict, kind, refund_number, gateway_refund_number, dispute_number, state FROM payment_event WHERE out_trade_no = 'K1' RETURNING id`,
    );
    const again = await ask({ after: first.older as string });
    expect(again.rows.map(({ id }) => id)).toEqual(second.rows.map(({ id }) => id));
    const back = await ask({ before: second.newer as string });
    expect(back.rows.map(({ id }) => id)).toEqual(first.rows.map(({ id }) => id));
    const newest = await ask({ before: back.newer as string });
    expect(newest.rows.map(({ id }) => id)).toEqual([row?.id]);
    expect(newest.newer).toBe(null);
    const all = new Set([...first.rows, ...second.rows].map(({ id }) => id));
    expect(all.size).toBe(100);
  });

  test("days are the shop's, both included, and nothing outside of them is shown", async () => {
    const { rows } = await ask({ from: day(50), to: day(50) });
    expect(rows).toHaveLength(50);
    for (const { receivedAt } of rows)
      expect(new Intl.DateTimeFormat("sv", { timeZone: "Asia/Shanghai" }).format(receivedAt)).toBe(day(50));
  });

  test("a merchant finds it empty, and an admin sees the fields of a raw text without what signed it", async () => {
    const merchant = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    expect(await listPaymentEvents(shop.deps, merchant, InboxQuery.parse({}))).toEqual({
      rows: [],
      newer: null,
      older: null,
    });
    expect(await countWaitingEvents(shop.deps, merchant)).toEqual([]);
    const { rows } = await ask({ q: "T777" });
    expect(rows[0]?.fields).toEqual([
      { name: "trade_no", value: "T777" },
      { name: "sign", value: null },
    ]);
    expect(JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? String(value) : value))).not.toContain(
      "abc",
    );
  });
});
