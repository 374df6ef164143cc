import { createPublicKey } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ListedPayment, listOrders } from "@/lib/features/payments/gateways/epay-orders";
import { readSettings } from "@/lib/features/payments/gateways/epay-settings";
import type { GatewayAccount, OpenInput, PaymentRef, RefundInput } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { readPrivateKey } from "@/lib/features/payments/gateways/rsa";
import { newOutTradeNo } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { type EpayFake, startEpayFake } from "@/sandbox/gateways/epay";
import type { EpayFakeOptions } from "@/sandbox/gateways/epay-server";
import vectors from "@/tests/fixtures/payment-vectors.json";
import { payment, redirectOf, transportWith } from "@/tests/support/gateways";
import { type NoticeDoor, openNoticeDoor } from "@/tests/support/notice-door";

const KEY = "anHonestKey0123456789abcdefABCDEF";
const platform = readPrivateKey(vectors.keys.platform.privatePkcs8DerBase64);
if (!platform.ok) throw new Error(platform.error);
const RSA = { merchantPublic: createPublicKey(vectors.keys.merchant.publicSpkiPem), platformPrivate: platform.value };
const RSA_KEYS = {
  signMode: "RSA",
  merchantPrivateKey: vectors.keys.merchant.privatePkcs8DerBase64,
  platformPublicKey: vectors.keys.platform.publicSpkiPem,
};

let fake: EpayFake;
let door: NoticeDoor;
let account: GatewayAccount;
let settings: Record<string, unknown>;
beforeEach(async () => {
  door = await openNoticeDoor();
});
afterEach(async () => {
  await fake.stop();
  await door.stop();
});

async function start(options: Partial<EpayFakeOptions> = {}, more: Record<string, unknown> = {}): Promise<void> {
  const pid = options.dialect === "linuxdo" ? "cid_abc" : "1000";
  fake = await startEpayFake({ pid, key: KEY, speed: 1_000, ...options });
  settings = {
    baseUrl: fake.url,
    pid,
    key: KEY,
    types: ["alipay", "wxpay"],
    profile: options.dialect ?? "rainbow",
    ...more,
  };
  const opened = gatewayOf("epay").openAccount(settings);
  if (!opened.ok) throw new Error(opened.error.join());
  account = opened.value;
  door.account = account;
}
const startRsa = (options: Partial<EpayFakeOptions> = {}) => start({ rsa: RSA, ...options }, RSA_KEYS);

const inputOf = (fen = 1000n): OpenInput => ({
  outTradeNo: newOutTradeNo(),
  amount: money(fen, "CNY"),
  orderNumber: "261121-ABCD-EFGH",
  notifyUrl: door.url,
  returnUrl: "http://127.0.0.1/zh/orders/ord_1/return",
  expiresAt: Date.now() + 900_000,
  method: account.methods[0],
  clientIp: "203.0.113.7",
});
const network = transportWith({ timeoutMs: 300 });
const ask = (outTradeNo: string) => account.queryPayment(payment(outTradeNo), network);

/** The buyer opens the way to pay and pays there. */
async function buy(fen = 1000n): Promise<OpenInput> {
  const input = inputOf(fen);
  const created = account.createPayment(input);
  const way = created.ok && created.value.kind === "on_request" ? await account.openPayment!(input, network) : null;
  const url =
    way?.state === "opened" && way.opened.presentation.kind === "redirect"
      ? way.opened.presentation.url
      : redirectOf(account, input);
  const page = await fetch(url);
  expect([page.status, await page.text()]).toMatchObject([200, expect.stringContaining("¥")]);
  await fetch(page.url, { method: "POST", body: new URLSearchParams({ how: "pay" }) });
  return input;
}
const refundOf = (input: OpenInput, changes: Partial<RefundInput> = {}): RefundInput => ({
  outTradeNo: input.outTradeNo,
  gatewayTradeNo: null,
  refundNo: `R${newOutTradeNo().slice(0, 20)}`,
  amount: input.amount,
  total: input.amount,
  ...changes,
});

describe("create → pay → notice → query, over HTTP, in each dialect and both versions", () => {
  const ways: [string, () => Promise<void>][] = [
    ["Rainbow v1", () => start()],
    ["Rainbow v2", () => startRsa()],
    ["LINUX DO Credit", () => start({ dialect: "linuxdo" })],
    ["LunaFirPay", () => start({ dialect: "lunafir" })],
  ];
  test.each(ways)("%s", async (_, open) => {
    await open();
    const input = await buy(1010n);
    expect(door.notices).toMatchObject([
      { ok: true, value: { outTradeNo: input.outTradeNo, amount: { amountMinor: 1010n } } },
    ]);
    expect(fake.sent.map(({ status, answer }) => [status, answer])).toEqual([[200, "success"]]);
    const answer = await ask(input.outTradeNo);
    const told = door.notices[0];
    expect(answer.state === "paid" && told?.ok && answer.payment.gatewayTradeNo).toBe(
      told?.ok && told.value.gatewayTradeNo,
    );
    expect(await ask(newOutTradeNo())).toEqual({ state: "not_found" });
    expect(await account.selfCheck({ notifyUrl: door.url, transport: network })).toEqual([]);
  });
  test("a notice that is not taken is told again, signed anew", async () => {
    await startRsa({ speed: 10_000 });
    door.answer = "deferred";
    await buy();
    await expect.poll(() => fake.sent.length, { timeout: 3_000 }).toBe(5);
    expect(door.notices.every((notice) => notice.ok)).toBe(true);
  });
  test("told twice within a second by two routes: the same payment both times", async () => {
    await start();
    const input = inputOf();
    await fetch(redirectOf(account, input));
    await fake.pay(input.outTradeNo, { tellings: 2 });
    expect(door.notices).toHaveLength(2);
    expect(door.notices[0]).toEqual(door.notices[1]);
  });
  test("the second version opened twice is the same payment; with another amount it is refused", async () => {
    await startRsa();
    const input = inputOf();
    const [first, again] = [await account.openPayment!(input, network), await account.openPayment!(input, network)];
    expect(first).toEqual(again);
    expect(await account.openPayment!({ ...input, amount: money(1n, "CNY") }, network)).toMatchObject({
      state: "refused",
    });
  });
  test("a buyer who is to choose brings the signed request himself", async () => {
    await startRsa();
    const input = { ...inputOf(), method: undefined };
    const way = await account.openPayment!(input, network);
    if (way.state !== "opened" || way.opened.presentation.kind !== "redirect") throw new Error("not opened");
    expect(await (await fetch(way.opened.presentation.url)).text()).toContain("¥10.00");
    expect(fake.trade(input.outTradeNo)?.fen).toBe(1000n);
  });
});

describe("attack 27: a server that misbehaves is unknown, never paid, never failed", () => {
  test.each(["html", "empty_500", "hang", "lost_answer", "other_order"] as const)("v1: %s", async (mischief) => {
    await start();
    const { outTradeNo } = await buy();
    fake.misbehave(mischief);
    expect((await ask(outTradeNo)).state).toBe("unknown");
  });
  test.each(["html", "empty_500", "hang", "unsigned", "edited", "stale", "other_order"] as const)(
    "v2: %s",
    async (mischief) => {
      await startRsa();
      const { outTradeNo } = await buy();
      fake.misbehave(mischief);
      expect((await ask(outTradeNo)).state).toBe("unknown");
      expect((await account.openPayment!(inputOf(), network)).state).toBe(
        mischief === "other_order" ? "opened" : "unknown",
      );
    },
  );
});

describe("giving back by the first version, which has no number for a refund", () => {
  test.each([0, 1] as const)("code %i and a query that confirms it: succeeded", async (refundCode) => {
    await start({ refundCode });
    const input = await buy();
    expect(await account.refunds!.refund(refundOf(input), network)).toMatchObject({
      state: "succeeded",
      amount: { amountMinor: 1000n },
    });
    expect(await ask(input.outTradeNo)).toMatchObject({ state: "refunded" });
  });
  test("LINUX DO Credit: the whole payment reads as not paid afterwards", async () => {
    await start({ dialect: "linuxdo" });
    const input = await buy();
    expect(await account.refunds!.refund(refundOf(input), network)).toMatchObject({ state: "succeeded" });
    expect(fake.trade(input.outTradeNo)?.refunds).toHaveLength(1);
  });
  test("a claim that no query confirms is unknown", async () => {
    await start();
    const input = await buy();
    fake.misbehave("claims_refunds");
    expect(await account.refunds!.refund(refundOf(input), network)).toEqual({ state: "unknown", reason: "held" });
  });
  test("a lost answer, or a failure behind the server, is judged by the query", async () => {
    await start();
    const failed = await buy();
    fake.misbehave("fails_refunds_that_went");
    expect(await account.refunds!.refund(refundOf(failed), network)).toMatchObject({
      state: "succeeded",
      gatewayRefundNo: null,
    });
  });
  test("attack 28: asked twice, the money goes once", async () => {
    await start();
    const input = await buy();
    await account.refunds!.refund(refundOf(input), network);
    expect(await account.refunds!.refund(refundOf(input), network)).toEqual({ state: "unknown", reason: "held" });
    expect(fake.trade(input.outTradeNo)?.refunds).toHaveLength(1);
  });
  test("a part is not asked for, nor what nobody paid, nor what was given back at the desk", async () => {
    await start();
    expect(account.refunds).toMatchObject({ isPartialPossible: false, isIdempotent: false });
    const input = await buy();
    expect(await account.refunds!.refund(refundOf(input, { amount: money(1n, "CNY") }), network)).toEqual({
      state: "failed",
      code: "partial_unsupported",
    });
    expect(await account.refunds!.queryRefund(refundOf(input), network)).toEqual({ state: "not_found" });
    fake.refundAtDesk(input.outTradeNo, "1.00");
    expect(await account.refunds!.refund(refundOf(input), network)).toEqual({ state: "unknown", reason: "held" });
    expect(await account.refunds!.queryRefund(refundOf(input), network)).toEqual({ state: "unknown", reason: "held" });
    const unpaid = inputOf();
    await fetch(redirectOf(account, unpaid));
    expect(await account.refunds!.refund(refundOf(unpaid), network)).toEqual({ state: "failed", code: "not_paid" });
  });
  test("servers without that door have no refunds", async () => {
    await start({ dialect: "lunafir" });
    expect([account.refunds, account.closePayment, account.openPayment]).toEqual([undefined, undefined, undefined]);
  });
});

describe("giving back and closing by the second version", () => {
  test("parts, each under its own number; the same number again is the same refund", async () => {
    await startRsa();
    const input = await buy();
    const part = refundOf(input, { amount: money(400n, "CNY") });
    const [first, again] = [await account.refunds!.refund(part, network), await account.refunds!.refund(part, network)];
    expect(first).toMatchObject({ state: "succeeded", amount: { amountMinor: 400n } });
    expect(again).toEqual(first);
    expect(await account.refunds!.refund(refundOf(input, { amount: money(600n, "CNY") }), network)).toMatchObject({
      state: "succeeded",
    });
    expect(fake.trade(input.outTradeNo)?.refunds.map(({ fen }) => fen)).toEqual([400n, 600n]);
    expect(await account.refunds!.refund(refundOf(input, { amount: money(1n, "CNY") }), network)).toMatchObject({
      state: "failed",
    });
  });
  test("the same number with another amount is not the refund that was asked for", async () => {
    await startRsa();
    const input = await buy();
    const part = refundOf(input, { amount: money(400n, "CNY") });
    await account.refunds!.refund(part, network);
    expect(await account.refunds!.refund({ ...part, amount: money(500n, "CNY") }, network)).toEqual({
      state: "unknown",
      reason: "bad_amount",
    });
  });
  test("only what the query confirms counts: claims, and failures that went", async () => {
    await startRsa();
    const refund = refundOf(await buy());
    fake.misbehave("claims_refunds");
    expect(await account.refunds!.refund(refund, network)).toEqual({ state: "unknown", reason: "held" });
    fake.misbehave("fails_refunds_that_went");
    expect(await account.refunds!.refund(refund, network)).toMatchObject({ state: "succeeded" });
    fake.misbehave("unsigned");
    expect(await account.refunds!.queryRefund(refund, network)).toEqual({ state: "unknown", reason: "bad_signature" });
    fake.misbehave("none");
    expect(await account.refunds!.queryRefund({ ...refund, refundNo: "R000001" }, network)).toEqual({
      state: "not_found",
    });
  });
  test("an answer that was lost is found again under the same number", async () => {
    await startRsa();
    const input = refundOf(await buy());
    fake.misbehave("lost_answer");
    expect((await account.refunds!.refund(input, network)).state).toBe("unknown");
    fake.misbehave("none");
    expect(await account.refunds!.queryRefund(input, network)).toMatchObject({ state: "succeeded" });
    expect(await account.refunds!.refund(input, network)).toMatchObject({ state: "succeeded" });
    expect(fake.trade(input.outTradeNo)?.refunds).toHaveLength(1);
  });
  test("most channels cannot close; one that can is believed; a paid one is settled", async () => {
    await startRsa();
    const [open, paid] = [inputOf(), await buy()];
    await account.openPayment!(open, network);
    const close = (input: OpenInput) =>
      account.closePayment!({ outTradeNo: input.outTradeNo, gatewayTradeNo: null } satisfies PaymentRef, network);
    expect([await close(open), await close(paid), await close(inputOf())]).toEqual([
      { state: "unsupported" },
      { state: "already_paid" },
      { state: "not_created" },
    ]);
    await fake.stop();
    await startRsa({ canClose: true });
    const other = inputOf();
    await account.openPayment!(other, network);
    expect(await close(other)).toEqual({ state: "closed" });
  });
});

describe("the list of orders", () => {
  async function read(since = 0): Promise<{ names: string[]; end: ListedPayment }> {
    const config = readSettings(settings);
    if (!config.ok) throw new Error(config.error.join());
    const items: ListedPayment[] = [];
    for await (const item of listOrders({ since }, config.value, network)) items.push(item);
    const end = items.pop();
    if (end?.kind !== "end") throw new Error("the list has no end");
    return { names: items.map((item) => (item.kind === "row" ? item.outTradeNo : "end")), end };
  }
  test.each(["v1", "v2"])("%s: every order once, whatever the length of the last page", async (version) => {
    for (const count of [1, 49, 50, 51, 90, 131]) {
      await (version === "v1" ? start() : startRsa());
      fake.fill(count);
      const { names, end } = await read();
      expect([names.length, new Set(names).size, end]).toEqual([count, count, { kind: "end", reason: null }]);
      await fake.stop();
    }
    await start();
  });
  test("an empty list is a broken page, and is told from a broken server", async () => {
    await start();
    expect(await read()).toEqual({ names: [], end: { kind: "end", reason: null } });
    fake.misbehave("empty_500");
    expect(await read()).toEqual({ names: [], end: { kind: "end", reason: "http_status" } });
  });
  test("orders that come while we read are no reason to tell others twice, or not at all", async () => {
    await start();
    fake.fill(120);
    fake.beforePage((offset) => offset > 0 && fake.fill(30));
    const { names, end } = await read();
    expect([names.length, new Set(names).size, end]).toMatchObject([120, 120, { reason: null }]);
  });
  test("orders that are purged while we read leave no gap", async () => {
    await start();
    fake.fill(200);
    const first = await read();
    let purged = 0;
    // Forty of the newest go away in front of the second page, so that it shares no row with the first.
    fake.beforePage((offset) => {
      if (offset === 0 || purged > 0) return;
      for (const name of first.names.slice(0, 40)) fake.purge(name);
      purged = 40;
    });
    const again = await read();
    expect([purged, new Set(again.names).size, again.end]).toMatchObject([40, 200, { reason: null }]);
  });
  test("as a statement: pages of rows as they were sent, the window's only, and no page after a failure", async () => {
    await start();
    fake.fill(120);
    const read = async (to: number) => {
      const pages = [];
      for await (const page of account.statementPages!({ from: 0, to }, network)) pages.push(page);
      return pages;
    };
    const pages = await read(Date.now() + 1_000);
    expect(pages.map((page) => page.ok && [page.value.rows, page.value.isLast])).toEqual([
      [50, false],
      [50, false],
      [20, true],
    ]);
    const [first] = pages;
    expect(first?.ok && JSON.parse(first.value.text).data[0]).toMatchObject({ money: "1.00", status: "0" });
    expect(await read(0)).toMatchObject([{ ok: true, value: { rows: 0, isLast: true } }]);
    fake.misbehave("html");
    expect(await read(Date.now())).toEqual([{ ok: false, error: "unreadable" }]);
  });
  test("what was added before the window ends the reading", async () => {
    await start();
    fake.fill(60);
    const { names, end } = await read(Date.now() + 60_000);
    expect([names, end]).toEqual([[], { kind: "end", reason: null }]);
    expect(fake.asked).toHaveLength(1);
  });
});
