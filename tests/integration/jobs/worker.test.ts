import { freeAbandonedJobs } from "@/lib/features/health/queue";
import { isSoldOut, startCount } from "@/lib/features/inventory/sold-out-latch";
import { mailOrderLink } from "@/lib/flows/mail-order-link";
import type { Job } from "@/lib/jobs/job";
import { JOBS } from "@/lib/jobs/registry";
import { listenForStock } from "@/lib/jobs/stock-listener";
import { startTicker } from "@/lib/jobs/ticker";
import { startWorker } from "@/lib/jobs/worker";
import { limits } from "@/lib/kernel/limits";
import { withClient } from "@/lib/platform/with-client";
import { expectInvariants } from "../../support/invariants";
import { openPostbox, type Postbox } from "../../support/postbox";
import { openShop, type TestShop } from "../../support/shop";
import { describe, expect, test } from "../../support/test";

describe("the worker", () => {
  let postbox: Postbox;
  let shop: TestShop;

  test.beforeAll(async ({ database }) => {
    postbox = await openPostbox();
    shop = await openShop(database, { KAPU_SMTP_URL: postbox.url, KAPU_MAIL_FROM: "shop@example.com" });
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(async () => {
    await shop.close();
    await postbox.close();
  });

  test("two of them send each mail of a delivery, once it was refused again, and a mailed link", async () => {
    const workers = await Promise.all([startWorker(shop.deps, shop.urls), startWorker(shop.deps, shop.urls)]);
    try {
      const { variantId } = await shop.stock({ cards: 6 });
      postbox.refusals = 1;
      const orders = await Promise.all(Array.from({ length: 3 }, () => shop.place(variantId)));
      for (const order of orders) expect(await shop.pay(order)).toBe("success");
      await expect
        .poll(async () => (await shop.rows("SELECT 1 FROM mail WHERE status = 'sent'")).length, { timeout: 30_000 })
        .toBe(3);
      expect(postbox.letters.length).toBe(3);
      const [order] = await shop.rows<{ number: string; email: string }>("SELECT number, email FROM orders LIMIT 1");
      await mailOrderLink(shop.deps, { ...order!, addressKey: "test" });
      await expect.poll(() => postbox.letters.length, { timeout: 20_000 }).toBe(4);
      expect(postbox.letters[3]).toContain(`To: ${order?.email}`);
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  });

  test("can run every job", async () => {
    const context = { deps: shop.deps, urls: shop.urls };
    for (const job of JOBS) await expect(job.run(context), job.name).resolves.toBeGreaterThanOrEqual(0);
  });

  test("gives lapsed stock back, fills what is owed and refreshes the bands by itself", async () => {
    const worker = await startWorker(shop.deps, shop.urls);
    try {
      const stocked = await shop.stock({ cards: 1 });
      const lapsed = await shop.place(stocked.variantId);
      await shop.lapse(lapsed.id, 60);
      const available = async () =>
        (await shop.rows("SELECT 1 FROM card WHERE variant_id = $1 AND status = 'available'", [stocked.variantId]))
          .length;
      await expect.poll(available, { timeout: 15_000 }).toBe(1);
      const band = async () =>
        (
          await shop.rows<{ band: string }>("SELECT band FROM variant_stock WHERE variant_id = $1", [stocked.variantId])
        )[0]?.band;
      await expect.poll(band, { timeout: 10_000 }).toBe("low");
      await shop.place(stocked.variantId);
      await expect.poll(band, { timeout: 10_000 }).toBe("sold_out");
    } finally {
      await worker.stop();
    }
  });

  test("takes a job back from a worker that was killed, early enough for a mail within two minutes", async () => {
    const { db } = shop.deps;
    const { everySeconds = 120 } = JOBS.find(({ name }) => name === "free-abandoned-jobs") ?? {};
    const heldSeconds = 110 - everySeconds - limits.queuePollMs / 1_000;
    await db.$executeRaw`SELECT graphile_worker.add_job('nobody-does-this')`;
    await db.$executeRaw`UPDATE graphile_worker._private_jobs SET locked_by = 'dead', locked_at = now() - make_interval(secs => ${heldSeconds}::int)`;
    expect(await freeAbandonedJobs(shop.deps)).toBe(1);
    expect(await db.$queryRaw`SELECT 1 FROM graphile_worker.jobs WHERE locked_by IS NOT NULL`).toEqual([]);
    expect(await freeAbandonedJobs(shop.deps)).toBe(0);
  });

  test("hears of a restock, also after its connection was cut", async ({ database }) => {
    const listener = listenForStock(shop.deps, shop.urls.app);
    const { variantId, poolId } = await shop.stock({ cards: 0 });
    const place = { variantId, poolId };
    const isDropped = async () => {
      // The latch would open by itself after 200 ms, so it is set again before each look.
      startCount(shop.deps, place)(0);
      await shop.rows("SELECT pg_notify('kapu_stock', $1)", [variantId]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return !isSoldOut(shop.deps, place, 1);
    };
    try {
      await expect.poll(isDropped, { timeout: 5_000 }).toBe(true);
      await withClient(database.superuser, (client) =>
        client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kapu-listen'"),
      );
      await expect.poll(isDropped, { timeout: 10_000 }).toBe(true);
    } finally {
      await listener.stop();
    }
  });
});

describe("a job", () => {
  const context = {
    deps: { log: { info: () => {}, warn: () => {}, error: () => {} } },
    urls: { audit: "", owner: "" },
  } as unknown as Parameters<typeof startTicker>[1];
  const job = (run: Job["run"], change: Partial<Job> = {}): Job => ({
    name: "test",
    everySeconds: 0.01,
    timeoutSeconds: 1,
    run,
    ...change,
  });

  test("runs again after it failed and after it hung", async () => {
    let runs = 0;
    const ticker = startTicker(
      job(
        async () => {
          runs++;
          if (runs === 1) throw new Error("once");
          if (runs === 2) await new Promise(() => {});
          return 0;
        },
        { timeoutSeconds: 0.05 },
      ),
      context,
    );
    await expect.poll(() => runs).toBeGreaterThan(3);
    await ticker.stop();
    const after = runs;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(runs).toBe(after);
  });

  test("that fills its batch goes on at once, and never twice at a time", async () => {
    let inFlight = 0;
    let most = 0;
    let left = 5;
    const ticker = startTicker(
      job(
        async () => {
          inFlight++;
          most = Math.max(most, inFlight);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inFlight--;
          return left-- > 0 ? 10 : 0;
        },
        { everySeconds: 0.5, batch: 10 },
      ),
      context,
    );
    await expect.poll(() => left, { timeout: 1_500 }).toBeLessThan(0);
    await ticker.stop();
    expect(most).toBe(1);
  });
});
