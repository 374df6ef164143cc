import { findOrderView } from "@/lib/features/orders/view";
import { saveAccount } from "@/lib/features/payments/accounts";
import { toRawHttp } from "@/lib/features/payments/gateways/raw-http";
import { acceptNotification } from "@/lib/flows/accept-notification";
import { openPayment } from "@/lib/flows/open-payment";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type EpusdtFake, startEpusdtFake } from "@/sandbox/gateways/epusdt";
import { type LoopbackServer, listenOnLoopback } from "@/sandbox/gateways/loopback-server";
import { startTokenpayFake, type TokenpayFake } from "@/sandbox/gateways/tokenpay";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const TOKEN = "a-token-of-32-letters-for-testing";

describe("a shop that takes USDT, from the order to the card", () => {
  let shop: TestShop;
  let lane: LoopbackServer;
  let bepusdt: EpusdtFake;
  let gmpay: EpusdtFake;
  let tokenpay: TokenpayFake;

  test.beforeAll(async ({ database }) => {
    const deps: { current: Deps | null } = { current: null };
    lane = await listenOnLoopback(0, async ({ method, url, headers, body }) => {
      const [, , , gateway = "", accountId = ""] = url.pathname.split("/");
      const raw = toRawHttp(
        { method, url: url.href, headers: new Headers({ "content-type": headers["content-type"] ?? "" }) },
        Buffer.from(body),
      );
      const reply = await acceptNotification(deps.current as Deps, { gateway, accountId, raw });
      return { status: reply.status, headers: { "content-type": reply.contentType }, body: reply.body };
    });
    shop = await openShop(database, { KAPU_URL: lane.origin });
    deps.current = shop.deps;
    bepusdt = await startEpusdtFake({ flavour: "bepusdt", token: TOKEN });
    gmpay = await startEpusdtFake({ flavour: "gmpay", token: TOKEN });
    tokenpay = await startTokenpayFake({ token: TOKEN });
    await connect("bep", "epusdt", { flavour: "bepusdt", baseUrl: bepusdt.url, token: TOKEN });
    await connect("gm", "epusdt", { flavour: "gmpay", baseUrl: gmpay.url, token: TOKEN, pid: "1000" });
    await connect("tp", "tokenpay", { baseUrl: tokenpay.url, token: TOKEN });
  });
  test.afterAll(async ({ database }) => {
    for (const one of [bepusdt, gmpay, tokenpay, lane]) await one.stop();
    await shop.close();
    await expectInvariants(database);
  });

  async function connect(id: string, kind: "epusdt" | "tokenpay", settings: Record<string, unknown>): Promise<void> {
    const draft = { id, kind, currency: "CNY", titleZh: id, titleEn: id, settings } as const;
    const saved = await inTransaction(shop.deps.db, async (tx) => ok(await saveAccount(shop.deps, tx, draft)));
    if (!saved.ok || !saved.value.ok) throw new Error("settings");
  }
  async function opened(accountId: string, priceMinor = 1_050n) {
    const { variantId } = await shop.stock({ cards: 2, priceMinor });
    const order = await shop.place(variantId, { accountId });
    expect(order.payment.kind).toBe("on_request");
    const way = await openPayment(shop.deps, { orderId: order.id, attemptId: order.payment.id });
    if (!way.ok) throw new Error(way.error);
    const [row] = await shop.rows<{ no: string }>("SELECT out_trade_no AS no FROM payment_attempt WHERE id = $1", [
      order.payment.id,
    ]);
    return { order, way: way.value, outTradeNo: row?.no ?? "" };
  }
  const standing = async (orderId: string) => {
    const view = await findOrderView(shop.deps, orderId);
    return [view?.status, view?.exception, view?.paidMinor];
  };

  test("BEpusdt tells waiting and expired first; the card is delivered for the payment and for nothing before", async () => {
    const { order, way, outTradeNo } = await opened("bep");
    expect(way).toMatchObject({
      kind: "address",
      text: bepusdt.trade(outTradeNo)?.address,
      payable: bepusdt.trade(outTradeNo)?.coins,
    });
    await bepusdt.tellWaiting(outTradeNo);
    await bepusdt.expire(outTradeNo);
    expect(await standing(order.id)).toEqual(["pending", "none", 0n]);
    await bepusdt.pay(outTradeNo);
    expect(await standing(order.id)).toEqual(["delivered", "none", 1_050n]);
    expect(bepusdt.sent.map(({ answer }) => answer)).toEqual(["ok", "ok", "ok"]);
  });
  test("told twice at once, and once more later: one payment", async () => {
    const { order, outTradeNo } = await opened("bep");
    await bepusdt.pay(outTradeNo, "twice");
    await bepusdt.pay(outTradeNo);
    expect(await standing(order.id)).toEqual(["delivered", "none", 1_050n]);
    expect(await shop.rows("SELECT 1 FROM payment WHERE order_id = $1", [order.id])).toHaveLength(1);
  });
  test("a million yuan, which the server prints in two ways", async () => {
    const { order, outTradeNo } = await opened("bep", 100_000_000n);
    await bepusdt.pay(outTradeNo);
    expect(await standing(order.id)).toEqual(["delivered", "none", 100_000_000n]);
  });
  test("GMWalletApp tells once, and is answered its word after the card is the buyer's", async () => {
    const { order, outTradeNo } = await opened("gm");
    await gmpay.pay(outTradeNo);
    expect(await standing(order.id)).toEqual(["delivered", "none", 1_050n]);
    expect(gmpay.sent.map(({ status, answer }) => [status, answer])).toEqual([[200, "ok"]]);
  });
  test("TokenPay, and the inbox keeps what was said without a key", async () => {
    const { order, outTradeNo } = await opened("tp");
    await tokenpay.pay(outTradeNo);
    expect(await standing(order.id)).toEqual(["delivered", "none", 1_050n]);
    const [event] = await shop.rows<{ raw: unknown }>("SELECT raw FROM payment_event WHERE out_trade_no = $1", [
      outTradeNo,
    ]);
    expect(JSON.stringify(event?.raw)).toContain("PayAmount");
    expect(JSON.stringify(event?.raw)).not.toContain(TOKEN);
  });
  test("a forged notice is refused, and the same words hide whether the account exists", async () => {
    const { order, outTradeNo } = await opened("bep");
    const body = JSON.stringify({
      trade_id: "t",
      order_id: outTradeNo,
      amount: 10.5,
      status: 2,
      signature: "0".repeat(32),
    });
    for (const account of ["bep", "gm", "nobody"]) {
      const reply = await fetch(`${lane.origin}/api/pay/epusdt/${account}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expect([reply.status, await reply.text()]).toEqual([400, "fail"]);
    }
    expect(await standing(order.id)).toEqual(["pending", "none", 0n]);
  });
});
