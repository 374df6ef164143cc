import { randomUUID } from "node:crypto";
import { placeOrder } from "@/lib/flows/place-order";
import { createDb } from "@/lib/platform/db";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const BUYERS = 150;
const CARDS = 100;
const CONNECTIONS = 40;

/**
 * Why the claim is a statement of our own (docs/decisions): `updateMany` with a `limit` reads like one atomic, conditional
 * update, and oversells. It becomes `UPDATE … WHERE id IN (SELECT … LIMIT n)`, which tests the status in the inner query
 * only, so a buyer who waited for a row that another one took gets that row as well. If the first test ever fails because
 * nothing was oversold, read the SQL that the new version sends before believing it.
 */
describe(`${BUYERS} buyers, ${CARDS} cards`, () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterAll(() => shop.close());

  test("the ORM's limited updateMany tells more buyers `yours` than there are cards handed out", async ({
    database,
  }) => {
    const { variantId } = await shop.stock({ cards: CARDS });
    // Our guard trigger would turn the double sale into an error; what is shown here is the ORM alone.
    await shop.rows("ALTER TABLE card DISABLE TRIGGER card_edges");
    const db = createDb(database.app, () => {}, CONNECTIONS);
    await Promise.all(Array.from({ length: CONNECTIONS }, () => db.$queryRaw`SELECT pg_sleep(0.05)::text`));
    const buyers = await Promise.all(
      Array.from({ length: BUYERS }, async () => {
        const orderId = randomUUID();
        const data = { status: "reserved", orderId };
        const { count } = await db.card.updateMany({ where: { variantId, status: "available" }, data, limit: 1 });
        return { orderId, isTold: count === 1 };
      }),
    );
    await db.$disconnect();
    const holders = await shop.rows<{ order_id: string }>(
      "SELECT order_id FROM card WHERE variant_id = $1 AND order_id IS NOT NULL",
      [variantId],
    );
    const held = new Set(holders.map((row) => row.order_id));
    const told = buyers.filter(({ isTold }) => isTold);
    const emptyHanded = told.filter(({ orderId }) => !held.has(orderId));
    expect(told.length).toBeGreaterThan(held.size);
    expect(emptyHanded.length).toBeGreaterThan(0);

    await shop.rows("UPDATE card SET status = 'available', order_id = NULL WHERE variant_id = $1", [variantId]);
    await shop.rows("ALTER TABLE card ENABLE TRIGGER card_edges");
  });

  test("our statement sells each card once and tells the others the truth", async ({ database }) => {
    const { variantId } = await shop.stock({ cards: CARDS });
    const answers = await Promise.all(
      Array.from({ length: BUYERS }, async () => {
        const placed = await placeOrder(shop.deps, shop.order(variantId));
        return placed.ok ? "placed" : placed.error;
      }),
    );
    expect(tally(answers)).toEqual({ placed: CARDS, insufficient_stock: BUYERS - CARDS });
    await expectInvariants(database);
  });
});
