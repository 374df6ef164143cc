import { acceptNotification } from "@/lib/flows/accept-notification";
import { expireOrders } from "@/lib/flows/expire-orders";
import { settlePayment } from "@/lib/flows/settle-payment";
import { startPayment } from "@/lib/flows/start-payment";
import { money } from "@/lib/kernel/money";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { isPassing } from "@/lib/platform/outage";
import { withClient } from "@/lib/platform/with-client";
import { openBadLine, spoil } from "@/tests/support/bad-line";
import { expectInvariants } from "@/tests/support/invariants";
import { ACCOUNT, openDeps, openShop, signedNotice, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("settling while things break", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterAll(async ({ database }) => {
    await shop.close();
    await expectInvariants(database);
  });

  /** What a gateway would hear: a word, or an error page. */
  async function tell(deps: Deps, raw: ReturnType<typeof signedNotice>): Promise<string> {
    try {
      return (await acceptNotification(deps, { gateway: "epay", accountId: ACCOUNT, raw })).body;
    } catch (error) {
      return isPassing(error) ? "unavailable" : `unexpected: ${String(error)}`;
    }
  }
  const stateOf = async (orderId: string) => {
    const [row] = await shop.rows<{ state: string }>(
      "SELECT status || ' ' || exception AS state FROM orders WHERE id = $1",
      [orderId],
    );
    return row?.state;
  };
  const statesOf = async (variantId: string) =>
    tally(
      (
        await shop.rows<{ state: string }>(
          "SELECT o.status || ' ' || o.exception AS state FROM orders o JOIN order_line l ON l.order_id = o.id WHERE l.variant_id = $1",
          [variantId],
        )
      ).map((row) => row.state),
    );

  /** What the rules exclude: somebody withdraws a reserved card behind the shop's back. */
  const takeAway = (orderId: string) =>
    shop.rows("UPDATE card SET status = 'withdrawn' WHERE order_id = $1", [orderId]);

  test("one order that a stuck transaction holds delays no other payment", async ({ database }) => {
    const { variantId } = await shop.stock({ cards: 41 });
    const stuck = await shop.place(variantId);
    const others = await Promise.all(Array.from({ length: 40 }, () => shop.place(variantId)));
    await withClient(database.owner, async (holder) => {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", [stuck.id]);
      const waiting = tell(shop.deps, signedNotice(stuck));
      const startedAt = performance.now();
      const words = await Promise.all(others.map((order) => tell(shop.deps, signedNotice(order))));
      expect(tally(words)).toEqual({ success: 40 });
      expect(performance.now() - startedAt).toBeLessThan(30_000);
      await holder.query("ROLLBACK");
      expect(await waiting).toBe("success");
    });
  });

  test("attack 17: answers that the line lost and backends that were killed: each notice may be repeated, each order is delivered once", async ({
    database,
  }) => {
    const { variantId } = await shop.stock({ cards: 120 });
    const orders = await Promise.all(Array.from({ length: 120 }, () => shop.place(variantId)));
    const line = await openBadLine(database);
    const deps = openDeps(line.urls);
    const calm = spoil(line, ["replies eaten", "clear", "down", "clear"]);
    const words: string[] = [];
    for (let n = 0; n < orders.length; n += 20) {
      const some = orders.slice(n, n + 20).flatMap((order) => [order, order]);
      words.push(...(await Promise.all(some.map((order) => tell(deps, signedNotice(order))))));
    }
    await calm();
    expect(words.filter((word) => word.startsWith("unexpected"))).toEqual([]);
    for (const [n, word] of words.entries())
      if (word === "success") expect(await stateOf(orders[Math.floor(n / 2)]?.id as string)).toBe("delivered none");
    const again = await Promise.all(orders.map((order) => tell(deps, signedNotice(order))));
    expect(tally(again)).toEqual({ success: 120 });
    expect(await statesOf(variantId)).toEqual({ "delivered none": 120 });
    await closeDeps(deps);
    await line.stop();
  });

  test("a late payment whose cards are in the hands of one who lets go is delivered, not owed", async ({
    database,
  }) => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    await shop.lapse(order.id, 60);
    await expireOrders(shop.deps);
    await withClient(database.owner, async (holder) => {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM card WHERE variant_id = $1 FOR UPDATE", [variantId]);
      const paying = shop.pay(order);
      await new Promise((wake) => setTimeout(wake, 100));
      await holder.query("ROLLBACK");
      expect(await paying).toBe("success");
    });
    expect(await stateOf(order.id)).toBe("delivered paid_late");
  });

  test("a payment that was recorded before its order was known keeps the event it was first told by", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    const outTradeNo = order.payment.url?.match(/out_trade_no=(\w+)/)?.[1] as string;
    const payment = {
      accountRef: "1000",
      outTradeNo,
      gatewayTradeNo: "EARLY1",
      amount: money(order.totalMinor, "CNY"),
      method: null,
      evidence: [],
    };
    // As if the notice had come before the order: its number is moved away and back.
    const rename = async (from: string, to: string) => {
      await shop.rows("ALTER TABLE payment_attempt DISABLE TRIGGER payment_attempt_frozen");
      await shop.rows("UPDATE payment_attempt SET out_trade_no = $2 WHERE out_trade_no = $1", [from, to]);
      await shop.rows("ALTER TABLE payment_attempt ENABLE TRIGGER payment_attempt_frozen");
    };
    const source = { accountId: ACCOUNT, source: "notice" } as const;
    await rename(outTradeNo, "ELSEWHERE");
    expect(await settlePayment(shop.deps, payment, source)).toBe("unknown_order");
    await rename("ELSEWHERE", outTradeNo);
    expect(await settlePayment(shop.deps, payment, source)).toBe("settled");
    expect(await stateOf(order.id)).toBe("delivered none");
    const findings = await shop.rows(
      "SELECT kind, status FROM finding WHERE subject IN (SELECT id::text FROM payment_event WHERE gateway_trade_number = 'EARLY1')",
    );
    expect(findings).toEqual([{ kind: "unknown_order", status: "resolved" }]);
  });

  test("a payment that cannot be judged is on record and has a finding, although nobody was told success", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    await takeAway(order.id);
    expect(await tell(shop.deps, signedNotice(order))).toContain("unexpected");
    expect(await tell(shop.deps, signedNotice(order))).toContain("unexpected");
    const events = await shop.rows("SELECT verdict FROM payment_event WHERE order_id = $1", [order.id]);
    expect(events).toEqual([{ verdict: null }]);
    const findings = await shop.rows("SELECT kind, status FROM finding WHERE order_id = $1", [order.id]);
    expect(findings).toEqual([{ kind: "unjudged_payment", status: "open" }]);
    await shop.rows(
      "UPDATE card SET status = 'available', order_id = NULL, reserved_until = NULL WHERE order_id = $1",
      [order.id],
    );
    await shop.rows(
      "UPDATE card SET status = 'reserved', order_id = $1, reserved_until = now() WHERE variant_id = $2",
      [order.id, variantId],
    );
    expect(await tell(shop.deps, signedNotice(order))).toBe("success");
    expect(await stateOf(order.id)).toBe("delivered none");
    expect(await shop.rows("SELECT status FROM finding WHERE order_id = $1", [order.id])).toEqual([
      { status: "resolved" },
    ]);
  });

  test("one order that cannot be released keeps no other from being released", async () => {
    const { variantId } = await shop.stock({ cards: 5 });
    const orders = await Promise.all(Array.from({ length: 5 }, () => shop.place(variantId)));
    for (const order of orders) await shop.lapse(order.id, 60);
    const [broken] = orders;
    await takeAway(broken?.id as string);
    expect(await expireOrders(shop.deps)).toBe(4);
    expect(await statesOf(variantId)).toEqual({ "expired none": 4, "pending none": 1 });
    await shop.rows(
      "UPDATE card SET status = 'available', order_id = NULL, reserved_until = NULL WHERE order_id = $1",
      [broken?.id],
    );
    await shop.rows(
      "UPDATE card SET status = 'reserved', order_id = $1, reserved_until = now() WHERE id = ANY (SELECT unnest(card_ids) FROM orders WHERE id = $1)",
      [broken?.id],
    );
    expect(await expireOrders(shop.deps)).toBe(1);
  });

  test("twenty who open another payment at once do not wait for each other's connections", async () => {
    const { variantId } = await shop.stock({ cards: 20 });
    const orders = await Promise.all(Array.from({ length: 20 }, () => shop.place(variantId)));
    await shop.rows(
      "INSERT INTO gateway_account SELECT 'second', gateway, merchant_id, title_zh, title_en, currency, settings, key_id, status FROM gateway_account WHERE id = 'none'",
    );
    const deps = openDeps(shop.urls);
    const started = await Promise.all(
      orders.map((order) => startPayment(deps, { orderId: order.id, accountId: "nobody" })),
    );
    expect(tally(started.map((result) => (result.ok ? "opened" : result.error)))).toEqual({ gateway_unavailable: 20 });
    await closeDeps(deps);
  });
});
