import { afterEach, expect, test } from "vitest";
import type { OpenedPayment, OpenInput } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { newOutTradeNo } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { startTokenpayFake, type TokenpayFakeOptions } from "@/sandbox/gateways/tokenpay";
import { transportWith } from "@/tests/support/gateways";
import { startNoticeBox } from "@/tests/support/notice-box";

const TOKEN = "a-token-of-32-letters-for-testing";
const transport = transportWith({ timeoutMs: 2_000 });
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function shop(options: Partial<TokenpayFakeOptions> = {}, settings: object = {}) {
  const fake = await startTokenpayFake({ token: TOKEN, ...options });
  const account = accountAt(fake.url, settings);
  const box = await startNoticeBox(account);
  stops.push(fake.stop, box.stop);
  const input = (fen = 1_000n): OpenInput => ({
    outTradeNo: newOutTradeNo(),
    amount: money(fen, "CNY"),
    orderNumber: "261121-ABCDE-FGHJK",
    notifyUrl: box.url,
    returnUrl: "http://127.0.0.1:1/zh/orders/ord_1/pay",
    expiresAt: Date.now() + 900_000,
  });
  const open = async (order: OpenInput): Promise<OpenedPayment> => {
    const answer = await account.openPayment?.(order, transport);
    if (answer?.state !== "opened") throw new Error(JSON.stringify(answer));
    return answer.opened;
  };
  return { fake, account, box, input, open };
}

function accountAt(baseUrl: string, settings: object = {}) {
  const opened = gatewayOf("tokenpay").openAccount({ baseUrl, token: TOKEN, ...settings });
  if (!opened.ok) throw new Error(opened.error.join());
  return opened.value;
}

test("an address, an exact amount, one notice, the word `ok`", async () => {
  const { fake, box, input, open } = await shop();
  for (const fen of [10n, 1_050n, 2_888n, 100_000_000n, 9_999_999_999n]) {
    const order = input(fen);
    const { presentation, gatewayTradeNo } = await open(order);
    const there = fake.order(order.outTradeNo);
    expect(presentation).toMatchObject({
      kind: "address",
      text: there?.address,
      payable: there?.coins,
      network: "TRON",
      payableCurrency: "USDT",
    });
    await fake.pay(order.outTradeNo);
    expect(box.paid.at(-1)).toMatchObject({
      outTradeNo: order.outTradeNo,
      gatewayTradeNo,
      amount: { amountMinor: fen, currency: "CNY" },
      method: "USDT_TRC20",
    });
  }
  expect(new Set(fake.sent.map(({ answer }) => answer))).toEqual(new Set(["ok"]));
}, 20_000);

test("a price too small for the smallest coin is refused", async () => {
  const { account, input } = await shop();
  expect(await account.openPayment?.(input(1n), transport)).toEqual({ state: "refused", code: "refused" });
});

test("asked again it is the same order, until that has expired", async () => {
  const { fake, input, open } = await shop();
  const order = input();
  const first = await open(order);
  expect(await open(order)).toEqual(first);
  fake.expire(order.outTradeNo);
  expect((await open(order)).gatewayTradeNo).not.toBe(first.gatewayTradeNo);
});

test("paid and never told: found by a signed question; expired is closed", async () => {
  const { fake, account, box, input, open } = await shop();
  const [order, other] = [input(), input()];
  const ref = { outTradeNo: order.outTradeNo, gatewayTradeNo: (await open(order)).gatewayTradeNo };
  expect(await account.queryPayment(ref, transport)).toEqual({ state: "pending" });
  await fake.pay(order.outTradeNo, "silent");
  expect(await account.queryPayment(ref, transport)).toMatchObject({
    state: "paid",
    payment: { amount: { amountMinor: 1_000n } },
  });
  expect(box.paid).toEqual([]);
  const otherRef = { outTradeNo: other.outTradeNo, gatewayTradeNo: (await open(other)).gatewayTradeNo };
  fake.expire(other.outTradeNo);
  expect(await account.queryPayment(otherRef, transport)).toEqual({ state: "closed" });
});

test("told twice at once, and again until the word is heard", async () => {
  const { fake, box, input, open } = await shop({ speed: 50_000 });
  const [order, other] = [input(), input()];
  await open(order);
  await open(other);
  await fake.pay(order.outTradeNo, "twice");
  expect(new Set(box.paid.map(({ gatewayTradeNo }) => gatewayTradeNo)).size).toBe(1);
  box.refuse(2);
  await fake.pay(other.outTradeNo);
  await expect.poll(() => box.paid.length).toBe(3);
  expect(fake.sent.slice(2).map(({ answer }) => answer)).toEqual(["fail", "fail", "ok"]);
});

test("HMAC-SHA256, all the way; the other algorithm's notices and questions are refused", async () => {
  const { fake, box, input, open } = await shop({ algorithm: "hmac_sha256" }, { algorithm: "hmac_sha256" });
  const order = input();
  await open(order);
  await fake.pay(order.outTradeNo);
  expect(box.said).toEqual(["paid"]);
  expect(await accountAt(fake.url).openPayment?.(input(), transport)).toEqual({
    state: "unknown",
    reason: "credentials_refused",
  });
});

test("a server that counts in another currency never shows an address for our price", async () => {
  const { account, input } = await shop({ baseCurrency: "USD" });
  expect(await account.openPayment?.(input(), transport)).toEqual({ state: "unknown", reason: "bad_amount" });
});

test("garbage and errors are unknown; the self check knows a right token from a wrong one", async () => {
  const { fake, account, input } = await shop();
  for (const kind of ["html", "error_page"] as const) {
    fake.misbehave(kind);
    expect((await account.openPayment?.(input(), transport))?.state).toBe("unknown");
  }
  const notifyUrl = "http://127.0.0.1:3000/api/pay/tokenpay/tp";
  expect(await account.selfCheck({ notifyUrl, transport })).toEqual([]);
  const other = accountAt(fake.url, { token: "another-token-of-32-letters-long" });
  expect(await other.selfCheck({ notifyUrl, transport })).toEqual(["credentials_refused"]);
});
