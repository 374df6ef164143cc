import { type ImportCards, importCards } from "@/lib/flows/import-cards";
import { placeOrder } from "@/lib/flows/place-order";
import { publishBatch } from "@/lib/flows/publish-batch";
import { refreshStockBands } from "@/lib/flows/refresh-stock-bands";
import { revealOrder } from "@/lib/flows/reveal-order";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { setBounds } from "@/tests/support/bounds";
import { expectInvariants } from "@/tests/support/invariants";
import { openDeps, openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { bytes, CANARY, cardFile, cardText } from "./card-file";

describe("importing cards", () => {
  let shop: TestShop;
  let putBoundsBack: () => void;
  test.beforeAll(async ({ database }) => {
    // Small files have more chunks than one, as large ones have.
    putBoundsBack = setBounds({ importCardsPerChunk: 500 });
    shop = await openShop(database);
  });
  test.afterAll(() => shop.close().finally(putBoundsBack));
  test.afterEach(({ database }) => expectInvariants(database));

  const importInto = (
    { variantId, merchantId }: Stocked,
    source: AsyncIterable<Uint8Array>,
    options: Partial<ImportCards> = {},
  ) =>
    importCards(shop.deps, {
      variantId,
      merchantId,
      source,
      actor: { kind: "command_line" },
      publish: true,
      ...options,
    });
  const countCards = async ({ variantId }: Stocked, status: string): Promise<number> =>
    (
      await shop.rows<{ n: number }>("SELECT count(*)::int AS n FROM card WHERE variant_id = $1 AND status = $2", [
        variantId,
        status,
      ])
    )[0]?.n ?? -1;
  const figures = (result: Awaited<ReturnType<typeof importCards>>) => {
    if (!result.ok) return result.error;
    const { batchId: _batchId, ...rest } = result.value;
    return rest;
  };

  test("every good line becomes one card on sale; refused lines are named without their text", async () => {
    const stocked = await shop.stock({ cards: 0 });
    const file = bytes(
      "\uFEFF",
      "A----1\r\n  kept as it is \r\n\r\nA----1\nba\0d\n",
      Buffer.from([0xc4, 0xe3, 10]),
      "x".repeat(20_000),
    );
    const result = await importInto(stocked, file);
    expect(figures(result)).toEqual({ lines: 7, accepted: 2, duplicate: 1, rejected: 4 });
    expect(
      await shop.rows(
        "SELECT line, reason FROM batch_reject r JOIN batch b ON b.id = r.batch_id WHERE b.variant_id = $1 ORDER BY line",
        [stocked.variantId],
      ),
    ).toEqual([
      { line: 3, reason: "empty" },
      { line: 5, reason: "nul" },
      { line: 6, reason: "not_utf8" },
      { line: 7, reason: "too_long" },
    ]);
    expect(await countCards(stocked, "available")).toBe(2);
  });

  test("a card is revealed byte for byte as it stood in the file, in the file's order", async () => {
    const stocked = await shop.stock({ cards: 0 });
    const texts = ["  007  ", "账号 a@b.cn----密码 Zx12!", "%0A\t\"quoted\",'x'", "𝕂ey"];
    await importInto(stocked, bytes(texts.join("\r")));
    const order = await shop.place(stocked.variantId, { quantity: 4 });
    expect(await shop.pay(order)).toBe("success");
    const revealed = await revealOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
    expect(revealed.ok && revealed.value.secrets.map(({ text }) => text.reveal())).toEqual(texts);
  });

  test("the same file again adds nothing, also with other line ends", async () => {
    const stocked = await shop.stock({ cards: 0 });
    expect(figures(await importInto(stocked, cardFile(700)))).toMatchObject({ accepted: 700, duplicate: 0 });
    expect(figures(await importInto(stocked, cardFile(700, { eol: "\r\n" })))).toEqual({
      lines: 700,
      accepted: 0,
      duplicate: 700,
      rejected: 0,
    });
    expect(await countCards(stocked, "available")).toBe(700);
  });

  test("the same file in two tabs, in two processes, adds each line once and deadlocks nobody", async () => {
    const stocked = await shop.stock({ cards: 0 });
    const other = openDeps(shop.urls);
    const command = {
      variantId: stocked.variantId,
      merchantId: null,
      actor: { kind: "command_line" },
      publish: true,
    } as const;
    const reports = await Promise.all([
      importCards(shop.deps, { ...command, source: cardFile(900) }),
      importCards(other, { ...command, source: cardFile(900) }),
    ]);
    await closeDeps(other);
    const accepted = reports.map((report) => (report.ok ? report.value.accepted : -1));
    expect((accepted[0] ?? 0) + (accepted[1] ?? 0)).toBe(900);
    expect(await countCards(stocked, "available")).toBe(900);
  });

  test("nothing can be bought before the whole file is in, and a draft only when it is published", async () => {
    const stocked = await shop.stock({ cards: 0 });
    const seen: string[] = [];
    const buy = async () => {
      const result = await placeOrder(shop.deps, shop.order(stocked.variantId));
      seen.push(result.ok ? "placed" : result.error);
    };
    async function* watched() {
      yield* cardFile(600);
      await buy();
    }
    const result = await importInto(stocked, watched(), { publish: false });
    await buy();
    expect(seen).toEqual(["insufficient_stock", "insufficient_stock"]);
    if (!result.ok) throw new Error(result.error);
    await publishBatch(shop.deps, { batchId: result.value.batchId, actor: { kind: "system" } });
    expect(await countCards(stocked, "available")).toBe(600);
    await buy();
    expect(seen.at(-1)).toBe("placed");
  });

  test("what has just been published is not called sold out until the next round of the job", async () => {
    const stocked = await shop.stock({ cards: 0 });
    await refreshStockBands(shop.deps);
    const band = () => shop.deps.db.variantStock.findUnique({ where: { variantId: stocked.variantId } });
    const version = async () =>
      (await shop.deps.db.pageVersion.findUniqueOrThrow({ where: { name: "stock_band" } })).version;
    const before = await version();
    expect((await band())?.band).toBe("sold_out");
    await importInto(stocked, cardFile(50));
    expect((await band())?.band).toBe("in_stock");
    expect(await version()).toBe(before + 1n);
  });

  test("a source that breaks half-way leaves nothing, and the file can be imported again at once", async () => {
    const stocked = await shop.stock({ cards: 0 });
    async function* broken() {
      yield* cardFile(600);
      throw new Error("the browser went away");
    }
    await expect(importInto(stocked, broken())).rejects.toThrow("the browser went away");
    expect(await countCards(stocked, "draft")).toBe(0);
    expect(figures(await importInto(stocked, cardFile(600)))).toMatchObject({ accepted: 600, duplicate: 0 });
  });

  test.each([
    ["empty_file", () => bytes()],
    ["empty_file", () => bytes("\uFEFF")],
    ["broken_workbook", () => bytes("PK\x03\x04", Buffer.alloc(5_000))],
    ["binary_file", () => bytes(Buffer.alloc(200_000))],
  ])("%s: the file is refused whole and leaves no batch", async (refusal, source) => {
    const stocked = await shop.stock({ cards: 0 });
    expect(figures(await importInto(stocked, source()))).toBe(refusal);
    expect(await shop.rows("SELECT id FROM batch WHERE variant_id = $1", [stocked.variantId])).toEqual([]);
  });

  test("a variant that is not there, or another merchant's, is not found", async () => {
    const stocked = await shop.stock({ cards: 0 });
    const foreign = { ...stocked, merchantId: stocked.productId };
    expect(figures(await importInto(foreign, bytes("a")))).toBe("not_found");
    expect(figures(await importInto({ ...stocked, variantId: stocked.productId }, bytes("a")))).toBe("not_found");
  });

  test("a line of 1 GB takes the memory of a few chunks and is refused; its neighbours are cards", async () => {
    const stocked = await shop.stock({ cards: 0 });
    const block = Buffer.alloc(4 * 1024 * 1024, "x");
    let peak = 0;
    async function* huge() {
      yield Buffer.from("before\n");
      for (let megabytes = 0; megabytes < 1024; megabytes += 4) {
        yield block;
        peak = Math.max(peak, process.memoryUsage().arrayBuffers);
      }
      yield Buffer.from("\nafter\n");
    }
    const before = process.memoryUsage().arrayBuffers;
    expect(figures(await importInto(stocked, huge()))).toEqual({ lines: 3, accepted: 2, duplicate: 0, rejected: 1 });
    expect(peak - before).toBeLessThan(32 * 1024 * 1024);
  });

  test("no card's text, and no line's, is in any row of the database", async ({ database }) => {
    const stocked = await shop.stock({ cards: 0 });
    await importInto(stocked, bytes(`${cardText(1)}\n${cardText(2)}\0\n`), { note: "shelf 3" });
    const order = await shop.place(stocked.variantId);
    await shop.pay(order);
    await revealOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
    const tables = await shop.rows<{ name: string }>(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'graphile_worker')",
    );
    const needles = [CANARY, Buffer.from(CANARY).toString("hex"), Buffer.from(CANARY).toString("base64").slice(0, 12)];
    const found = await withClient(database.superuser, async (client) => {
      const hits: string[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM ${name} t WHERE t::text ILIKE ANY ($1::text[])`,
          [needles.map((needle) => `%${needle}%`)],
        );
        if (rows[0]?.n !== 0) hits.push(name);
      }
      return hits;
    });
    expect(tables.length).toBeGreaterThan(25);
    expect(found).toEqual([]);
  });

  test("the log tells of an import in ids and figures, and never in texts", async () => {
    const stocked = await shop.stock({ cards: 0 });
    const lines: string[] = [];
    const write = (event: string, fields?: object, error?: unknown) =>
      void lines.push(JSON.stringify({ event, fields, error: String(error) }));
    const deps = { ...shop.deps, log: { info: write, warn: write, error: write } };
    const result = await importCards(deps, {
      variantId: stocked.variantId,
      merchantId: null,
      source: cardFile(3),
      actor: { kind: "system" },
      publish: true,
    });
    expect(result.ok).toBe(true);
    expect(lines.some((line) => line.includes("batch.imported"))).toBe(true);
    expect(lines.join("\n")).not.toContain(CANARY);
  });
});
