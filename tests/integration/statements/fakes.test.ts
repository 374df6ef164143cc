import { findAccount } from "@/lib/features/payments/accounts";
import type { OpenInput } from "@/lib/features/payments/gateways/port";
import { endOfFetches, fetchStatements } from "@/lib/flows/fetch-statements";
import { money } from "@/lib/kernel/money";
import type { Deps } from "@/lib/platform/deps";
import { startAlipayFake } from "@/sandbox/gateways/alipay";
import { startEpayFake } from "@/sandbox/gateways/epay";
import { startPaypalFake } from "@/sandbox/gateways/paypal";
import { startStripeFake } from "@/sandbox/gateways/stripe";
import { startWechatFake } from "@/sandbox/gateways/wechat";
import { redirectOf, transportWith } from "@/tests/support/gateways";
import { expectInvariants } from "@/tests/support/invariants";
import { openShop, type TestShop } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { SETTINGS as ALIPAY, APP_ID, SELLER_ID } from "@/tests/unit/payments/alipay-fixtures";
import { certificates, SETTINGS as PAYPAL } from "@/tests/unit/payments/paypal-fixtures";
import { SETTINGS as STRIPE } from "@/tests/unit/payments/stripe-fixtures";
import { vectors, SETTINGS as WECHAT } from "@/tests/unit/payments/wechat-fixtures";
import { addAccount, depsWith } from "./statement-shop";

/** Noon of the 19th in Shanghai, when buyers pay; the statements are had at noon of the 20th. */
const PAID_AT = Date.parse("2026-11-19T04:00:00Z");
const NEXT_NOON = PAID_AT + 24 * 3_600_000;
const NUMBER = "KSTATEMENT0000000000000000000001";
const { keys } = vectors;
const pem = (der: string) => `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----`;

describe("what was paid and given back at a gateway stands in its statement", { timeout: 120_000 }, () => {
  let shop: TestShop;
  let now = PAID_AT;
  const clock = () => now;
  const stops: (() => Promise<void>)[] = [];
  test.beforeEach(async ({ database }) => {
    now = PAID_AT;
    shop = await openShop(database);
  });
  test.afterEach(async ({ database }) => {
    for (const stop of stops.splice(0)) await stop();
    await shop.close();
    await expectInvariants(database);
  });

  const network = transportWith({ timeoutMs: 2_000, now: clock });
  const input = (amount = money(990n, "CNY")): OpenInput => ({
    outTradeNo: NUMBER,
    amount,
    orderNumber: "261119-ABCDE-FGHJK",
    notifyUrl: "http://127.0.0.1:9/api/pay",
    returnUrl: "http://127.0.0.1:9/zh/orders/1",
    expiresAt: PAID_AT + 900_000,
    clientIp: "203.0.113.9",
  });
  const deps = (): Deps => depsWith(shop.deps, { now: clock });
  async function open(id: string, asked: OpenInput) {
    const account = (await findAccount(deps(), id))?.gateway;
    if (!account) throw new Error(`no account ${id}`);
    await account.openPayment?.(asked, network);
    return account;
  }
  async function refund(id: string, amountMinor: bigint, asked: OpenInput) {
    const account = (await findAccount(deps(), id))?.gateway;
    const answer = await account?.refunds?.refund(
      {
        outTradeNo: NUMBER,
        gatewayTradeNo: await tradeNo(id),
        refundNo: "R00000001",
        amount: money(amountMinor, asked.amount.currency),
        total: asked.amount,
      },
      network,
    );
    expect(["succeeded", "processing"]).toContain(answer?.state);
  }
  async function tradeNo(id: string): Promise<string | null> {
    const account = (await findAccount(deps(), id))?.gateway;
    const answer = await account?.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo: null }, network);
    return answer && "payment" in answer ? answer.payment.gatewayTradeNo : null;
  }
  /** One process fetches what is due, and is waited for to its end. */
  async function fetchAll(): Promise<void> {
    const one = deps();
    await fetchStatements(one);
    await endOfFetches(one);
  }
  async function rowsOf(id: string) {
    now = NEXT_NOON;
    await fetchAll();
    const at = await shop.rows(
      "SELECT state, failure FROM statement_day WHERE account_id = $1 AND day = '2026-11-19'",
      [id],
    );
    expect(at).toEqual([{ state: "done", failure: null }]);
    return shop.rows(
      "SELECT kind, out_trade_no, refund_number, amount_minor::int AS amount, currency, fee FROM statement_row WHERE account_id = $1 ORDER BY line, kind",
      [id],
    );
  }
  const others = (id: string) =>
    shop.rows<{ state: string }>(
      "SELECT state, failure FROM statement_day WHERE account_id = $1 AND day <> '2026-11-19'",
      [id],
    );

  test("WeChat Pay: the bill of the day, and days without one are empty, which is no failure", async () => {
    const fake = await startWechatFake({
      mchid: WECHAT.mchid,
      appid: WECHAT.appid,
      merchantSerial: WECHAT.merchantSerial,
      merchantPublicKey: keys.merchant.publicSpkiPem,
      platformPrivateKey: pem(keys.platform.privatePkcs8DerBase64),
      apiV3Key: vectors.wechat.apiV3Key,
      publicKeyId: vectors.wechat.publicKeyId,
      now: clock,
    });
    stops.push(() => fake.stop());
    await addAccount(shop.deps, { id: "wx", kind: "wechat", settings: { ...WECHAT, endpoint: fake.url } });
    await open("wx", input());
    await fake.pay(NUMBER, { tell: "never" });
    await refund("wx", 300n, input());
    expect(await rowsOf("wx")).toEqual([
      { kind: "payment", out_trade_no: NUMBER, refund_number: null, amount: 990, currency: "CNY", fee: "0.05940" },
      {
        kind: "refund",
        out_trade_no: NUMBER,
        refund_number: "R00000001",
        amount: 300,
        currency: "CNY",
        fee: "-0.01800",
      },
    ]);
    expect(await others("wx")).toEqual(Array(6).fill({ state: "empty", failure: null }));
    const [young] = await shop.rows(
      "SELECT next_try_at IS NOT NULL AS again FROM statement_day WHERE account_id = 'wx' AND day = '2026-11-18'",
    );
    const [old] = await shop.rows(
      "SELECT next_try_at IS NOT NULL AS again FROM statement_day WHERE account_id = 'wx' AND day = '2026-11-14'",
    );
    expect([young, old]).toEqual([{ again: true }, { again: false }]);
  });

  test("Alipay: the archive of the day", async () => {
    const fake = await startAlipayFake({
      appId: APP_ID,
      sellerId: SELLER_ID,
      appPublicKey: keys.merchant.publicSpkiPem,
      alipayPrivateKey: pem(keys.platform.privatePkcs8DerBase64),
      now: clock,
    });
    stops.push(() => fake.stop());
    await addAccount(shop.deps, { id: "ali", kind: "alipay", settings: { ...ALIPAY, endpoint: fake.endpoint } });
    await open("ali", input());
    await fake.pay(NUMBER, { tell: "never" });
    await refund("ali", 300n, input());
    expect(await rowsOf("ali")).toEqual([
      { kind: "payment", out_trade_no: NUMBER, refund_number: null, amount: 990, currency: "CNY", fee: "0.06" },
      { kind: "refund", out_trade_no: NUMBER, refund_number: "R00000001", amount: 300, currency: "CNY", fee: "-0.02" },
    ]);
    expect(await others("ali")).toEqual(Array(6).fill({ state: "empty", failure: null }));
  });

  test("Stripe: the movements of the balance", async () => {
    const fake = await startStripeFake({
      secretKey: STRIPE.secretKey,
      webhookSecrets: STRIPE.webhookSecrets,
      now: clock,
    });
    stops.push(() => fake.stop());
    await addAccount(shop.deps, {
      id: "st",
      kind: "stripe",
      currency: "USD",
      settings: { ...STRIPE, endpoint: fake.url },
    });
    const asked = input(money(1999n, "USD"));
    await open("st", asked);
    await fake.pay(NUMBER, { tell: "never" });
    await refund("st", 300n, asked);
    expect(await rowsOf("st")).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "payment", out_trade_no: NUMBER, amount: 1999, currency: "USD" }),
        expect.objectContaining({ kind: "refund", refund_number: "R00000001", amount: 300 }),
      ]),
    );
    const [row] = await shop.rows(
      "SELECT gateway_trade_number AS no FROM statement_row WHERE account_id = 'st' AND kind = 'payment'",
    );
    expect(row).toEqual({ no: await tradeNo("st") });
  });

  test("PayPal: the list of transactions", async () => {
    const fake = await startPaypalFake({
      ...PAYPAL,
      signingKey: certificates.leafKey,
      certificates: certificates.leaf + certificates.issuer,
      now: clock,
    });
    stops.push(() => fake.stop());
    const settings = { ...PAYPAL, endpoint: fake.url, testRootCertificate: certificates.root };
    await addAccount(shop.deps, { id: "pp", kind: "paypal", currency: "USD", settings });
    const asked = input(money(1999n, "USD"));
    const account = await open("pp", asked);
    fake.tells(false);
    await fake.approve(NUMBER, false);
    await account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo: fake.orders(NUMBER)[0]?.id ?? null }, network);
    await fake.refundAtDesk(NUMBER, "3.00");
    expect(await rowsOf("pp")).toMatchObject([
      { kind: "payment", out_trade_no: NUMBER, amount: 1999, currency: "USD", fee: "0.88" },
      { kind: "refund", out_trade_no: NUMBER, amount: 300 },
    ]);
  });

  test("EPay: paid orders of the list, the late ones too, and no unpaid one", async () => {
    const key = "anHonestKey0123456789abcdefABCDEF";
    const fake = await startEpayFake({ pid: "1000", key, speed: 1_000, now: clock });
    stops.push(() => fake.stop());
    const settings = { baseUrl: fake.url, pid: "1000", key, types: ["alipay"] };
    await addAccount(shop.deps, { id: "ep", kind: "epay", settings });
    const account = (await findAccount(deps(), "ep"))?.gateway;
    if (!account) throw new Error("no account");
    await fetch(redirectOf(account, { ...input(), method: "alipay" }));
    fake.fill(120);
    // Begun on the 19th, paid on the 20th: the statement of the 20th looks back far enough.
    now = PAID_AT + 20 * 3_600_000;
    await fake.pay(NUMBER, { tellings: 0 });
    expect(await rowsOf("ep")).toEqual([
      { kind: "payment", out_trade_no: NUMBER, refund_number: null, amount: 990, currency: "CNY", fee: null },
    ]);
    const [file] = await shop.rows(
      "SELECT passed_count > 0 AS passed FROM statement_file WHERE account_id = 'ep' AND day = '2026-11-19'",
    );
    expect(file).toEqual({ passed: true });
    // Given back later: the row takes the new status, and is still one row.
    fake.refundAtDesk(NUMBER, "9.90");
    now = NEXT_NOON + 24 * 3_600_000;
    await fetchAll();
    expect(
      await shop.rows("SELECT status, count(*)::int AS n FROM statement_row WHERE account_id = 'ep' GROUP BY status"),
    ).toEqual([{ status: "2", n: 1 }]);
  });
});
