import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { saveAccount } from "@/lib/features/payments/accounts";
import { takeDueAttempts } from "@/lib/features/payments/attempts";
import { acceptNotification } from "@/lib/flows/accept-notification";
import { checkPayment } from "@/lib/flows/check-payment";
import { expireOrders } from "@/lib/flows/expire-orders";
import { endOfQueries, queryPayments } from "@/lib/flows/query-payments";
import { limits } from "@/lib/kernel/limits";
import { type Sandbox, startSandbox } from "@/sandbox/server";
import { setBounds } from "@/tests/support/bounds";
import { expectInvariants } from "@/tests/support/invariants";
import { ACCOUNT, EPAY_KEY, EPAY_PID, openShop, signedNotice, type TestShop, tally } from "@/tests/support/shop";
import { makeTemporaryFolder, removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";

describe("asking gateways", () => {
  const folder = makeTemporaryFolder("query");
  let shop: TestShop;
  let sandbox: Sandbox;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    sandbox = await startSandbox({ pid: EPAY_PID, key: EPAY_KEY, stateFile: join(folder, "state.jsonl") });
    await account(ACCOUNT, sandbox.url);
  });
  test.afterAll(async ({ database }) => {
    await sandbox.stop();
    await shop.close();
    removeFolder(folder);
    await expectInvariants(database);
  });

  /** Points an account somewhere and waits until nobody believes that it points elsewhere. */
  async function account(id: string, baseUrl: string) {
    const text = { titleZh: "支付宝", titleEn: "Alipay" };
    const settings = { baseUrl, pid: EPAY_PID, key: EPAY_KEY };
    const saved = await saveAccount(shop.deps, shop.deps.db, { id, kind: "epay", currency: "CNY", ...text, settings });
    if (!saved.ok) throw new Error(saved.error.join());
    await new Promise((wake) => setTimeout(wake, limits.accountCacheMs + 50));
  }
  type Order = Awaited<ReturnType<TestShop["place"]>>;
  const outTradeNoOf = (order: Order) =>
    new URL(order.payment.url as string).searchParams.get("out_trade_no") as string;
  /** Opens the cashier as the buyer's browser does. */
  const openCashier = (order: Order) => fetch(order.payment.url as string).then((response) => response.text());
  const makeDue = () => shop.rows("UPDATE payment_attempt SET next_query_at = now() WHERE next_query_at IS NOT NULL");
  const nextOf = async (order: Order) => {
    const [row] = await shop.rows<{ seconds: number | null }>(
      "SELECT extract(epoch FROM next_query_at - now())::float8 AS seconds FROM payment_attempt WHERE order_id = $1",
      [order.id],
    );
    return row?.seconds;
  };
  const stateOf = async (order: Order) => {
    const [row] = await shop.rows<{ state: string }>(
      "SELECT status || ' ' || exception AS state FROM orders WHERE id = $1",
      [order.id],
    );
    return row?.state;
  };

  test("a payment that nobody called back about is found, delivered once, and asked about no more", async () => {
    const { variantId } = await shop.stock({ cards: 2 });
    const [paid, unpaid] = [await shop.place(variantId), await shop.place(variantId)];
    await openCashier(paid);
    await sandbox.pay(outTradeNoOf(paid), "silent");
    expect(await queryPayments(shop.deps)).toBe(0);
    await makeDue();
    expect(await queryPayments(shop.deps)).toBe(2);
    expect(await stateOf(paid)).toBe("delivered none");
    expect(await stateOf(unpaid)).toBe("pending none");
    expect(await nextOf(unpaid)).toBeGreaterThan(40);
    expect(await nextOf(unpaid)).toBeLessThan(61);
    await makeDue();
    expect(await queryPayments(shop.deps)).toBe(1);
    expect(await nextOf(paid)).toBeNull();
    const [row] = await shop.rows("SELECT source, verdict FROM payment_event WHERE order_id = $1", [paid.id]);
    expect(row).toEqual({ source: "query", verdict: "settled" });
  });

  test("“I have paid” finds it at once, and a notice that comes afterwards changes nothing", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    await openCashier(order);
    await sandbox.pay(outTradeNoOf(order), "silent");
    const checked = await checkPayment(shop.deps, { orderId: order.id });
    expect(checked.ok && checked.value.status).toBe("delivered");
    const [trade] = sandbox.trades(outTradeNoOf(order));
    expect(await shop.pay(order, { trade: trade?.tradeNo as string })).toBe("success");
    expect(await stateOf(order)).toBe("delivered none");
    const events = await shop.rows("SELECT 1 FROM payment_event WHERE order_id = $1", [order.id]);
    expect(events).toHaveLength(1);
  });

  test("the same payment told by notice and by query at once is one payment", async () => {
    const { variantId } = await shop.stock({ cards: 10 });
    for (let round = 0; round < 5; round++) {
      const order = await shop.place(variantId);
      await openCashier(order);
      await sandbox.pay(outTradeNoOf(order), "silent");
      const [trade] = sandbox.trades(outTradeNoOf(order));
      await makeDue();
      await Promise.all([
        queryPayments(shop.deps),
        checkPayment(shop.deps, { orderId: order.id }),
        acceptNotification(shop.deps, {
          gateway: "epay",
          accountId: ACCOUNT,
          raw: signedNotice(order, { trade: trade?.tradeNo as string }),
        }),
      ]);
      expect(await stateOf(order)).toBe("delivered none");
    }
  });

  test("a process that dies with a question costs a minute, also where the next turn would be an hour away", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId);
    await shop.lapse(order.id, limits.queryAfterDeadlineSeconds + 60);
    await makeDue();
    expect(await takeDueAttempts(shop.deps.db)).toContainEqual(expect.objectContaining({ orderId: order.id })); // And dies.
    expect(await nextOf(order)).toBeLessThan(60);
    await makeDue();
    await queryPayments(shop.deps);
    expect(await nextOf(order)).toBeGreaterThan(50 * 60);
  });

  test("two workers at once ask about each attempt once", async () => {
    const { variantId } = await shop.stock({ cards: 40 });
    await Promise.all(Array.from({ length: 40 }, () => shop.place(variantId)));
    await shop.rows("UPDATE payment_attempt SET next_query_at = NULL, query_count = 0");
    await shop.rows(
      "UPDATE payment_attempt SET next_query_at = now() WHERE order_id IN (SELECT order_id FROM order_line WHERE variant_id = $1)",
      [variantId],
    );
    const asked = await Promise.all([queryPayments(shop.deps), queryPayments(shop.deps)]);
    expect(asked[0] + asked[1]).toBe(40);
    const rows = await shop.rows("SELECT 1 FROM payment_attempt WHERE query_count = 1");
    expect(rows).toHaveLength(40);
  });

  test("a gateway that hangs delays no other account, and what it did not answer is asked again soon, also at its last turn", async () => {
    const hanging = createServer(() => {});
    await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    await account("silent", `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`);
    const { variantId } = await shop.stock({ cards: 60 });
    const lost = await Promise.all(Array.from({ length: 40 }, () => shop.place(variantId, { accountId: "silent" })));
    const order = await shop.place(variantId);
    await openCashier(order);
    await sandbox.pay(outTradeNoOf(order), "silent");
    await makeDue();
    // Half of them are at their last turn: no next one would be planned.
    await shop.rows("ALTER TABLE orders DISABLE TRIGGER orders_edges");
    await shop.rows(
      "UPDATE orders SET created_at = created_at - interval '26 hours', deadline_at = deadline_at - interval '26 hours' WHERE id = ANY ($1)",
      [lost.slice(20).map(({ id }) => id)],
    );
    await shop.rows("ALTER TABLE orders ENABLE TRIGGER orders_edges");
    // Three rounds of silence are six seconds, and a run waits for one.
    const putBoundsBack = setBounds({ queryRunMs: 1_000, gatewayTimeoutMs: 2_000 });
    const asking = queryPayments(shop.deps);
    await expect.poll(() => stateOf(order), { timeout: 20_000 }).toBe("delivered none");
    let isSilenceOver = false;
    const silence = endOfQueries(shop.deps).finally(() => {
      isSilenceOver = true;
      putBoundsBack();
    });
    await asking;
    // The run is over before the silent account's questions are, and the next one goes by without it.
    expect(isSilenceOver).toBe(false);
    await queryPayments(shop.deps);
    expect(isSilenceOver).toBe(false);
    await silence;
    expect(tally(await Promise.all(lost.map(stateOf as never)))).toEqual({ "pending none": 40 });
    for (const one of lost) expect(await nextOf(one)).toBeLessThan(45);
    await expireOrders(shop.deps); // As the sweeper would have done a day ago.
    hanging.closeAllConnections();
    hanging.close();
  });

  test("money that the gateway has given back buys no card, neither by query nor by its old notice", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "returns" }).catch(() => null);
    expect(order).toBeNull();
    const reply = { trade_no: "2026BACK", type: "alipay", pid: 1000, money: "10.00", status: 2 };
    const returning = createServer((request, response) => {
      const asked = new URL(request.url as string, "http://x").searchParams;
      response.end(JSON.stringify({ code: 1, out_trade_no: asked.get("out_trade_no"), ...reply }));
    });
    await new Promise<void>((resolve) => returning.listen(0, "127.0.0.1", resolve));
    await account("returns", `http://127.0.0.1:${(returning.address() as AddressInfo).port}`);
    const refunded = await shop.place(variantId, { accountId: "returns" });
    const checked = await checkPayment(shop.deps, { orderId: refunded.id });
    expect(checked.ok && checked.value.status).toBe("pending");
    const notice = { gateway: "epay", accountId: "returns", raw: signedNotice(refunded, { trade: "2026BACK" }) };
    expect((await acceptNotification(shop.deps, notice)).body).toBe("success");
    expect(await stateOf(refunded)).toBe("pending none");
    expect(await shop.rows("SELECT kind, status FROM finding WHERE order_id = $1", [refunded.id])).toEqual([
      { kind: "refunded_outside", status: "open" },
    ]);
    returning.close();
  });

  test("a gateway that says nonsense, redirects or errs changes nothing and throws nothing", async () => {
    const answers = ["", "<html>busy</html>", "[]", '{"code":1}', '{"code":1,"status":1,"money":"10.00"}'];
    let n = 0;
    const talking = createServer((_, response) => {
      n++;
      if (n % 3 === 0) return void response.writeHead(302, { location: sandbox.url }).end();
      response.writeHead(n % 2 ? 200 : 500).end(answers[n % answers.length]);
    });
    await new Promise<void>((resolve) => talking.listen(0, "127.0.0.1", resolve));
    await account("nonsense", `http://127.0.0.1:${(talking.address() as AddressInfo).port}`);
    const { variantId } = await shop.stock({ cards: 12 });
    const orders = await Promise.all(
      Array.from({ length: 12 }, () => shop.place(variantId, { accountId: "nonsense" })),
    );
    await shop.rows("UPDATE payment_attempt SET next_query_at = now() WHERE account_id = 'nonsense'");
    expect(await queryPayments(shop.deps)).toBeGreaterThanOrEqual(12);
    expect(n).toBe(12);
    for (const order of orders) expect(await stateOf(order)).toBe("pending none");
    talking.close();
  });
});
