import type { IncomingMessage, ServerResponse } from "node:http";
import { hintBand } from "@/lib/features/catalog/stock-figures";
import { checkCaches } from "@/lib/flows/check-caches";
import { placeOrder } from "@/lib/flows/place-order";
import { rebuildCaches } from "@/lib/flows/rebuild-caches";
import { refreshStockBands } from "@/lib/flows/refresh-stock-bands";
import { sendMail } from "@/lib/flows/send-mail";
import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { getMetrics } from "@/lib/platform/metrics";
import { isAnswering } from "@/lib/platform/redis";
import { send } from "@/tests/support/api-client";
import { kapuHere } from "@/tests/support/command-here";
import { expectInvariants } from "@/tests/support/invariants";
import { openLane, type TestLane } from "@/tests/support/lane";
import { openPostbox, type Postbox, textOf } from "@/tests/support/postbox";
import { openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { makeTemporaryFolder, removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";
import { newAdmin } from "../merchants/shops";

let shop: TestShop;
let postbox: Postbox;
let lane: TestLane;
let stocked: readonly Stocked[];
let renders = 0;
const folder = makeTemporaryFolder("caches");

/** Stands where Next stands. */
const pages = async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(`<p>${++renders}</p>`);
};

test.beforeAll(async ({ database, redis }) => {
  postbox = await openPostbox();
  shop = await openShop(database, {
    REDIS_URL: redis.url,
    KAPU_SMTP_URL: postbox.url,
    KAPU_MAIL_FROM: "Kapu <shop@example.com>",
  });
  stocked = [await shop.stock({ cards: 30 }), await shop.stock({ cards: 2 }), await shop.stock({ cards: 0 })];
  await newAdmin(shop.deps);
  lane = await openLane(shop.deps, pages);
  await isAnswering(client(), 5_000);
  await refreshStockBands(shop.deps);
  await settled();
});
test.afterEach(({ database }) => expectInvariants(database));
test.afterAll(async () => {
  await lane.close();
  await shop.close();
  await postbox.close();
  removeFolder(folder);
});

function client() {
  if (!shop.deps.redis) throw new Error("the shop has a Redis");
  return shop.deps.redis;
}
const key = (n: number) => `kapu:stock:${stocked[n]?.variantId}`;
/** What changed a moment ago is not compared; here it changed a while ago. */
const settled = () => shop.rows("UPDATE variant_stock SET refreshed_at = refreshed_at - interval '1 minute'");
const stockOf = async (deps: Deps = shop.deps, isFull = false) => (await checkCaches(deps, { isFull }))[0];
const finding = async () =>
  (
    await shop.rows<{ status: string; resolution: string | null; n: number }>(
      "SELECT status, resolution, found_count AS n FROM finding WHERE kind = 'cache_drift' AND subject = 'stock'",
    )
  )[0];
/** Everything that a sale stands on, as one text; whatever a check writes elsewhere shows in the count of rows written. */
const state = async () =>
  JSON.stringify(
    await shop.rows(
      `SELECT (SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM card c) AS cards, (SELECT md5(string_agg(s::text, '|' ORDER BY variant_id)) FROM variant_stock s) AS bands,
              (SELECT md5(string_agg(p::text, '|' ORDER BY name)) FROM page_version p) AS versions, (SELECT md5(string_agg(v::text, '|' ORDER BY id)) FROM variant v) AS variants,
              (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM stock_entry) AS entries`,
    ),
  );
/** Lets the figures be right again, and the finding closed. */
async function calm() {
  await stockOf(shop.deps, true);
  await stockOf(shop.deps, true);
}

describe("figures of stock in Redis", () => {
  test("are filled where they are missing, as after a flush, and that is no drift", async () => {
    await client().flushall();
    expect(await hintBand(shop.deps, stocked[0]?.variantId as string)).toBeNull();
    expect(await stockOf()).toMatchObject({ outcome: "compared", compared: 3, missing: 3, drifted: 0 });
    const bands = await Promise.all(stocked.map(({ variantId }) => hintBand(shop.deps, variantId)));
    expect(bands).toEqual(["in_stock", "low", "sold_out"]);
    expect(await finding()).toBeUndefined();
  });

  test("are told when a band changes", async () => {
    await shop.restock(stocked[2] as Stocked, 1);
    expect(await hintBand(shop.deps, stocked[2]?.variantId as string)).toBe("low");
    await settled();
    await calm();
  });

  test("that are forged are found by one check and mended; a finding and a mail say so, and the next check closes it", async () => {
    await calm();
    const before = await state();
    await client().set(key(0), "99999999999999:sold_out");
    await client().set(key(1), `${"x".repeat(1_000_000)}`);
    await client().del(key(2));
    await client().rpush(key(2), "a list");
    expect(await stockOf()).toMatchObject({ compared: 3, drifted: 3 });
    const bands = await Promise.all(stocked.map(({ variantId }) => hintBand(shop.deps, variantId)));
    expect(bands).toEqual(["in_stock", "low", "low"]);
    expect(await finding()).toMatchObject({ status: "open" });
    expect(await getMetrics().registry.getSingleMetricAsString("kapu_cache_drift_ratio")).toMatch(
      /cache="stock"\} 1$/m,
    );
    const mails = await shop.deps.db.mail.findMany({ where: { kind: "cache_drift" } });
    expect(mails).toHaveLength(1);
    await sendMail(shop.deps, { mailId: mails[0]?.id as string });
    expect(textOf(postbox.letters.at(-1) ?? "")).toContain("/zh/admin/caches");
    expect(await stockOf()).toMatchObject({ compared: 3, drifted: 0 });
    expect(await finding()).toMatchObject({ status: "resolved", resolution: "mended" });
    expect(await getMetrics().registry.getSingleMetricAsString("kapu_cache_drift_ratio")).toMatch(
      /cache="stock"\} 0$/m,
    );
    // Nothing of what a sale stands on was written.
    expect(await state()).toBe(before);
  });

  test("that are forged again open the same finding again, without another mail so soon", async () => {
    await client().set(key(0), "1:low");
    await stockOf();
    expect(await finding()).toMatchObject({ status: "open" });
    expect(await shop.deps.db.mail.count({ where: { kind: "cache_drift" } })).toBe(1);
    await stockOf();
    expect(await finding()).toMatchObject({ status: "resolved" });
  });

  test("of no variant are cleared away by a whole check, and nothing else of Redis is touched", async () => {
    await client().mset("kapu:stock:nobody", "1:low", "kapu:stock:00000000-0000-4000-8000-000000000000", "1:low");
    await client().set("kapu:limit:checkout:1", "3");
    expect(await stockOf(shop.deps, true)).toMatchObject({ strays: 2, drifted: 0 });
    expect(await client().exists("kapu:stock:nobody")).toBe(0);
    expect(await client().get("kapu:limit:checkout:1")).toBe("3");
  });

  test("that change while they are compared are not called wrong", async () => {
    // Redis has not heard yet of what the database changed a moment ago.
    await shop.rows(
      "UPDATE variant_stock SET band = 'sold_out', refreshed_at = clock_timestamp() WHERE variant_id = $1",
      [stocked[0]?.variantId],
    );
    expect(await stockOf(shop.deps, true)).toMatchObject({ compared: 2, drifted: 0 });
    await refreshStockBands(shop.deps);
    await settled();
    await calm();
    // And between the two looks of one check: whoever reads Redis first sees what was, and then the database moves on.
    await client().set(key(1), "1:in_stock");
    let looks = 0;
    const moving = Object.create(client()) as typeof shop.deps.redis & object;
    moving.pipeline = ((commands: [string, ...string[]][]) => {
      const pipeline = client().pipeline(commands);
      const exec = pipeline.exec.bind(pipeline);
      pipeline.exec = async () => {
        const replies = await exec();
        if (++looks === 1)
          await shop.rows(
            "UPDATE variant_stock SET refreshed_at = refreshed_at + interval '1 second' WHERE variant_id = $1",
            [stocked[1]?.variantId],
          );
        return replies;
      };
      return pipeline;
    }) as typeof moving.pipeline;
    expect(await stockOf({ ...shop.deps, redis: moving }, true)).toMatchObject({ drifted: 0 });
    expect(await stockOf(shop.deps, true)).toMatchObject({ drifted: 1 });
    await calm();
  });

  test("are never believed: a forged one refuses no buyer who can have cards, and serves none who cannot", async () => {
    await client().mset(key(0), "1:sold_out", key(1), "1:in_stock");
    const few = stocked[1]?.variantId as string;
    expect((await placeOrder(shop.deps, shop.order(stocked[0]?.variantId as string))).ok).toBe(true);
    expect(await placeOrder(shop.deps, shop.order(few, { quantity: 50 }))).toMatchObject({
      error: "insufficient_stock",
    });
    await calm();
  });
});

describe("a check", () => {
  test("of a Redis that hangs ends in a moment, changes nothing, and goes on when it answers again", async ({
    redis,
  }) => {
    const before = await state();
    redis.signal("SIGSTOP");
    const startedAt = performance.now();
    const report = await stockOf(shop.deps, true).finally(() => undefined);
    const tookMs = performance.now() - startedAt;
    expect(await hintBand(shop.deps, stocked[0]?.variantId as string)).toBeNull();
    redis.signal("SIGCONT");
    expect(report).toMatchObject({ outcome: "unanswered", drifted: 0 });
    expect(tookMs).toBeLessThan(3_000);
    await isAnswering(client(), 5_000);
    expect(await stockOf(shop.deps, true)).toMatchObject({ outcome: "compared", compared: 3, drifted: 0 });
    expect(await state()).toBe(before);
  });

  test("without a Redis finds nothing to compare", async () => {
    expect(await stockOf({ ...shop.deps, redis: null }, true)).toMatchObject({ outcome: "absent", compared: 0 });
  });

  test("by the command line says what it found, and answers no when anything was wrong", async ({
    database,
    redis,
  }) => {
    await client().set(key(0), "1:low");
    const env = {
      DATABASE_URL: database.superuser,
      KAPU_SECRET: "s".repeat(40),
      KAPU_DATA_DIR: folder,
      REDIS_URL: redis.url,
    };
    const found = await kapuHere(["check-caches", "--json"], { env });
    expect([found.code, found.json()]).toMatchObject([1, { outcome: "compared", compared: 3, drifted: 1 }]);
    expect(await stockOf()).toMatchObject({ drifted: 0 });
  });
});

describe("pages that a process keeps", () => {
  const get = async () => (await send(`${lane.url}/zh`)).text;

  test("under versions that are not the database's are forgotten, and told of", async () => {
    const kept = await get();
    expect((await checkCaches(shop.deps))[1]).toMatchObject({ cache: "pages", outcome: "compared", drifted: 0 });
    // This process believes for ever what it read once.
    const memory = ofDeps(shop.deps, "catalog.page-versions", () => ({ known: null as { readAt: number } | null }));
    await get();
    Object.assign(memory.known ?? {}, { readAt: shop.deps.clock.elapsed() + 3_600_000 });
    await shop.rows("UPDATE page_version SET version = version + 1 WHERE name = 'catalog'");
    await new Promise((resolve) => setTimeout(resolve, limits.pageVersionReadMs + 50));
    expect(await get()).toBe(kept);
    expect((await checkCaches(shop.deps))[1]).toMatchObject({ drifted: 1 });
    expect(await get()).not.toBe(kept);
    const about = { kind: "cache_drift", subject: "pages" };
    expect(await shop.deps.db.finding.findFirst({ where: about })).toMatchObject({ status: "open" });
    await checkCaches(shop.deps);
    expect(await shop.deps.db.finding.findFirst({ where: about })).toMatchObject({ status: "resolved" });
  });

  test("that a change in this second has made old are not called wrong", async () => {
    await get();
    await shop.rows("UPDATE page_version SET version = version + 1 WHERE name = 'stock_band'");
    expect((await checkCaches(shop.deps))[1]).toMatchObject({ drifted: 0 });
  });

  test("are all rendered anew, and all figures set, when an admin says so, on record", async () => {
    const kept = await get();
    await client().set(key(0), "1:low");
    const admin = await newAdmin(shop.deps);
    const rebuilt = await rebuildCaches(shop.deps, admin);
    expect(rebuilt.ok && rebuilt.value[0]).toMatchObject({ outcome: "compared", drifted: 0, missing: 0 });
    await new Promise((resolve) => setTimeout(resolve, limits.pageVersionReadMs + 50));
    expect(await get()).not.toBe(kept);
    const record = await shop.deps.db.auditEvent.findFirst({ where: { action: "cache.rebuilt" } });
    expect(record).toMatchObject({ actorId: admin.userId });
  });
});
