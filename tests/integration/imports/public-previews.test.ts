import { listPreviews } from "@/lib/features/previews/queries";
import { importCards } from "@/lib/flows/import-cards";
import { placeOrder } from "@/lib/flows/place-order";
import { revealOrder } from "@/lib/flows/reveal-order";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("a file that says what is public about its cards", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  async function bring(variantId: string, text: string, publish = true) {
    const source = (async function* () {
      yield Buffer.from(text);
    })();
    const actor = { kind: "command_line" } as const;
    const read = await importCards(shop.deps, { variantId, merchantId: null, source, actor, publish });
    if (!read.ok) throw new Error(read.error);
    const { batchId: _, ...figures } = read.value;
    return figures;
  }
  const listed = async (variantId: string) =>
    (
      await listPreviews(
        shop.deps,
        { variantId, seller: "web_zh", q: undefined, cursor: undefined, limit: 10 },
        { isFresh: true },
      )
    ).items;

  test("offers those to choose from, sells the others as they come, and adds nothing the second time", async () => {
    const { variantId } = await shop.stock({ cards: 0 });
    const file = "卡密,公开预览,加价\nK-1,尾号 8888,88\nK-2,,\nK-3,尾号 6666,66.00\nK-4,K-4 在此,1\n";
    expect(await bring(variantId, file)).toEqual({ lines: 4, accepted: 3, duplicate: 0, rejected: 1 });
    expect(await bring(variantId, file)).toEqual({ lines: 4, accepted: 0, duplicate: 3, rejected: 1 });
    const cards = await listed(variantId);
    expect(cards.map(({ preview, extraMinor }) => [preview, extraMinor])).toEqual([
      ["尾号 6666", 6600n],
      ["尾号 8888", 8800n],
    ]);
    const plain = await shop.place(variantId);
    expect(await placeOrder(shop.deps, shop.order(variantId))).toEqual({ ok: false, error: "insufficient_stock" });
    const chosen = await shop.place(variantId, { chosen: { previewId: cards[1]?.id ?? "" } });
    for (const [order, secret] of [
      [plain, "K-2"],
      [chosen, "K-1"],
    ] as const) {
      await shop.pay(order);
      const revealed = await revealOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
      expect(revealed.ok && revealed.value.secrets.map(({ text }) => text.reveal())).toEqual([secret]);
    }
  });

  test("refuses a line whose preview holds what the database takes in no text, and takes the lines beside it", async () => {
    const { variantId } = await shop.stock({ cards: 0 });
    const file =
      '[{"code":"F-1","preview":"half \\ud800 a letter"},{"code":"F-2","preview":"end \\u2028 of a line"},{"code":"F-3","preview":"good"}]';
    expect(await bring(variantId, file)).toEqual({ lines: 3, accepted: 1, duplicate: 0, rejected: 2 });
    expect((await listed(variantId)).map(({ preview }) => preview)).toEqual(["good"]);
  });

  test("shows nothing of a batch that is not published, and an import that is given up leaves no preview", async () => {
    const { variantId } = await shop.stock({ cards: 0 });
    await bring(variantId, "code,preview\nD-1,a draft\n", false);
    expect(await listed(variantId)).toEqual([]);
    const broken = importCards(shop.deps, {
      variantId,
      merchantId: null,
      source: (async function* () {
        yield Buffer.from("code,preview\nE-1,gone\n");
        yield Buffer.from('"open');
      })(),
      actor: { kind: "command_line" },
      publish: true,
    });
    expect(await broken).toEqual({ ok: false, error: "unclosed_quote" });
    expect(await shop.deps.db.cardPreview.count({ where: { variantId } })).toBe(1);
  });
});
