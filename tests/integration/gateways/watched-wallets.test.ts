import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAccount, OpenInput, PaymentRef } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { newOutTradeNo } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { startCodepayFake } from "@/sandbox/gateways/codepay";
import { startVmqFake, type VmqFake } from "@/sandbox/gateways/vmq";
import { redirectOf, transportWith } from "@/tests/support/gateways";
import { type NoticeDoor, openNoticeDoor } from "@/tests/support/notice-door";

const KEY = "anHonestKey0123456789abcdefABCDEF";
const network = transportWith({ timeoutMs: 300 });
const stops: (() => Promise<void>)[] = [];
let door: NoticeDoor;
beforeEach(async () => {
  door = await openNoticeDoor();
  stops.push(door.stop);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function open(kind: "vmq" | "codepay", settings: object): GatewayAccount {
  const opened = gatewayOf(kind).openAccount(settings);
  if (!opened.ok) throw new Error(opened.error.join());
  door.account = opened.value;
  return opened.value;
}
const inputOf = (fen = 1000n): OpenInput => ({
  outTradeNo: newOutTradeNo(),
  amount: money(fen, "CNY"),
  orderNumber: "261121-ABCD-EFGH",
  notifyUrl: door.url,
  returnUrl: "http://127.0.0.1/zh/orders/ord_1/return",
  expiresAt: Date.now() + 900_000,
  method: "alipay",
});

describe.each(["java", "php"] as const)("V免签, the %s server", (flavour) => {
  let fake: VmqFake;
  let account: GatewayAccount;
  const start = async (direction: "up" | "down" = "up") => {
    fake = await startVmqFake({ key: KEY, flavour, direction });
    stops.push(fake.stop);
    account = open("vmq", { baseUrl: fake.url, key: KEY });
  };
  async function opened(fen = 1000n): Promise<{ input: OpenInput; ref: PaymentRef; url: string }> {
    const input = inputOf(fen);
    const way = await account.openPayment!(input, network);
    if (way.state !== "opened" || way.opened.presentation.kind !== "redirect")
      throw new Error(`not opened: ${JSON.stringify(way)}`);
    return {
      input,
      ref: { outTradeNo: input.outTradeNo, gatewayTradeNo: way.opened.gatewayTradeNo },
      url: way.opened.presentation.url,
    };
  }

  test("create → page → pay → notice → query, at every amount that the two print differently", async () => {
    await start();
    for (const fen of [1n, 10n, 100n, 1000n, 1250n, 1005n, 99_999_999n]) {
      const { input, ref, url } = await opened(fen);
      const page = await fetch(url);
      expect(await page.text()).toContain("¥");
      await fetch(url, { method: "POST", body: new URLSearchParams({ how: "pay" }) });
      const told = door.notices.at(-1);
      expect(told).toMatchObject({
        ok: true,
        value: { outTradeNo: input.outTradeNo, amount: { amountMinor: fen }, paid: { amountMinor: fen } },
      });
      const answer = await account.queryPayment(ref, network);
      expect(answer).toMatchObject({
        state: "paid",
        payment: { gatewayTradeNo: input.outTradeNo, amount: { amountMinor: fen } },
      });
    }
    expect(fake.sent.every(({ answer }) => answer === "success")).toBe(true);
  });
  test("ten buyers of one price are asked for ten amounts, and each pays for his own order", async () => {
    await start();
    const buyers = [];
    for (let one = 0; one < 10; one++) buyers.push(await opened());
    expect(new Set(buyers.map(({ input }) => fake.order(input.outTradeNo)?.asked)).size).toBe(10);
    for (const { input } of buyers.reverse()) await fake.pay(input.outTradeNo);
    expect(
      door.notices.map((notice) => notice.ok && [notice.value.outTradeNo, notice.value.amount.amountMinor]),
    ).toEqual(buyers.map(({ input }) => [input.outTradeNo, 1000n]));
  });
  test("attack: opening orders to push the amount down does not make it cheaper", async () => {
    await start("down");
    let last = await opened();
    for (let one = 0; one < 60; one++) last = await opened();
    await fake.pay(last.input.outTradeNo);
    expect(door.notices.at(-1)).toMatchObject({
      ok: true,
      value: { amount: { amountMinor: 940n }, paid: { amountMinor: 940n } },
    });
  });
  test("a notice that nobody took, or that never came, is found by asking", async () => {
    await start();
    door.answer = "deferred";
    const [refused, silent] = [await opened(), await opened(2000n)];
    await fake.pay(refused.input.outTradeNo);
    await fake.pay(silent.input.outTradeNo, { tells: false });
    expect(fake.order(refused.input.outTradeNo)?.state).toBe(2);
    for (const { ref } of [refused, silent])
      expect(await account.queryPayment(ref, network)).toMatchObject({ state: "paid" });
  });
  test("another amount is nobody's; a closed order cannot be paid", async () => {
    await start();
    const { input, ref } = await opened();
    expect(await fake.pay(input.outTradeNo, { fen: 999n })).toBe(false);
    expect(await account.queryPayment(ref, network)).toEqual({ state: "pending" });
    expect(await account.closePayment!(ref, network)).toEqual({ state: "closed" });
    expect(await account.closePayment!(ref, network)).toEqual({ state: "closed" });
    expect(await account.queryPayment(ref, network)).toEqual({ state: "closed" });
    expect(await fake.pay(input.outTradeNo)).toBe(false);
    const paid = await opened();
    await fake.pay(paid.input.outTradeNo);
    expect(await account.closePayment!(paid.ref, network)).toEqual({ state: "already_paid" });
  });
  test("the same number is not opened twice; a wrong key is told, and so is a phone that is away", async () => {
    await start();
    const { input } = await opened();
    expect(await account.openPayment!(input, network)).toEqual({ state: "refused", code: "order_exists" });
    const check = (of: GatewayAccount) => of.selfCheck({ notifyUrl: door.url, transport: network });
    expect(await check(account)).toEqual([]);
    fake.watch(false);
    expect(await check(account)).toEqual(["gateway_silent"]);
    const stranger = open("vmq", { baseUrl: fake.url, key: "anotherKey0123456789abcdefABCDEF" });
    expect(await check(stranger)).toEqual(["credentials_refused"]);
    expect(await stranger.openPayment!(inputOf(), network)).toEqual({ state: "refused", code: "credentials_refused" });
  });
  test.each(["html", "hang", "other_order"] as const)("attack 27: %s is unknown", async (mischief) => {
    await start();
    const { ref } = await opened();
    fake.misbehave(mischief);
    expect((await account.queryPayment(ref, network)).state).toBe("unknown");
    expect((await account.openPayment!(inputOf(), network)).state).toBe("unknown");
  });
});

describe("码支付", () => {
  async function start() {
    const fake = await startCodepayFake({ id: "10041", key: KEY, speed: 10_000 });
    stops.push(fake.stop);
    return { fake, account: open("codepay", { baseUrl: fake.url, id: "10041", key: KEY }) };
  }
  test("create → page → pay → notice; two buyers of one price pay two amounts", async () => {
    const { account, fake } = await start();
    const [first, second] = [inputOf(), inputOf()];
    for (const input of [first, second])
      expect(await (await fetch(redirectOf(account, input))).text()).toContain("¥10.0");
    await fetch(redirectOf(account, second), { method: "POST", body: new URLSearchParams({ how: "pay" }) });
    expect(door.notices).toMatchObject([
      {
        ok: true,
        value: {
          outTradeNo: second.outTradeNo,
          amount: { amountMinor: 1000n },
          paid: { amountMinor: 1001n },
          method: "alipay",
        },
      },
    ]);
    expect(fake.order(first.outTradeNo)?.isPaid).toBe(false);
  });
  test("told twice: one payment; told until it is taken", async () => {
    const { account, fake } = await start();
    const input = inputOf();
    await fetch(redirectOf(account, input));
    door.answer = "deferred";
    await fake.pay(input.outTradeNo);
    await expect.poll(() => fake.sent.length, { timeout: 3_000 }).toBe(4);
    expect(new Set(door.notices.map((notice) => notice.ok && notice.value.gatewayTradeNo)).size).toBe(1);
  });
  test("attack 1: an amount that a person booked is judged as what it is", async () => {
    const { account, fake } = await start();
    const input = inputOf();
    await fetch(redirectOf(account, input));
    await fake.pay(input.outTradeNo, { fen: 1n });
    expect(door.notices).toMatchObject([
      { ok: true, value: { amount: { amountMinor: 1n }, paid: { amountMinor: 1n } } },
    ]);
  });
});
