import { describe, expect, test } from "vitest";
import { money } from "@/lib/kernel/money";
import { payment, transportWith } from "@/tests/support/gateways";
import { accountWith, NUMBER } from "@/tests/unit/payments/stripe-fixtures";
import { close, HOUR, open, paidNotices, query, refundOf, refundsOf, transport, world } from "./stripe-world";

describe("opening", () => {
  test("the buyer is sent to a session of exactly our amount, which Stripe itself ends", async () => {
    const here = await world();
    const opened = await open(here);
    const [session] = here.stripe.sessions(NUMBER);
    expect(opened).toEqual({
      presentation: { kind: "redirect", url: `${here.stripe.url}/c/pay/${session?.id}` },
      gatewayTradeNo: session?.id,
      closesAt: (session?.expiresAt ?? 0) * 1_000,
    });
    expect(session).toMatchObject({ amount: 1999, currency: "usd", name: "Order 261121-AAAAA-BBBBB" });
    expect(opened.closesAt).toBeGreaterThan(here.input.expiresAt);
    expect((await fetch(`${here.stripe.url}/c/pay/${session?.id}`)).status).toBe(200);
  });
  test("asked twice, at once and later, it is one session", async () => {
    const here = await world();
    const [first, second] = await Promise.all([open(here), open(here)]);
    expect(second).toEqual(first);
    expect(await open(here)).toEqual(first);
    expect(here.stripe.sessions(NUMBER)).toHaveLength(1);
  });
  test("asked again with another deadline, it is still the session that is there", async () => {
    const here = await world();
    const first = await open(here);
    expect(await open(here, { expiresAt: here.input.expiresAt + 60_000 })).toEqual(first);
    expect(here.stripe.sessions(NUMBER)).toHaveLength(1);
  });
  test("an answer that got lost: unknown, and the same session when asked again", async () => {
    const here = await world();
    here.stripe.misbehave("lost_answer");
    const lost = await here.account.openPayment?.(here.input, transportWith({ timeoutMs: 200 }));
    expect(lost).toEqual({ state: "unknown", reason: "timed_out" });
    here.stripe.misbehave("none");
    await open(here);
    expect(here.stripe.sessions(NUMBER)).toHaveLength(1);
  });
  test("yen go whole, a reservation of a whole day is taken", async () => {
    const here = await world({ amount: money(1200n, "JPY") });
    await open(here, { expiresAt: Date.now() + 24 * HOUR });
    expect(here.stripe.sessions(NUMBER)[0]).toMatchObject({ amount: 1200, currency: "jpy" });
  });
  test("a method that the account has, and WeChat's own condition", async () => {
    const here = await world();
    await open(here, { method: "wechat_pay" });
    expect(here.stripe.sessions(NUMBER)[0]?.methods).toEqual(["wechat_pay"]);
    expect(here.account.createPayment({ ...here.input, method: "giropay" })).toEqual({
      ok: false,
      error: "method_unsupported",
    });
  });
  test("what Stripe would not take is refused without asking, what it does not take in its words", async () => {
    const here = await world();
    for (const amount of [money(49n, "USD"), money(0n, "USD"), money(100_000_000n, "USD"), money(5_000_000n, "USDT")]) {
      expect(here.account.createPayment({ ...here.input, amount }).ok).toBe(false);
    }
    expect(here.stripe.asked).toEqual([]);
    const small = await here.account.openPayment?.({ ...here.input, amount: money(3n, "CNY") }, transport);
    expect(small).toEqual({ state: "refused", code: "amount_too_small" });
    const late = await here.account.openPayment?.({ ...here.input, expiresAt: Date.now() - HOUR }, transport);
    expect(late).toEqual({ state: "refused", code: "invalid_request_error" });
  });
  test("a session that is not ours is not shown to the buyer", async () => {
    const here = await world();
    here.stripe.misbehave("other_session");
    expect(await here.account.openPayment?.(here.input, transport)).toEqual({
      state: "unknown",
      reason: "other_order",
    });
  });
});

describe("paying", () => {
  test("the webhook and every kind of question tell of one and the same payment", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "pending" });
    expect(await here.stripe.pay(NUMBER, { tell: "twice" })).toBe(true);
    const [told, again, ...more] = paidNotices(here);
    expect(more).toEqual([]);
    expect(told).toMatchObject({ outTradeNo: NUMBER, amount: money(1999n, "USD"), accountRef: "test" });
    const identity = (answer: unknown) => {
      const { gatewayTradeNo: no, amount, outTradeNo } = (answer as { payment: NonNullable<typeof told> }).payment;
      return { no, amount, outTradeNo };
    };
    const wanted = identity({ payment: told });
    expect(identity({ payment: again })).toEqual(wanted);
    for (const number of [gatewayTradeNo, told?.gatewayTradeNo ?? "", null]) {
      const answer = await query(here, number);
      expect(answer.state).toBe("paid");
      expect(identity(answer)).toEqual(wanted);
      expect(answer).toMatchObject({ payment: { method: "card" } });
    }
    expect(here.shop.heard.every((notice) => typeof notice !== "string")).toBe(true);
  });
  test("a shop in trouble is told again until it takes it", async () => {
    const here = await world({ speed: 20_000 });
    here.shop.answers.push(503, 500, 302, 503, 503, 503);
    await open(here);
    await here.stripe.pay(NUMBER);
    await expect.poll(() => paidNotices(here).length, { timeout: 5_000 }).toBeGreaterThanOrEqual(2);
    await expect.poll(() => here.stripe.sent.filter(({ status }) => status === 200).length, { timeout: 5_000 }).toBe(3);
  });
  test("never told: found by asking, under every number", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.stripe.pay(NUMBER, { tell: "never" });
    expect(here.shop.heard).toEqual([]);
    expect((await query(here, gatewayTradeNo)).state).toBe("paid");
    expect((await query(here)).state).toBe("paid");
  });
  test("the search lags: not found for now, which closes nothing", async () => {
    const here = await world();
    await open(here);
    await here.stripe.pay(NUMBER, { tell: "never" });
    here.stripe.misbehave("unindexed");
    expect(await query(here)).toEqual({ state: "not_found" });
  });
  test("a bank debit: completed is not paid; the money comes days later", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.stripe.pay(NUMBER, { method: "sepa_debit" });
    expect(here.shop.heard).toEqual([{ kind: "nothing", what: "pending" }]);
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "pending" });
    expect(await query(here)).toEqual({ state: "pending" });
    await here.stripe.settle(NUMBER, "succeeded");
    expect(paidNotices(here)).toHaveLength(1);
    expect((await query(here, gatewayTradeNo)).state).toBe("paid");
  });
  test("a bank debit that bounced: nobody paid, and nobody can", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.stripe.pay(NUMBER, { method: "sepa_debit" });
    await here.stripe.settle(NUMBER, "failed");
    expect(here.shop.heard.at(-1)).toEqual({ kind: "nothing", what: "failed" });
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "closed" });
  });
  test("another amount than asked arrives as what it is", async () => {
    const here = await world();
    await open(here);
    await here.stripe.pay(NUMBER, { amount: 1 });
    expect(paidNotices(here)).toMatchObject([{ amount: money(1n, "USD") }]);
  });
  test("a number that nobody used is not found", async () => {
    expect(await query(await world())).toEqual({ state: "not_found" });
  });
  test("a session of another account, or of another order", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    expect(await query(here, "cs_test_of_somebody_else")).toEqual({ state: "unknown", reason: "other_account" });
    const other = { outTradeNo: "K1123456789ABCDEFGHJKMNPQRSTVWXY", gatewayTradeNo };
    expect(await here.account.queryPayment(other, transport)).toEqual({ state: "unknown", reason: "other_order" });
  });
});

describe("attack 27: replies that are none are unknown, never paid and never failed", () => {
  for (const [mischief, reason] of [
    ["html", "unreadable"],
    ["empty", "unreadable"],
    ["error_500", "http_status"],
    ["hang", "timed_out"],
    ["rate_limited", "gateway_busy"],
    ["in_use", "gateway_busy"],
  ] as const) {
    test(mischief, async () => {
      const here = await world();
      const { gatewayTradeNo } = await open(here);
      await here.stripe.pay(NUMBER, { tell: "never" });
      here.stripe.misbehave(mischief);
      const quick = transportWith({ timeoutMs: 200 });
      const unknown = { state: "unknown", reason };
      for (const number of [gatewayTradeNo, "pi_x", null]) {
        expect(await here.account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo: number }, quick)).toEqual(unknown);
      }
      expect(await here.account.openPayment?.(here.input, quick)).toEqual(unknown);
      expect(await here.account.closePayment?.({ outTradeNo: NUMBER, gatewayTradeNo }, quick)).toEqual(unknown);
      expect(await refundsOf(here).refund(refundOf(1999n), quick)).toEqual(unknown);
      expect(await refundsOf(here).queryRefund(refundOf(1999n), quick)).toEqual(unknown);
    });
  }
  test("a wrong key", async () => {
    const here = await world();
    const other = accountWith({ endpoint: here.stripe.url, secretKey: "sk_test_51ZzZzZzZzZzZzZzZzZzZz" });
    expect(await other.queryPayment(payment(NUMBER), transport)).toEqual({
      state: "unknown",
      reason: "credentials_refused",
    });
    expect(await other.selfCheck({ notifyUrl: here.shop.url, transport })).toEqual(["credentials_refused"]);
  });
});

describe("closing", () => {
  test("an open session is expired, and nobody can pay it", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    expect(await close(here, gatewayTradeNo)).toEqual({ state: "closed" });
    expect(await here.stripe.pay(NUMBER)).toBe(false);
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "closed" });
    expect(await close(here, gatewayTradeNo)).toEqual({ state: "closed" });
  });
  test("a session that we never heard of is found among the open ones and expired", async () => {
    const here = await world();
    await open(here);
    for (let other = 0; other < 120; other += 1) {
      await open(here, { outTradeNo: `KOTHER${String(other).padStart(26, "0")}` });
    }
    expect(await close(here, null)).toEqual({ state: "closed" });
    expect(await here.stripe.pay(NUMBER)).toBe(false);
  });
  test("none was made: nothing to close", async () => {
    expect(await close(await world(), null)).toEqual({ state: "not_created" });
  });
  test("paid in the last second: ask, and settle", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.stripe.pay(NUMBER, { tell: "never" });
    for (const number of [gatewayTradeNo, null]) expect(await close(here, number)).toEqual({ state: "already_paid" });
  });
  test("a bank debit under way cannot be stopped", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.stripe.pay(NUMBER, { method: "sepa_debit", tell: "never" });
    expect(await close(here, gatewayTradeNo)).toEqual({ state: "unsupported" });
  });
});
