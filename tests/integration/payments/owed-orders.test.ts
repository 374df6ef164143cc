import { acceptNotification } from "@/lib/flows/accept-notification";
import { expireOrders } from "@/lib/flows/expire-orders";
import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { setBounds } from "@/tests/support/bounds";
import { expectInvariants } from "@/tests/support/invariants";
import { ACCOUNT, openDeps, openShop, type Stocked, signedNotice, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const WAITING_FOR_STOCK = `
  SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

describe("owed orders and whatever brings cards", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  /** Paid orders of these quantities, in this order, whose cards somebody else bought; `left` cards are still there. */
  async function owe(quantities: readonly number[], { left = 0 } = {}) {
    const all = quantities.reduce((sum, quantity) => sum + quantity, 0);
    const stocked = await shop.stock({ cards: all });
    const orders = [];
    for (const quantity of quantities) orders.push(await shop.place(stocked.variantId, { quantity }));
    for (const order of orders) await shop.lapse(order.id, 60);
    await expireOrders(shop.deps);
    await shop.pay(await shop.place(stocked.variantId, { quantity: all - left }));
    for (const order of orders) await shop.pay(order);
    return { stocked, orders };
  }
  const stateOf = async (orderId: string) => {
    const [row] = await shop.rows<{ state: string }>(
      "SELECT status || ' ' || exception AS state FROM orders WHERE id = $1",
      [orderId],
    );
    return row?.state;
  };
  const findingsOf = async (orderId: string) =>
    (
      await shop.rows<{ text: string }>(
        "SELECT kind || ' ' || status AS text FROM finding WHERE order_id = $1 ORDER BY kind",
        [orderId],
      )
    ).map((row) => row.text);
  const buy = ({ variantId }: Stocked) =>
    shop.place(variantId).then(
      () => "placed",
      (error: Error) => error.message,
    );
  const untilSomebodyWaits = async (isOver: () => boolean) => {
    const waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'";
    for (let tries = 0; tries < 1_000 && !isOver(); tries++) if ((await shop.rows(waiting)).length > 0) return;
  };

  test("more owed orders than one page: all are served before anything is on sale", async () => {
    const { stocked, orders } = await owe([1, 1, 1, 1, 1]);
    const putBoundsBack = setBounds({ owedOrdersPerPage: 2 });
    try {
      await shop.restock(stocked, 6);
    } finally {
      putBoundsBack();
    }
    const states = await Promise.all(orders.map((order) => stateOf(order.id)));
    expect(tally(states as string[])).toEqual({ "delivered paid_late": 5 });
    expect(await buy(stocked)).toBe("placed");
  });

  test("while somebody may be declared owed nothing goes on sale; beside another who puts cards on sale, more do", async ({
    database,
  }) => {
    const stocked = await shop.stock({ cards: 0 });
    const key = "hashtextextended($1, 7)";
    await withClient(database.owner, async (holder) => {
      await holder.query("BEGIN");
      await holder.query(`SELECT pg_advisory_xact_lock(${key})`, [stocked.variantId]);
      const restock = shop.restock(stocked, 3);
      await expect.poll(async () => (await shop.rows(WAITING_FOR_STOCK)).length).toBeGreaterThan(0);
      expect(await buy(stocked)).toContain("insufficient_stock");
      await holder.query("COMMIT");
      await restock;
    });
    await withClient(database.owner, async (holder) => {
      await holder.query("BEGIN");
      await holder.query(`SELECT pg_advisory_xact_lock_shared(${key})`, [stocked.variantId]);
      await shop.restock(stocked, 3);
      await holder.query("COMMIT");
    });
    expect(await buy(stocked)).toBe("placed");
  });

  test("orders that are paid while a batch goes on sale, two small chunks at once, are all delivered", async () => {
    const stocked = await shop.stock({ cards: 12 });
    const orders = await Promise.all(Array.from({ length: 12 }, () => shop.place(stocked.variantId)));
    for (const order of orders) await shop.lapse(order.id, 60);
    await expireOrders(shop.deps);
    await shop.pay(await shop.place(stocked.variantId, { quantity: 12 }));
    const putBoundsBack = setBounds({ importCardsPerChunk: 3, importCardsPerGentleChunk: 3, buyersSeenSeconds: 0 });
    try {
      await Promise.all([shop.restock(stocked, 40), ...orders.map((order) => shop.pay(order))]);
    } finally {
      putBoundsBack();
    }
    const states = await Promise.all(orders.map((order) => stateOf(order.id)));
    expect(tally(states as string[])).toEqual({ "delivered paid_late": 12 });
  });

  test("an owed order of two lines keeps what there is of either, whichever is short: no new buyer gets that", async () => {
    const stockPolicy = "claim_on_payment";
    const short = await shop.stock({ cards: 1, stockPolicy });
    const plenty = await shop.stock({ cards: 1, stockPolicy });
    const lines = [short, plenty].map(({ variantId }) => ({ variantId, quantity: 1 }));
    const order = await shop.place("", { lines });
    await shop.pay(await shop.place(short.variantId));
    await shop.pay(order);
    expect(await stateOf(order.id)).toBe("paid owed");
    expect(await buy(plenty)).toBe("not placed: insufficient_stock");
    await shop.restock(short, 1);
    expect(await stateOf(order.id)).toBe("delivered none");
  });

  test("an owed order that somebody has locked is waited for: no new buyer gets its card meanwhile", async ({
    database,
  }) => {
    const { stocked, orders } = await owe([1]);
    const orderId = orders[0]?.id as string;
    await withClient(database.owner, async (holder) => {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", [orderId]);
      let isOver = false;
      const restock = shop.restock(stocked, 1).finally(() => {
        isOver = true;
      });
      await untilSomebodyWaits(() => isOver);
      expect(await buy(stocked)).toContain("insufficient_stock");
      await holder.query("ROLLBACK");
      await restock;
    });
    expect(await stateOf(orderId)).toBe("delivered paid_late");
  });

  test("an owed order that stays locked is passed by after a while, and served by the net", async ({ database }) => {
    const { stocked, orders } = await owe([1, 1]);
    const [stuck, next] = orders.map((order) => order.id);
    await withClient(database.owner, async (holder) => {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", [stuck]);
      await shop.restock(stocked, 2);
      expect(await stateOf(next as string)).toBe("delivered paid_late");
      await holder.query("ROLLBACK");
    });
    expect(await findingsOf(stuck as string)).toEqual(["owed_order open"]);
    await fillOwedOrders(shop.deps);
    expect(await stateOf(stuck as string)).toBe("delivered paid_late");
  });

  test("a broken owed order stops neither the batch nor the next order; a finding names it until it is delivered", async () => {
    const { stocked, orders } = await owe([2, 1], { left: 1 });
    const [broken, next] = orders.map((order) => order.id) as [string, string];
    const [card] = await shop.rows<{ id: string }>(
      "UPDATE card SET status = 'withdrawn' WHERE order_id = $1 RETURNING id",
      [broken],
    );
    await shop.restock(stocked, 2);
    expect([await stateOf(broken), await stateOf(next)]).toEqual(["paid owed", "delivered paid_late"]);
    expect(await findingsOf(broken)).toEqual(["owed_order open", "unfillable_order open"]);
    expect(await fillOwedOrders(shop.deps)).toBe(1);
    await shop.rows("UPDATE card SET status = 'available', order_id = NULL WHERE id = $1", [card?.id]);
    await shop.rows("UPDATE card SET status = 'reserved', order_id = $2 WHERE id = $1", [card?.id, broken]);
    await fillOwedOrders(shop.deps);
    expect(await stateOf(broken)).toBe("delivered paid_late");
    expect(await findingsOf(broken)).toEqual(["owed_order resolved", "unfillable_order resolved"]);
  });

  test("notices repeated in another process while cards come: nobody deadlocks, everybody is served", async () => {
    const { stocked, orders } = await owe([1, 1, 1, 1, 1, 1]);
    const other = openDeps(shop.urls);
    const repeats = Array.from({ length: 5 }, () => orders)
      .flat()
      .map((order) =>
        acceptNotification(other, { gateway: "epay", accountId: ACCOUNT, raw: signedNotice(order) }).then(
          (reply) => reply.body,
        ),
      );
    await Promise.all([shop.restock(stocked, 2), shop.restock(stocked, 2), shop.restock(stocked, 2)]);
    expect(tally(await Promise.all(repeats))).toEqual({ success: 30 });
    await closeDeps(other);
    const states = await Promise.all(orders.map((order) => stateOf(order.id)));
    expect(tally(states as string[])).toEqual({ "delivered paid_late": 6 });
  });
});
