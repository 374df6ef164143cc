import { TECHNIQUES, type Technique } from "@/bench/contenders/all";
import { pgbench } from "@/bench/contenders/pgbench";
import { openBenchDatabase } from "@/bench/database";
import { type BenchShop, draftAmong, openBenchShop, openVariant, restockAll } from "@/bench/shop";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { expectInvariants } from "@/tests/support/invariants";
import { startRedis, type TestRedis } from "@/tests/support/redis";
import { describe, expect, test } from "@/tests/support/test";

describe("what the bench compares", () => {
  let shop: BenchShop;
  let redis: TestRedis;
  test.beforeAll(async ({ database }) => {
    shop = await openBenchShop(database);
    redis = await startRedis();
  });
  test.afterAll(() => Promise.all([closeDeps(shop.deps), redis.stop()]));
  const CONTENDERS: Record<Technique | "pgbench", string> = {
    ours: "our batched statement",
    single: "the single statement",
    forUpdate: "FOR UPDATE of the product",
    skipLocked: "the ORM's transaction with SKIP LOCKED",
    optimistic: "the optimistic retry",
    tryConfirm: "try, confirm",
    checkThenTake: "check, then take",
    limitedUpdate: "the ORM's limited updateMany",
    redisLock: "the lock in Redis",
    redisDecrement: "DECR first",
    redisScript: "Lua first",
    redisList: "the list of cards in Redis",
    queued: "the queue",
    pgbench: "pgbench, or its script",
  };

  /** Rows per order in each table, and which columns of the wide ones are filled. */
  async function shapeSince(lastOrders: readonly string[]): Promise<unknown> {
    const { rows } = await withClient(shop.urls.owner, (client) =>
      client.query(
        `SELECT DISTINCT (SELECT count(*) FROM order_line l WHERE l.order_id = o.id) AS lines,
                (SELECT count(*) FROM payment_attempt a WHERE a.order_id = o.id AND a.next_query_at IS NOT NULL) AS attempts,
                (SELECT count(*) FROM stock_entry e WHERE e.order_id = o.id AND e.kind = 'reserve') AS entries,
                (SELECT count(*) FROM outbox b WHERE b.order_id = o.id AND b.kind = 'order.placed') AS announcements,
                (SELECT count(*) FROM card c WHERE c.order_id = o.id AND c.status = 'reserved' AND c.reserved_until = o.deadline_at) AS cards,
                cardinality(o.card_ids) AS ids
           FROM orders o WHERE NOT o.id = ANY ($1::uuid[])`,
        [lastOrders],
      ),
    );
    return rows;
  }

  test.each((Object.keys(CONTENDERS) as (keyof typeof CONTENDERS)[]).map((name) => [CONTENDERS[name], name] as const))(
    "%s writes the rows of an order of each product, all of them",
    async (_what, name) => {
      const { database } = shared;
      const shops = [shop, await openVariant(shop)];
      await restockAll(shops, 400);
      const before = await withClient(shop.urls.owner, (client) =>
        client.query<{ id: string }>("SELECT id FROM orders"),
      );
      const create = name === "pgbench" ? pgbench : TECHNIQUES[name];
      const contender = create({ shop, connections: 2, redisUrl: redis.url });
      const drafts = await draftAmong(shops, 100);
      await contender.prepare?.(drafts);
      const outcome = await contender.run({ inFlight: 2, seconds: 0.1 }, drafts);
      await contender.close();
      expect(outcome).toMatchObject({ failed: 0 });
      expect(outcome.done).toBeGreaterThan(0);
      expect(await shapeSince(before.rows.map(({ id }) => id))).toEqual([
        { lines: "1", attempts: "1", entries: "1", announcements: "1", cards: "1", ids: 1 },
      ]);
      await expectInvariants({ audit: database });
    },
  );

  const shared = { database: "" };
  test.beforeAll(({ database }) => {
    shared.database = database.audit;
  });
});

describe("the database that is loaded", () => {
  const onlyHere = { allowRemoteHost: false };

  test("is never one on another machine that nobody asked for", async () => {
    const elsewhere = "postgresql://app:x@db.example.com/shop";
    await expect(openBenchDatabase(elsewhere, onlyHere)).rejects.toThrow("--allow-remote-host");
  });

  test("is never one that the bench did not make, whatever is allowed", async ({ database }) => {
    await expect(openBenchDatabase(database.owner, onlyHere)).rejects.toThrow("did not make");
    await expect(openBenchDatabase(database.owner, { allowRemoteHost: true })).rejects.toThrow("did not make");
    const { rowCount } = await withClient(database.owner, (client) =>
      client.query("SELECT 1 FROM pg_tables WHERE tablename = 'card'"),
    );
    expect(rowCount).toBe(1);
  });
});
