import {
  checkThenTake,
  forUpdate,
  limitedUpdate,
  optimistic,
  skipLocked,
  tryConfirm,
} from "@/bench/contenders/orm-transactions";
import { batched, single } from "@/bench/contenders/ours";
import { pgbench } from "@/bench/contenders/pgbench";
import { queued, redisDecrement, redisList, redisLock, redisScript } from "@/bench/contenders/redis-first";
import { openBenchDatabase } from "@/bench/database";
import { type BenchShop, draftOrders, openBenchShop, restock } from "@/bench/shop";
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
  const redisBench = () => ({ shop, url: redis.url, connections: 2 });

  const CONTENDERS = {
    "our batched statement": () => batched(shop),
    "the single statement": () => single(shop, 2),
    "FOR UPDATE of the product": () => forUpdate(shop, 2),
    "the ORM's transaction with SKIP LOCKED": () => skipLocked(shop, 2),
    "pgbench, or its script": () => pgbench(shop),
    "the optimistic retry": () => optimistic(shop, 2),
    "try, confirm": () => tryConfirm(shop, 2),
    "check, then take": () => checkThenTake(shop, 2),
    "the ORM's limited updateMany": () => limitedUpdate(shop, 2),
    "the lock in Redis": () => redisLock(redisBench()),
    "DECR first": () => redisDecrement(redisBench()),
    "Lua first": () => redisScript(redisBench()),
    "the list of cards in Redis": () => redisList(redisBench()),
    "the queue": () => queued(redisBench()),
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

  test.each(Object.keys(CONTENDERS) as (keyof typeof CONTENDERS)[])(
    "%s writes the rows of an order, all of them",
    async (name) => {
      const { database } = shared;
      await restock(shop, 3_000);
      const before = await withClient(shop.urls.owner, (client) =>
        client.query<{ id: string }>("SELECT id FROM orders"),
      );
      const contender = CONTENDERS[name]();
      await contender.prepare?.();
      const outcome = await contender.run({ inFlight: 2, seconds: 0.3 }, await draftOrders(shop, 200));
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
  test("is never one on another machine", async () => {
    await expect(openBenchDatabase("postgresql://app:x@db.example.com/shop")).rejects.toThrow("on this machine");
  });

  test("is never one that the bench did not make", async ({ database }) => {
    await expect(openBenchDatabase(database.owner)).rejects.toThrow("did not make");
  });
});
