import { describe, expect, test } from "vitest";
import { limits } from "@/lib/kernel/limits";
import { money } from "@/lib/kernel/money";
import { payment, transportWith } from "@/tests/support/gateways";
import { CERTIFICATE_SETTINGS } from "@/tests/unit/payments/alipay-fixtures";
import { ask, close, open, paidOf, refundInput, transport, type World, world } from "./alipay-world";

describe("a code, from its making to its refund", () => {
  test("made, unscanned, scanned, paid, told, asked, given back in two parts, and on the bill", async () => {
    const w = await world();
    expect(w.account.createPayment(w.input)).toEqual({ ok: true, value: { kind: "on_request" } });
    const opened = await open(w);
    expect(opened).toMatchObject({
      state: "opened",
      opened: { presentation: { kind: "qrcode" }, gatewayTradeNo: null },
    });
    // Asked again it is the same payment.
    expect(await open(w)).toMatchObject({
      opened: { presentation: (opened as { opened: { presentation: object } }).opened.presentation },
    });
    expect(await ask(w)).toEqual({ state: "not_found" });
    w.fake.scan(w.input.outTradeNo);
    expect(await ask(w)).toEqual({ state: "pending" });

    await w.fake.pay(w.input.outTradeNo);
    expect(w.heard).toMatchObject([paidOf]);
    expect(w.fake.sent).toMatchObject([{ status: 200, answer: "success" }]);
    expect(await ask(w)).toMatchObject({
      state: "paid",
      payment: { gatewayTradeNo: w.fake.trade(w.input.outTradeNo)?.tradeNo },
    });
    expect(await close(w)).toEqual({ state: "already_paid" });

    const refunds = w.account.refunds!;
    const part = refundInput(w, "RF1", 300n);
    expect(await refunds.refund(part, transport)).toMatchObject({ state: "succeeded", amount: money(300n, "CNY") });
    expect(await refunds.refund(part, transport)).toMatchObject({ state: "succeeded", amount: money(300n, "CNY") });
    const rest = refundInput(w, "RF2", 690n);
    expect(await refunds.refund(rest, transport)).toMatchObject({ state: "succeeded" });
    expect(await refunds.queryRefund(rest, transport)).toMatchObject({
      state: "succeeded",
      amount: money(690n, "CNY"),
    });
    expect(await refunds.queryRefund(refundInput(w, "RF9", 1n), transport)).toEqual({ state: "not_found" });
    expect(await ask(w)).toMatchObject({ state: "refunded" });
    await expect.poll(() => w.heard.slice(1)).toMatchObject([{ kind: "refund" }, { kind: "refund" }]);

    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const bill = await w.account.fetchBill?.(today, transport);
    expect(bill?.ok && bill.value.subarray(0, 2).toString()).toBe("PK");
    expect(await w.account.fetchBill?.("2020-01-01", transport)).toEqual({ ok: false, error: "no_bill" });
  });

  test("certificate mode: our serial numbers are asked for, and Alipay's is checked", async () => {
    const serials = {
      app: "e27548ab29b3f530da0922557b00511c",
      alipay: "b59bd306f654d0f3618326ac8a384e21",
      root: "61d9d46e82a9850d25f8e6dd0d799351_8473c4aa23b1c347a1ade8bcb7f7e0f9",
    };
    const w = await world({ serials }, CERTIFICATE_SETTINGS);
    expect(await open(w)).toMatchObject({ state: "opened" });
    await w.fake.pay(w.input.outTradeNo);
    expect(w.heard).toMatchObject([paidOf]);
    expect(await ask(w)).toMatchObject({ state: "paid" });
    const other = await world({ serials: { ...serials, alipay: "0".repeat(32) } }, CERTIFICATE_SETTINGS);
    expect(await ask(other)).toEqual({ state: "unknown", reason: "bad_signature" });
  });

  test("a code past its deadline cannot be paid, scanned or not", async () => {
    let now = Date.now();
    const w = await world({ now: () => now });
    await open(w);
    now += 900_001;
    expect(await w.fake.pay(w.input.outTradeNo)).toBe(false);
    expect(w.heard).toEqual([]);
  });
});

describe("closing", () => {
  test("an unscanned code is no trade, a scanned one is closed, and stays closed", async () => {
    const w = await world();
    await open(w);
    expect(await close(w)).toEqual({ state: "not_created" });
    w.fake.scan(w.input.outTradeNo);
    expect(await close(w)).toEqual({ state: "closed" });
    expect(await close(w)).toEqual({ state: "closed" });
    expect(await ask(w)).toEqual({ state: "closed" });
    expect(await w.fake.pay(w.input.outTradeNo)).toBe(false);
    expect(await open(w)).toEqual({ state: "refused", code: "ACQ.TRADE_HAS_CLOSE" });
  });
});

describe("the cashier's pages", () => {
  for (const [method, device, word] of [
    ["page", "desktop", "alipay.trade.page.pay"],
    [undefined, "mobile", "alipay.trade.wap.pay"],
  ] as const) {
    test(`${word}: a signed address that leads to the cashier, where the buyer pays`, async () => {
      const w = await world();
      const opened = await open(w, { method, device });
      if (opened?.state !== "opened" || opened.opened.presentation.kind !== "redirect") throw new Error("no redirect");
      const { url } = opened.opened.presentation;
      expect(new URL(url).searchParams.get("method")).toBe(word);
      expect(w.fake.asked).toEqual([]);
      const page = await fetch(url);
      expect(await page.text()).toContain("9.90");
      await fetch(page.url, { method: "POST", body: new URLSearchParams({ how: "twice" }) });
      expect(w.heard).toMatchObject([paidOf, paidOf]);
      const numbers = w.heard.map(
        (notice) => typeof notice === "object" && notice.kind === "paid" && notice.payment.gatewayTradeNo,
      );
      expect(new Set(numbers).size).toBe(1);
    });
  }
  test("an address that somebody edited leads nowhere", async () => {
    const w = await world();
    const opened = await open(w, { method: "page" });
    if (opened?.state !== "opened" || opened.opened.presentation.kind !== "redirect") throw new Error("no redirect");
    const page = await fetch(opened.opened.presentation.url.replace("9.90", "0.01"));
    expect(page.status).toBe(400);
  });
});

describe("notices", () => {
  test("a shop that does not say success hears again, until it does", async () => {
    const w = await world({ speed: 10_000 });
    await open(w);
    w.answers.push("Success", '"success"');
    await w.fake.pay(w.input.outTradeNo);
    await expect.poll(() => w.fake.sent.map(({ answer }) => answer)).toEqual(["Success", '"success"', "success"]);
  });
  test("blank values signed or not", async () => {
    for (const blanks of ["kept", "dropped"] as const) {
      const w = await world({ blanks });
      await open(w);
      await w.fake.pay(w.input.outTradeNo);
      expect(w.heard).toMatchObject([paidOf]);
    }
  });
  test("another amount arrives as what it is, another seller is refused", async () => {
    const w = await world();
    await open(w);
    await w.fake.pay(w.input.outTradeNo, { yuan: "0.01" });
    expect(w.heard).toMatchObject([{ kind: "paid", payment: { amount: money(1n, "CNY") } }]);
    const other = await world();
    await open(other);
    await other.fake.pay(other.input.outTradeNo, { sellerId: "2088999999999999" });
    expect(other.heard).toEqual(["other_account"]);
  });
  test("money given back at Alipay's own desk is a refund by its desk's number", async () => {
    const w = await world();
    await open(w);
    await w.fake.pay(w.input.outTradeNo, { tell: "never" });
    await w.fake.refundAtDesk(w.input.outTradeNo, "DESK1", "9.90");
    expect(w.heard).toMatchObject([{ kind: "refund", refund: { refundNo: "DESK1" } }]);
  });
});

describe("attack 27: what the gateway does instead of answering", () => {
  for (const [mischief, reason] of [
    ["html", "unreadable"],
    ["empty", "unreadable"],
    ["error_500", "http_status"],
    ["hang", "timed_out"],
    ["busy", "gateway_busy"],
    ["unsigned", "bad_signature"],
    ["edited", "bad_signature"],
    ["other_order", "other_order"],
  ] as const) {
    test(`${mischief}: nothing is concluded from it`, async () => {
      const w = await world();
      await open(w);
      w.fake.scan(w.input.outTradeNo);
      w.fake.misbehave(mischief);
      const impatient = transportWith({ timeoutMs: 200 });
      expect(await w.account.queryPayment(payment(w.input.outTradeNo), impatient)).toEqual({
        state: "unknown",
        reason,
      });
      expect(await w.account.openPayment?.(w.input, impatient)).toEqual({ state: "unknown", reason });
      expect(await w.account.closePayment?.(payment(w.input.outTradeNo), impatient)).toEqual({
        state: "unknown",
        reason,
      });
      // A refusal to give back what was never paid is one, whichever order it is about.
      const state = mischief === "other_order" ? "failed" : "unknown";
      expect(await w.account.refunds?.refund(refundInput(w, "RF1", 1n), impatient)).toMatchObject({ state });
      expect(await w.account.fetchBill?.("2026-11-20", impatient)).toMatchObject({ ok: false });
    });
  }
});

describe("attack 28: refunds asked twice, lost and refused", () => {
  test("an answer that was lost is found by asking again with the same number", async () => {
    const w = await world();
    await open(w);
    await w.fake.pay(w.input.outTradeNo);
    w.fake.misbehave("lost_answer");
    const impatient = transportWith({ timeoutMs: 200 });
    expect(await w.account.refunds?.refund(refundInput(w, "RF1", 500n), impatient)).toEqual({
      state: "unknown",
      reason: "timed_out",
    });
    w.fake.misbehave("none");
    expect(await w.account.refunds?.refund(refundInput(w, "RF1", 500n), transport)).toMatchObject({
      state: "succeeded",
    });
    expect(w.fake.trade(w.input.outTradeNo)?.refunds).toHaveLength(1);
  });
  test("more than was paid, and a payment that never was, are refused and known to be", async () => {
    const w = await world();
    await open(w);
    expect(await w.account.refunds?.refund(refundInput(w, "RF1", 1n), transport)).toEqual({
      state: "failed",
      code: "ACQ.TRADE_NOT_EXIST",
    });
    await w.fake.pay(w.input.outTradeNo);
    expect(await w.account.refunds?.refund(refundInput(w, "RF1", 991n), transport)).toMatchObject({ state: "failed" });
  });
  test("a number that is another refund's says what that refund was, and never failed", async () => {
    const w = await world();
    await open(w);
    await w.fake.pay(w.input.outTradeNo);
    await w.account.refunds?.refund(refundInput(w, "RF1", 100n), transport);
    expect(await w.account.refunds?.refund(refundInput(w, "RF1", 200n), transport)).toMatchObject({
      state: "succeeded",
      amount: money(100n, "CNY"),
    });
  });
});

describe("self check", () => {
  const check = ({ account, input }: World) => account.selfCheck({ notifyUrl: input.notifyUrl, transport });
  test("right settings, wrong application, silent gateway", async () => {
    expect(await check(await world())).toEqual([]);
    expect(await check(await world({ appId: "2021000000000009" }))).toEqual(["credentials_refused"]);
    const silent = await world();
    silent.fake.misbehave("html");
    expect(await check(silent)).toEqual(["gateway_silent"]);
  });
});

describe("attack 21: addresses that the gateway gives", () => {
  test("a bill's address elsewhere is not followed, an endless file is cut off", async () => {
    const w = await world();
    await open(w);
    await w.fake.pay(w.input.outTradeNo);
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const seen: string[] = [];
    const bill = await w.account.fetchBill?.(today, {
      ...transport,
      fetch: async (url, init) => {
        seen.push(String(url));
        if (String(url).includes("/file/")) return new Response(new Uint8Array(limits.billBytesMax + 1));
        return fetch(url, init);
      },
    });
    expect(bill).toEqual({ ok: false, error: "reply_too_large" });
    expect(seen).toHaveLength(2);
  });
});
