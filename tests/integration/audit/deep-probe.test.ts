import { probeSeals } from "@/lib/features/inventory/probe-secrets";
import { probeSecrets } from "@/lib/flows/probe-secrets";
import { cardAad, openDataKey, seal } from "@/lib/platform/crypto";
import { withClient } from "@/lib/platform/with-client";
import { openShop, type TestShop } from "../../support/shop";
import { describe, expect, test } from "../../support/test";

describe("the probe of ciphertexts", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    await shop.stock({ cards: 30 });
  });
  test.afterAll(() => shop.close());

  const faults = async () => (await probeSeals(shop.deps.keys, shop.urls.owner)).bad.map(({ fault }) => fault);

  test("opens every card in its own row, in no other, and leaves no record of a reveal", async () => {
    const probe = await probeSecrets(shop.deps, shop.urls.owner);
    expect(probe).toMatchObject({ sampled: 30, bad: [] });
    expect(await shop.rows("SELECT row_count FROM audit_check WHERE invariant = 'I18'")).toEqual([{ row_count: 0 }]);
    expect(await shop.rows("SELECT 1 FROM reveal_record")).toEqual([]);
  });

  test("a card sealed for another row is found, its product is halted, and neither report nor finding holds a text", async ({
    database,
  }) => {
    const [a, b] = await shop.rows<{ card_id: string }>("SELECT card_id FROM card_secret ORDER BY card_id LIMIT 2");
    const swap = (client: { query: (sql: string, values?: unknown[]) => Promise<unknown> }) =>
      client.query(
        `UPDATE card_secret s SET ciphertext = o.ciphertext FROM card_secret o
          WHERE (s.card_id, o.card_id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))`,
        [a?.card_id, b?.card_id],
      );
    const asOwner = (work: (client: never) => Promise<unknown>) =>
      withClient(database.superuser, async (client) => {
        await client.query("SET session_replication_role = replica");
        await work(client as never);
      });
    await asOwner(swap);
    const probe = await probeSecrets(shop.deps, shop.urls.owner);
    const swapped = probe.bad.filter(({ fault }) => fault === "does not open in its own row");
    expect(swapped.map(({ card_id }) => card_id).sort()).toEqual([a?.card_id, b?.card_id]);
    expect((await shop.rows("SELECT 1 FROM product WHERE halted_reason = 'invariant I18 crypto'")).length).toBe(1);
    const told = JSON.stringify(await shop.rows("SELECT detail, evidence FROM finding")) + JSON.stringify(probe);
    expect(told).not.toContain("CARD-");
    await asOwner(swap);
    expect(await faults()).toEqual([]);
  });

  test("ciphertexts that are not bound to their rows are found", async ({ database }) => {
    const [batch] = await shop.rows<{ id: string; merchant_id: string; variant_id: string; data_key: Buffer }>(
      "SELECT id, merchant_id, variant_id, data_key FROM batch LIMIT 1",
    );
    const place = { merchantId: batch!.merchant_id, variantId: batch!.variant_id, batchId: batch!.id };
    const key = openDataKey(shop.deps.keys, batch!.data_key, place);
    await withClient(database.superuser, async (client) => {
      await client.query("BEGIN; SET LOCAL session_replication_role = replica");
      const { rows } = await client.query<{ card_id: string }>("SELECT card_id FROM card_secret ORDER BY card_id");
      // One card's seal in every row: in all but one it cannot be opened.
      const sealed = seal(key, Buffer.from("CARD-x"), cardAad({ ...place, cardId: rows[0]!.card_id }));
      await client.query("UPDATE card_secret SET ciphertext = $1", [sealed]);
      await client.query("COMMIT");
    });
    const found = await faults();
    expect(found.filter((fault) => fault === "does not open in its own row").length).toBe(29);
    expect(found).toContain("text is not that of its fingerprint");
    expect(found).toContain("opens in another row");
  });
});
