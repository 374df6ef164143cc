import pg from "pg";
import { PLACE_SQL } from "@/lib/flows/hot/place-statement";
import { SETTLE_SQL } from "@/lib/flows/hot/settle-statement";
import { OPEN_SQL, runOpen, SPEND_ALONE_SQL, SPEND_SQL } from "@/lib/flows/hot/spend-statement";
import { newId, newOrderNumber, newOutTradeNo } from "@/lib/kernel/id";
import { sha256 } from "@/lib/platform/crypto";
import { HOT_OPTIONS } from "@/lib/platform/db";
import { expectInvariants } from "@/tests/support/invariants";
import { openQuotaShop } from "@/tests/support/quota";
import { openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly "Shared Hit Blocks"?: number;
  readonly "Shared Read Blocks"?: number;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
const quoted = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`;

function request({ merchantId, variantId, poolId }: Stocked, n: number, start: string) {
  const id = newId();
  const row = {
    n,
    id,
    number: newOrderNumber(Date.now()),
    merchant_id: merchantId,
    scope: "guest",
    request_key: `key-${id}`,
    request_hash: "00".repeat(32),
    token_hash: "00".repeat(32),
    email: `${id}@example.com`,
    locale: "zh",
    lookup_hash: null,
    device_id: id,
    stock_policy: "reserve_on_order",
    quantity: 1,
    total_minor: "1000",
    currency: "CNY",
    reservation_seconds: 900,
    attempt_id: newId(),
    account_id: "epay",
    out_trade_no: newOutTradeNo(),
    presentation: {},
    query_after_seconds: 50,
  };
  const line = {
    order_id: id,
    line: 1,
    variant_id: variantId,
    pool_id: poolId,
    quantity: 1,
    unit_price_minor: "1000",
    variant_version: 1,
    start,
  };
  return { row, line };
}

/** What the statement that spends asks behind its locks, taken out of the function it is asked in. */
async function questionBehindLocks(client: pg.Client): Promise<string> {
  const { rows } = await client.query("SELECT prosrc AS source FROM pg_proc WHERE proname = 'quota_uses_of'");
  const question = /RETURN QUERY ([\s\S]+?);/.exec(rows[0].source)?.[1] ?? "";
  return question.replace("p_card_ids", "$1").replace("p_call_ids", "$2");
}

/** A connection as the hot client opens it, with its statements prepared: from here on their generic plans stand. */
async function hotConnection(connectionString: string) {
  const client = new pg.Client({ connectionString, options: HOT_OPTIONS });
  client.on("error", () => {});
  await client.connect();
  await client.query(`PREPARE place (text, text) AS ${PLACE_SQL}`);
  await client.query(`PREPARE settle (text, text) AS ${SETTLE_SQL}`);
  await client.query(`PREPARE spend (text) AS ${SPEND_SQL}`);
  await client.query(`PREPARE spend_alone (text) AS ${SPEND_ALONE_SQL}`);
  await client.query(`PREPARE open_keys (text) AS ${OPEN_SQL}`);
  await client.query(`PREPARE uses_of (uuid[], text[]) AS ${await questionBehindLocks(client)}`);
  const explain = async (execute: string): Promise<PlanNode[]> => {
    await client.query("BEGIN");
    const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE ${execute}`);
    await client.query("ROLLBACK");
    return nodesOf(rows[0]["QUERY PLAN"][0].Plan);
  };
  return {
    end: () => client.end(),
    async place(stocked: Stocked, start = "0") {
      const requests = Array.from({ length: 50 }, (_, n) => request(stocked, n, start));
      return explain(`place(${quoted(requests.map(({ row }) => row))}, ${quoted(requests.map(({ line }) => line))})`);
    },
    async settle(numbers: readonly string[]) {
      const notices = numbers.map((outTradeNo, n) => ({
        n,
        event_id: newId(),
        payment_id: newId(),
        account_id: "epay",
        source: "notice",
        dedupe: Buffer.from(newId().replaceAll("-", "").repeat(2), "hex").toString("hex"),
        out_trade_no: outTradeNo,
        gateway_trade_number: `T${n}`,
        amount_minor: "1000",
        currency: "CNY",
        raw: "[]",
      }));
      return explain(`settle(${quoted(notices)}, '[]')`);
    },
    async spend(keyHashes: readonly string[]) {
      const calls = keyHashes.map((key_hash, n) => ({ n, key_hash, call_id: `call-${newId()}`, uses: 1 }));
      const [spent, alone] = [await explain(`spend(${quoted(calls)})`), await explain(`spend_alone(${quoted(calls)})`)];
      return [...spent, ...alone];
    },
    open: (keyHashes: readonly string[]) => explain(`open_keys(${quoted(keyHashes)})`),
    usesOf: (cardIds: readonly string[]) =>
      explain(`uses_of('{${cardIds.join(",")}}', '{${cardIds.map(() => "first-call").join(",")}}')`),
  };
}

const TABLES = [
  "card",
  "orders",
  "order_line",
  "payment_attempt",
  "payment",
  "payment_event",
  "stock_entry",
  "variant",
  "quota",
  "quota_use",
];

function expectIndexed(nodes: readonly PlanNode[]): void {
  const reads = nodes.filter(
    (node) => TABLES.includes(node["Relation Name"] ?? "") && node["Node Type"].includes("Scan"),
  );
  expect(reads.filter((node) => node["Node Type"] === "Seq Scan")).toEqual([]);
  // An index scan without a condition walks the whole index: the primary key over all sold cards, for one.
  const walks = nodes.filter(
    (node) => /^(Index|Index Only|Bitmap Index) Scan$/.test(node["Node Type"]) && node["Index Cond"] === undefined,
  );
  expect(walks.map((node) => node["Index Name"])).toEqual([]);
  expect(reads.length).toBeGreaterThan(0);
}

function expectPicked(nodes: readonly PlanNode[]): void {
  expectIndexed(nodes);
  const picks = nodes.filter((node) => node["Index Name"] === "card_pick_ix");
  expect(picks.length).toBeGreaterThan(0);
  // Without a bound it would begin at the cards that are chosen, which are nothing to whoever takes any.
  expect(picks.filter((node) => !node["Index Cond"]?.includes("(pick >= "))).toEqual([]);
}

const pickBuffers = (nodes: readonly PlanNode[]): number =>
  Math.max(
    ...nodes
      .filter((node) => node["Node Type"] === "LockRows")
      .map((node) => (node["Shared Hit Blocks"] ?? 0) + (node["Shared Read Blocks"] ?? 0)),
  );

describe("the plans of the hot statements", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterAll(() => shop.close());

  test("planned on an empty shop and planned on a full one, they read by index and never walk the sold cards", async ({
    database,
  }) => {
    const early = await hotConnection(database.app);
    const stocked = await shop.stock({ cards: 2_000 });
    const orders = await Promise.all(Array.from({ length: 30 }, () => shop.place(stocked.variantId)));
    const numbers = orders.map(
      (order) => new URL(order.payment.url as string).searchParams.get("out_trade_no") as string,
    );
    const claimable = await shop.stock({ cards: 100, stockPolicy: "claim_on_payment" });
    const unclaimed = await shop.place(claimable.variantId);
    numbers.push(new URL(unclaimed.payment.url as string).searchParams.get("out_trade_no") as string);
    expectPicked(await early.place(stocked));
    expectPicked(await early.settle(numbers));
    await shop.rows("ANALYZE");
    const late = await hotConnection(database.app);
    expectPicked(await late.place(stocked));
    expectPicked(await late.settle(numbers));
    await early.end();
    await late.end();
  });

  test("what meters a key reads by index, however many keys there are and however much was spent of one", async ({
    database,
  }) => {
    const early = await hotConnection(database.app);
    const { sell } = await openQuotaShop(shop);
    const { order, keys } = await sell({ uses: 10_000_000, quantity: 60, spare: 500 });
    const hashes = keys.map((key) => sha256(key).toString("hex"));
    const cards = await shop.rows<{ id: string }>("SELECT id FROM card WHERE order_id = $1", [order.id]);
    const ids = cards.map(({ id }) => id);
    const expectAllIndexed = async (connection: typeof early) => {
      expectIndexed(await connection.open(hashes));
      expectIndexed(await connection.spend(hashes));
      expectIndexed(await connection.usesOf(ids));
    };
    await expectAllIndexed(early);
    await runOpen(shop.deps.hot, hashes);
    await shop.rows(
      `INSERT INTO quota_use (card_id, call_id, uses, used_after)
       SELECT card_id, 'call-of-' || n, 1, n FROM quota CROSS JOIN generate_series(1, 500) n WHERE card_id = ANY ($1::uuid[])`,
      [ids],
    );
    await shop.rows("UPDATE quota SET used = 500 WHERE is_open");
    await shop.rows("ANALYZE");
    const late = await hotConnection(database.app);
    for (const connection of [early, late]) await expectAllIndexed(connection);
    await early.end();
    await late.end();
    await expectInvariants(database);
  });

  test("after 20,000 sales a pick that follows the start hint costs no more buffers than at the first sale", async ({
    database,
  }) => {
    const stocked = await shop.stock({ cards: 20_500 });
    const hot = await hotConnection(database.app);
    const first = pickBuffers(await hot.place(stocked));
    await shop.rows(
      "UPDATE card SET status = 'reserved', order_id = gen_random_uuid() WHERE id IN (SELECT id FROM card WHERE variant_id = $1 AND status = 'available' ORDER BY pick LIMIT 20000)",
      [stocked.variantId],
    );
    const [sold] = await shop.rows<{ pick: string }>(
      "SELECT max(pick)::text AS pick FROM card WHERE variant_id = $1 AND status = 'reserved'",
      [stocked.variantId],
    );
    const last = pickBuffers(await hot.place(stocked, sold?.pick));
    await hot.end();
    expect(first).toBeGreaterThan(0);
    // Walking the dead entries of 20,000 sold cards costs ten times the first pick; heap pages alone make up to twice.
    expect(last).toBeLessThanOrEqual(first * 3);
  });
});
