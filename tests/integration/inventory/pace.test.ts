import { generateKeys } from "@/lib/flows/generate-keys";
import { importCards } from "@/lib/flows/import-cards";
import { tellPace } from "@/lib/flows/pace";
import { shareSecret } from "@/lib/flows/share-secret";
import { newId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import { setBounds } from "@/tests/support/bounds";
import { expectInvariants } from "@/tests/support/invariants";
import { openQuotaShop } from "@/tests/support/quota";
import { openShop, type Stocked, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { cardFile } from "./card-file";

/** Whoever has ordered here is buying now, or nobody is: bounds that do not depend on how long a test takes. */
const EVERYBODY = { buyersSeenSeconds: 3_600 };
const NOBODY = { buyersSeenSeconds: 0 };

describe("buyers beside an import", () => {
  let shop: TestShop;
  let putBoundsBack: () => void;
  test.beforeAll(async ({ database }) => {
    putBoundsBack = setBounds({ importCardsPerChunk: 400, importCardsPerGentleChunk: 100, ...NOBODY });
    shop = await openShop(database);
  });
  test.afterAll(() => shop.close().finally(putBoundsBack));
  test.afterEach(({ database }) => expectInvariants(database));

  /** How many cards each entry of the ledger names, of each kind. */
  const entriesOf = async (batchId: string): Promise<Record<string, number[]>> => {
    const rows = await shop.rows<{ kind: string; cards: number[] }>(
      `SELECT kind, array_agg(cardinality(card_ids) ORDER BY id) AS cards FROM stock_entry
        WHERE batch_id = $1 GROUP BY kind`,
      [batchId],
    );
    return Object.fromEntries(rows.map(({ kind, cards }) => [kind, cards]));
  };
  const importAndCount = async ({ variantId, merchantId }: Stocked): Promise<Record<string, number[]>> => {
    const source = cardFile(900);
    const command = { variantId, merchantId, source, actor: { kind: "command_line" }, publish: true } as const;
    const imported = await importCards(shop.deps, command);
    if (!imported.ok) throw new Error(imported.error);
    expect(imported.value).toMatchObject({ lines: 900, accepted: 900, duplicate: 0, rejected: 0 });
    return entriesOf(imported.value.batchId);
  };

  test("while nobody buys, cards come in and go on sale in large chunks; beside a buyer in small ones, and the same come in", async () => {
    await shop.place((await shop.stock({ cards: 1 })).variantId);
    expect(await importAndCount(await shop.stock({ cards: 0 }))).toEqual({
      import: [400, 400, 100],
      publish: [400, 400, 100],
    });
    const putBack = setBounds(EVERYBODY);
    const small = Array.from({ length: 9 }, () => 100);
    expect(await importAndCount(await shop.stock({ cards: 0 }))).toEqual({ import: small, publish: small });
    putBack();
  });

  test("keys and uses of a text that the shop makes itself come in like cards of a file", async () => {
    const putBack = setBounds(EVERYBODY);
    await shop.place((await shop.stock({ cards: 1 })).variantId);
    const { owner } = await openQuotaShop(shop);
    const { variantId } = await shop.stock({ cards: 0 });
    const keys = { batchId: newId(), variantId, count: 250, uses: 3, note: "" };
    expect(await generateKeys(shop.deps, owner, keys)).toMatchObject({ ok: true, value: { added: 250 } });
    expect(await entriesOf(keys.batchId)).toEqual({ import: [100, 100, 50], publish: [100, 100, 50] });
    await shop.rows("UPDATE variant SET quantity_max = 1 WHERE id = $1", [variantId]);
    const text = { variantId, secret: new Secret("one text for many"), uses: 150, note: "" };
    const shared = await shareSecret(shop.deps, owner, text);
    if (!shared.ok) throw new Error(shared.error);
    expect(await entriesOf(shared.value.batchId)).toEqual({ import: [100, 50], publish: [100, 50] });
    putBack();
  });

  test("a buyer is one who has ordered within the last seconds", async () => {
    const { db } = shop.deps;
    await shop.place((await shop.stock({ cards: 1 })).variantId);
    expect(await tellPace(db)).toEqual({ cardsPerChunk: 400, isGentle: false });
    const putBack = setBounds(EVERYBODY);
    expect(await tellPace(db)).toEqual({ cardsPerChunk: 100, isGentle: true });
    putBack();
  });
});
