import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { finishAbandonedImports } from "@/lib/flows/finish-imports";
import { importCards } from "@/lib/flows/import-cards";
import type { ImportReport } from "@/lib/flows/write-cards";
import { setBounds } from "@/tests/support/bounds";
import { bundleChild } from "@/tests/support/child-program";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";
import { cardFile } from "./card-file";

/** So many cards are written and put on sale at once here; a chunk of the shop is ten of these. */
const CHUNK = 500;

describe("an import that is killed", { timeout: 180_000 }, () => {
  let script: string;
  let shop: TestShop;
  let putBoundsBack: () => void;
  test.beforeAll(async ({ database }) => {
    putBoundsBack = setBounds({ importCardsPerChunk: CHUNK, importStaleSeconds: 2 });
    shop = await openShop(database);
    script = await bundleChild("tests/integration/inventory/import-child.ts");
  });
  test.afterAll(async () => {
    await shop.close();
    removeFolder(script);
    putBoundsBack();
  });
  test.afterEach(({ database }) => expectInvariants(database));

  const startChild = (stocked: Stocked, lines: number, pauseMs: number): ChildProcess =>
    spawn(
      process.execPath,
      [script, JSON.stringify(shop.urls), stocked.variantId, `${lines}`, `${pauseMs}`, `${CHUNK}`],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );

  async function killAfter(
    child: ChildProcess,
    isReached: (line: string) => boolean | Promise<boolean>,
  ): Promise<void> {
    const exited = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout! })) {
      if (!(await isReached(line))) continue;
      child.kill("SIGKILL");
      break;
    }
    await exited;
  }

  const importAgain = async (stocked: Stocked, lines: number): Promise<ImportReport> => {
    const result = await importCards(shop.deps, {
      variantId: stocked.variantId,
      merchantId: null,
      source: cardFile(lines),
      actor: { kind: "command_line" },
      publish: true,
    });
    if (!result.ok) throw new Error(result.error);
    return result.value;
  };
  const count = async (sql: string, values: unknown[]): Promise<number> =>
    (await shop.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values))[0]?.n ?? -1;

  test("sells nothing, and the same file again gives the totals of an unbroken import", async ({ database }) => {
    const stocked = await shop.stock({ cards: 0 });
    await killAfter(startChild(stocked, 6_000, 100), (line) => Number(line) >= CHUNK);
    expect(await count("card WHERE variant_id = $1 AND status = 'draft'", [stocked.variantId])).toBeGreaterThanOrEqual(
      CHUNK,
    );
    expect(await count("card WHERE variant_id = $1 AND status <> 'draft'", [stocked.variantId])).toBe(0);
    await expectInvariants(database);

    const report = await importAgain(stocked, 6_000);
    expect(report).toMatchObject({ lines: 6_000, accepted: 6_000, duplicate: 0, rejected: 0 });
    expect(await count("card WHERE variant_id = $1 AND status = 'available'", [stocked.variantId])).toBe(6_000);
    expect(await count("card_secret WHERE variant_id = $1", [stocked.variantId])).toBe(6_000);
    expect(
      await shop.rows(
        "SELECT status, failure, line_count, accepted_count FROM batch WHERE variant_id = $1 ORDER BY number",
        [stocked.variantId],
      ),
    ).toEqual([
      { status: "failed", failure: "abandoned", line_count: 0, accepted_count: 0 },
      { status: "published", failure: null, line_count: 6_000, accepted_count: 6_000 },
    ]);
  });

  test("while it was being published: the next import of the variant finishes the publication", async () => {
    const stocked = await shop.stock({ cards: 0 });
    // By a connection that is there already: a look of a new one would come late.
    const onSale = () => shop.deps.db.card.count({ where: { variantId: stocked.variantId, status: "available" } });
    const child = startChild(stocked, 10_000, 0);
    const exited = once(child, "exit");
    await expect.poll(onSale, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    child.kill("SIGKILL");
    await exited;
    // Its heart stopped; the test above waits for that, this one turns the clock.
    await shop.rows("UPDATE batch SET heartbeat_at = heartbeat_at - interval '1 minute' WHERE variant_id = $1", [
      stocked.variantId,
    ]);
    expect(await importAgain(stocked, 10_000)).toMatchObject({ accepted: 0, duplicate: 10_000 });
    expect(await count("card WHERE variant_id = $1 AND status = 'available'", [stocked.variantId])).toBe(10_000);
  });

  test("and that nobody comes back to is discarded by the shop itself", async () => {
    const stocked = await shop.stock({ cards: 0 });
    await killAfter(startChild(stocked, 6_000, 200), (line) => Number(line) >= CHUNK);
    expect(await finishAbandonedImports(shop.deps)).toBe(0);
    await shop.rows("UPDATE batch SET heartbeat_at = heartbeat_at - interval '2 minutes' WHERE variant_id = $1", [
      stocked.variantId,
    ]);
    expect(await finishAbandonedImports(shop.deps)).toBe(1);
    expect(await count("card WHERE variant_id = $1", [stocked.variantId])).toBe(0);
    expect(await finishAbandonedImports(shop.deps)).toBe(0);
  });

  test("a slow import that still lives is waited for, not discarded", async () => {
    const stocked = await shop.stock({ cards: 0 });
    // The upload stalls until the other import has looked at it and gone on, which opens a batch of its own.
    async function* slow() {
      yield* cardFile(3_000);
      const batches = () => shop.deps.db.batch.count({ where: { variantId: stocked.variantId } });
      await expect.poll(batches, { timeout: 60_000, interval: 5 }).toBe(2);
      yield Buffer.from("the last one");
    }
    const command = {
      variantId: stocked.variantId,
      merchantId: null,
      actor: { kind: "system" },
      publish: true,
    } as const;
    // A busy machine may keep a heart from beating for seconds: it is to be told from a dead one by its beat, not by its speed.
    const putBack = setBounds({ importStaleSeconds: 60 });
    const first = importCards(shop.deps, { ...command, source: slow() });
    const cards = () => shop.deps.db.card.count({ where: { variantId: stocked.variantId } });
    await expect.poll(cards, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    const second = await importCards(shop.deps, { ...command, source: cardFile(3_000) }).finally(putBack);
    const reports = [await first, second].map((result) => (result.ok ? result.value : result.error));
    expect(reports[0]).toMatchObject({ lines: 3_001 });
    // Who was first with which chunk is chance; that each line was added once is not.
    const accepted = reports.map((report) => (typeof report === "string" ? report : report.accepted));
    expect(Number(accepted[0]) + Number(accepted[1])).toBe(3_001);
    expect(await count("card WHERE variant_id = $1 AND status = 'available'", [stocked.variantId])).toBe(3_001);
  });
});
