import { createPublicKey } from "node:crypto";
import { saveAccount } from "@/lib/features/payments/accounts";
import { readPrivateKey } from "@/lib/features/payments/gateways/rsa";
import { checkPayment } from "@/lib/flows/check-payment";
import { driveRefunds } from "@/lib/flows/drive-refunds";
import { openPayment } from "@/lib/flows/open-payment";
import { requestRefund } from "@/lib/flows/request-refund";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { type EpayFake, startEpayFake } from "@/sandbox/gateways/epay";
import vectors from "@/tests/fixtures/payment-vectors.json";
import { expectInvariants } from "@/tests/support/invariants";
import { proven } from "@/tests/support/proven";
import { EPAY_KEY, EPAY_PID, openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const ADMIN = proven({ kind: "admin", userId: newId() });

describe("an order at EPay, from its placing to its money's way back, over HTTP", () => {
  const servers: Record<string, EpayFake> = {};
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    const platform = readPrivateKey(vectors.keys.platform.privatePkcs8DerBase64);
    if (!platform.ok) throw new Error(platform.error);
    const merchantPublic = createPublicKey(vectors.keys.merchant.publicSpkiPem);
    const same = { pid: EPAY_PID, key: EPAY_KEY, speed: 1_000 };
    servers.first = await startEpayFake(same);
    servers.second = await startEpayFake({ ...same, rsa: { merchantPublic, platformPrivate: platform.value } });
    const rsa = {
      signMode: "RSA",
      merchantPrivateKey: vectors.keys.merchant.privatePkcs8DerBase64,
      platformPublicKey: vectors.keys.platform.publicSpkiPem,
    };
    for (const [id, server] of Object.entries(servers)) {
      const settings = {
        baseUrl: server.url,
        pid: EPAY_PID,
        key: EPAY_KEY,
        types: ["alipay"],
        ...(id === "second" && rsa),
      };
      const draft = { id, kind: "epay", currency: "CNY", titleZh: "支付宝", titleEn: "Alipay", settings } as const;
      const saved = await saveAccount(shop.deps, shop.deps.db, draft);
      if (!saved.ok) throw new Error(saved.error.join());
    }
    await new Promise((wake) => setTimeout(wake, limits.accountCacheMs + 50));
  });
  test.afterAll(async ({ database }) => {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    await shop.close();
    await expectInvariants(database);
  });

  async function paid(id: "first" | "second") {
    const server = servers[id] as EpayFake;
    server.misbehave("none");
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: id });
    const opened = await openPayment(shop.deps, {
      orderId: order.id,
      attemptId: order.payment.id,
      clientIp: "203.0.113.7",
    });
    if (!opened.ok) throw new Error(opened.error);
    if (opened.value.url) await fetch(opened.value.url);
    const [row] = await shop.rows<{ no: string }>(
      "SELECT out_trade_no AS no FROM payment_attempt WHERE order_id = $1",
      [order.id],
    );
    const outTradeNo = row?.no as string;
    await server.pay(outTradeNo, { tellings: 1 });
    const checked = await checkPayment(shop.deps, { orderId: order.id });
    expect(checked.ok && checked.value.status).toBe("delivered");
    return { server, order, outTradeNo };
  }
  async function ask(order: { id: string }, amountMinor: bigint | null = null) {
    const [payment] = await shop.rows<{ id: string }>("SELECT id FROM payment WHERE order_id = $1", [order.id]);
    const cmd = { orderId: order.id, paymentId: payment?.id as string, amountMinor, reason: "x", requestKey: newId() };
    return requestRefund(shop.deps, ADMIN, { ...cmd, method: "source" });
  }
  async function drive() {
    await shop.rows(
      "UPDATE refund SET next_ask_at = now(), called_at = called_at - interval '1 hour' WHERE status IN ('requested', 'processing')",
    );
    await driveRefunds(shop.deps);
  }
  const stateOf = async ({ id }: { id: string }) => {
    const [row] = await shop.rows<{ status: string }>("SELECT status FROM orders WHERE id = $1", [id]);
    return row?.status;
  };
  const givenBack = (server: EpayFake, outTradeNo: string) => server.trade(outTradeNo)?.refunds.map(({ fen }) => fen);

  test.each(["first", "second"] as const)("the %s version gives all of it back, once", async (id) => {
    const { server, order, outTradeNo } = await paid(id);
    expect((await ask(order)).ok).toBe(true);
    await drive();
    expect(await stateOf(order)).toBe("refunded");
    await drive();
    expect(givenBack(server, outTradeNo)).toEqual([1000n]);
  });

  test("the second version, whose answer was lost, is asked again with the same number, and a part goes back once", async () => {
    const { server, order, outTradeNo } = await paid("second");
    expect((await ask(order, 400n)).ok).toBe(true);
    server.misbehave("lost_answer");
    await drive();
    server.misbehave("none");
    await drive();
    await drive();
    expect(await shop.rows("SELECT status FROM refund WHERE order_id = $1", [order.id])).toEqual([
      { status: "succeeded" },
    ]);
    expect(givenBack(server, outTradeNo)).toEqual([400n]);
    expect(await stateOf(order)).toBe("delivered");
  });

  test("the first version gives back no part, and one whose answer was lost goes back once and waits for a person", async () => {
    const { server, order, outTradeNo } = await paid("first");
    expect(await ask(order, 400n)).toEqual({ ok: false, error: "by_hand_only" });
    expect((await ask(order)).ok).toBe(true);
    server.misbehave("lost_answer");
    await drive();
    server.misbehave("none");
    for (let n = 0; n < 3; n++) await drive();
    expect(givenBack(server, outTradeNo)).toEqual([1000n]);
    expect(["refunding", "refunded"]).toContain(await stateOf(order));
  });

  test("a server that claims a refund and moves nothing is not believed", async () => {
    const { server, order, outTradeNo } = await paid("first");
    expect((await ask(order)).ok).toBe(true);
    server.misbehave("claims_refunds");
    await drive();
    expect(await stateOf(order)).toBe("refunding");
    expect(givenBack(server, outTradeNo)).toEqual([]);
    server.misbehave("none");
    await drive();
    expect(await stateOf(order)).toBe("refunded");
    expect(givenBack(server, outTradeNo)).toEqual([1000n]);
  });
});
