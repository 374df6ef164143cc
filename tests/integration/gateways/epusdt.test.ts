import { afterEach, describe, expect, test } from "vitest";
import type { GatewayAccount, OpenedPayment, OpenInput } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { newOutTradeNo } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { type EpusdtFake, type EpusdtFakeOptions, startEpusdtFake } from "@/sandbox/gateways/epusdt";
import { transportWith } from "@/tests/support/gateways";
import { type NoticeBox, startNoticeBox } from "@/tests/support/notice-box";

const TOKEN = "a-token-of-32-letters-for-testing";
const transport = transportWith({ timeoutMs: 2_000 });
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Shop {
  readonly fake: EpusdtFake;
  readonly account: GatewayAccount;
  readonly box: NoticeBox;
  input(fen?: bigint): OpenInput;
  open(input: OpenInput): Promise<OpenedPayment>;
}

/** A server of the family, an account at it, and an address that reads its notices as the shop does. */
async function shop(options: Omit<EpusdtFakeOptions, "token">, settings: object = {}): Promise<Shop> {
  const fake = await startEpusdtFake({ ...options, token: TOKEN });
  const { flavour } = options;
  const opened = gatewayOf("epusdt").openAccount({
    flavour,
    baseUrl: fake.url,
    token: TOKEN,
    ...(flavour === "gmpay" ? { pid: "1000" } : {}),
    ...settings,
  });
  if (!opened.ok) throw new Error(opened.error.join());
  const account = opened.value;
  const box = await startNoticeBox(account);
  stops.push(fake.stop, box.stop);
  return {
    fake,
    account,
    box,
    input: (fen = 1_000n) => ({
      outTradeNo: newOutTradeNo(),
      amount: money(fen, "CNY"),
      orderNumber: "261121-ABCDE-FGHJK",
      notifyUrl: box.url,
      returnUrl: "http://127.0.0.1:1/zh/orders/ord_1/pay",
      expiresAt: Date.now() + 900_000,
    }),
    async open(input) {
      const answer = await account.openPayment?.(input, transport);
      if (answer?.state !== "opened") throw new Error(JSON.stringify(answer));
      return answer.opened;
    },
  };
}
const refOf = ({ outTradeNo }: OpenInput, { gatewayTradeNo }: OpenedPayment) => ({ outTradeNo, gatewayTradeNo });

describe.each(["bepusdt", "gmpay", "classic"] as const)("%s, from the address to the payment", (flavour) => {
  test("an exact amount to an address, told once, taken with the server's word", async () => {
    const { fake, account, box, input, open } = await shop({ flavour });
    const order = input(1_050n);
    const { presentation, gatewayTradeNo } = await open(order);
    expect(presentation).toMatchObject({
      kind: "address",
      text: fake.trade(order.outTradeNo)?.address,
      payable: fake.trade(order.outTradeNo)?.coins,
      payableCurrency: "USDT",
    });
    await fake.pay(order.outTradeNo);
    expect(box.paid).toMatchObject([
      { outTradeNo: order.outTradeNo, gatewayTradeNo, amount: { amountMinor: 1_050n, currency: "CNY" } },
    ]);
    expect(fake.sent.map(({ answer }) => answer)).toEqual(["ok"]);
    expect(account.accepted.body).toBe("ok");
  });
  test("a million yuan survives the way there and back", async () => {
    const { fake, box, input, open } = await shop({ flavour });
    for (const fen of [100_000_000n, 123_456_789n, 9_999_999_999n]) {
      const order = input(fen);
      await open(order);
      await fake.pay(order.outTradeNo);
      expect(box.paid.at(-1)).toMatchObject({ outTradeNo: order.outTradeNo, amount: { amountMinor: fen } });
    }
  });
  test("two buyers of one price never have the same amount at the same address", async () => {
    const { input, open } = await shop({ flavour });
    const shown = [];
    for (let buyer = 0; buyer < 5; buyer += 1) shown.push((await open(input())).presentation);
    expect(new Set(shown.map((one) => (one.kind === "address" ? `${one.text} ${one.payable}` : ""))).size).toBe(5);
  });
  test("told twice at once: the same trade both times, which makes it one payment", async () => {
    const { fake, box, input, open } = await shop({ flavour });
    const order = input();
    await open(order);
    await fake.pay(order.outTradeNo, "twice");
    expect(box.paid).toHaveLength(2);
    expect(new Set(box.paid.map(({ gatewayTradeNo }) => gatewayTradeNo)).size).toBe(1);
  });
  test("paid and never told: found by asking", async () => {
    const { fake, account, box, input, open } = await shop({ flavour });
    const order = input();
    const ref = { ...refOf(order, await open(order)), openedAmount: order.amount };
    expect(await account.queryPayment(ref, transport)).toEqual({ state: "pending" });
    await fake.pay(order.outTradeNo, "silent");
    expect(box.paid).toEqual([]);
    expect(await account.queryPayment(ref, transport)).toMatchObject({
      state: "paid",
      payment: { outTradeNo: order.outTradeNo, amount: { amountMinor: 1_000n } },
    });
  });
  test("a refused notice comes again, or is asked for where the server tells once", async () => {
    const { fake, account, box, input, open } = await shop({ flavour, speed: 50_000 });
    const order = input();
    const ref = { ...refOf(order, await open(order)), openedAmount: order.amount };
    box.refuse(1);
    await fake.pay(order.outTradeNo);
    if (flavour === "gmpay") {
      expect((await account.queryPayment(ref, transport)).state).toBe("paid");
      expect(fake.sent).toHaveLength(1);
    } else {
      await expect.poll(() => box.paid.length).toBe(1);
      expect(fake.sent.map(({ answer }) => answer)).toEqual(["fail", "ok"]);
    }
  });
  test("garbage, errors and silence are unknown, and asking again works", async () => {
    const { fake, account, input, open } = await shop({ flavour });
    const order = input();
    for (const kind of ["empty", "html", "error_page", "silent"] as const) {
      fake.misbehave(kind);
      const answer = await account.openPayment?.(order, transportWith({ timeoutMs: 300 }));
      expect(answer?.state).toBe("unknown");
    }
    const ref = refOf(order, await open(order));
    for (const kind of ["empty", "html", "error_page", "silent"] as const) {
      fake.misbehave(kind);
      expect((await account.queryPayment(ref, transportWith({ timeoutMs: 300 }))).state).toBe("unknown");
    }
    expect(await account.queryPayment(ref, transport)).toEqual({ state: "pending" });
  });
  test("the self check knows a right token from a wrong one", async () => {
    const { fake, account } = await shop({ flavour });
    const check = (of: GatewayAccount) =>
      of.selfCheck({ notifyUrl: "http://127.0.0.1:3000/api/pay/epusdt/usdt", transport });
    expect(await check(account)).toEqual([]);
    const other = gatewayOf("epusdt").openAccount({
      flavour,
      baseUrl: fake.url,
      pid: "1000",
      token: "another-token-of-32-letters-long",
    });
    expect(other.ok && (await check(other.value))).toEqual(["credentials_refused"]);
  });
});

describe("BEpusdt's own ways", () => {
  test("waiting each minute, expired, then found late and paid: only the last one is a payment", async () => {
    const { fake, account, box, input, open } = await shop({ flavour: "bepusdt" });
    const order = input();
    const ref = refOf(order, await open(order));
    await fake.tellWaiting(order.outTradeNo);
    await fake.tellWaiting(order.outTradeNo);
    await fake.expire(order.outTradeNo);
    expect(box.said).toEqual(["pending", "pending", "expired"]);
    expect(await account.queryPayment(ref, transport)).toEqual({ state: "pending" });
    await fake.pay(order.outTradeNo);
    expect(box.said).toEqual(["pending", "pending", "expired", "paid"]);
    expect(fake.sent.every(({ answer }) => answer === "ok")).toBe(true);
  });
  test("asked again for one attempt it is the same trade", async () => {
    const { input, open } = await shop({ flavour: "bepusdt" });
    const order = input();
    expect(await open(order)).toEqual(await open({ ...order, expiresAt: order.expiresAt + 60_000 }));
  });
  test("a paid trade is not shown for payment again", async () => {
    const { fake, account, input, open } = await shop({ flavour: "bepusdt" });
    const order = input();
    await open(order);
    await fake.pay(order.outTradeNo);
    expect(await account.openPayment?.(order, transport)).toEqual({ state: "refused", code: "already_paid" });
  });
  test("cancelled; refused when it was paid before", async () => {
    const { fake, account, input, open } = await shop({ flavour: "bepusdt" });
    const [first, second] = [input(), input()];
    const [one, two] = [refOf(first, await open(first)), refOf(second, await open(second))];
    expect(await account.closePayment?.(one, transport)).toEqual({ state: "closed" });
    expect(await account.queryPayment(one, transport)).toEqual({ state: "closed" });
    expect(await account.closePayment?.(one, transport)).toEqual({ state: "closed" });
    await fake.pay(second.outTradeNo, "silent");
    expect(await account.closePayment?.(two, transport)).toEqual({ state: "already_paid" });
  });
  test("an old build that tells the bare status: paid for what it was opened for", async () => {
    const { fake, account, input, open } = await shop({ flavour: "bepusdt" });
    fake.forgetInfo();
    const order = input();
    const ref = refOf(order, await open(order));
    await fake.pay(order.outTradeNo, "silent");
    expect(await account.queryPayment(ref, transport)).toEqual({ state: "unknown", reason: "held" });
    expect(await account.queryPayment({ ...ref, openedAmount: order.amount }, transport)).toMatchObject({
      state: "paid",
    });
  });
  test("other coins and chains", async () => {
    const { input, open } = await shop(
      { flavour: "bepusdt" },
      { tradeTypes: ["usdt.trc20", "usdt.bep20", "tron.trx"] },
    );
    const shown = [];
    for (const method of ["usdt.bep20", "tron.trx"]) shown.push((await open({ ...input(), method })).presentation);
    expect(shown).toMatchObject([
      { network: "BEP20", payableCurrency: "USDT", text: expect.stringMatching(/^0x/) },
      { network: "TRON", payableCurrency: "TRX", text: expect.stringMatching(/^T/) },
    ]);
  });
});

describe("a number that is taken", () => {
  test.each(["gmpay", "classic"] as const)("%s refuses it for good, and shows no second address", async (flavour) => {
    const { account, input, open } = await shop({ flavour });
    const order = input();
    await open(order);
    expect(await account.openPayment?.(order, transport)).toEqual({ state: "refused", code: "10002" });
  });
});

test("GMWalletApp with HMAC-SHA256, all the way", async () => {
  const { fake, box, input, open } = await shop(
    { flavour: "gmpay", algorithm: "hmac_sha256" },
    { algorithm: "hmac_sha256" },
  );
  const order = input(2_888n);
  await open(order);
  await fake.pay(order.outTradeNo);
  expect(box.paid).toMatchObject([{ accountRef: "1000", amount: { amountMinor: 2_888n } }]);
});

test("no free amount passes by itself", async () => {
  const { fake, account, input } = await shop({ flavour: "classic" });
  fake.misbehave("busy");
  const order = input();
  expect(await account.openPayment?.(order, transport)).toEqual({ state: "unknown", reason: "gateway_busy" });
  expect((await account.openPayment?.(order, transport))?.state).toBe("opened");
});
