import { describe, expect, test } from "vitest";
import { money } from "@/lib/kernel/money";
import { transportWith } from "@/tests/support/gateways";
import { certificates, NUMBER } from "@/tests/unit/payments/paypal-fixtures";
import { close, HOUR, heardOf, open, query, refundOf, refundsOf, soon, transport, world } from "./paypal-world";

describe("opening", () => {
  test("the buyer is sent to an order of exactly our amount, and asked twice it is one order", async () => {
    const here = await world();
    const first = await open(here);
    const [order] = here.paypal.orders(NUMBER);
    expect(first).toEqual({
      presentation: { kind: "redirect", url: `${here.paypal.url}/checkoutnow?token=${order?.id}` },
      gatewayTradeNo: order?.id,
      closesAt: null,
    });
    expect(order).toMatchObject({ amount: { currency_code: "USD", value: "19.99" }, customId: NUMBER });
    expect(await Promise.all([open(here), open(here, { expiresAt: 1 })])).toEqual([first, first]);
    expect(here.paypal.orders(NUMBER)).toHaveLength(1);
    expect((await fetch(`${here.paypal.url}/checkoutnow?token=${order?.id}`)).status).toBe(200);
  });
  test("an answer that got lost: unknown, and the same order when asked again", async () => {
    const here = await world();
    await here.account.selfCheck({ notifyUrl: here.shop.url, transport });
    here.paypal.misbehave("lost_answer");
    const lost = await here.account.openPayment?.(here.input, transportWith({ timeoutMs: 200 }));
    expect(lost).toEqual({ state: "unknown", reason: "timed_out" });
    here.paypal.misbehave("none");
    await open(here);
    expect(here.paypal.orders(NUMBER)).toHaveLength(1);
  });
  test("yen go whole; what PayPal would not take is refused without asking", async () => {
    const here = await world({ amount: money(1200n, "JPY") });
    await open(here);
    expect(here.paypal.orders(NUMBER)[0]?.amount).toEqual({ currency_code: "JPY", value: "1200" });
    for (const amount of [money(100n, "CNY"), money(0n, "USD"), money(1_000_000_000n, "USD"), money(1n, "USDT")]) {
      expect(here.account.createPayment({ ...here.input, amount }).ok).toBe(false);
    }
    expect(here.account.createPayment({ ...here.input, method: "card" })).toEqual({
      ok: false,
      error: "method_unsupported",
    });
  });
  test("one token serves many requests, and a forgotten one is made anew", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await query(here, gatewayTradeNo);
    await query(here, gatewayTradeNo);
    const tokens = () => here.paypal.asked.filter((one) => one === "POST /v1/oauth2/token").length;
    expect(tokens()).toBe(1);
    here.paypal.forgetTokens();
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "pending" });
    expect(tokens()).toBe(2);
  });
});

describe("paying", () => {
  test("the approval makes us ask, asking takes the money once, and notice and answer tell of one payment", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "pending" });
    expect(await here.paypal.approve(NUMBER)).toBe(true);
    expect(here.shop.heard).toEqual([{ kind: "ask", outTradeNo: NUMBER }]);
    const answers = await Promise.all([query(here, gatewayTradeNo), query(here, gatewayTradeNo)]);
    for (const answer of answers)
      expect(answer).toMatchObject({ state: "paid", payment: { amount: money(1999n, "USD") } });
    await expect.poll(() => heardOf(here, "paid"), soon).toHaveLength(1);
    const [told] = heardOf(here, "paid");
    const captureId = here.paypal.orders(NUMBER)[0]?.capture?.id;
    expect(told?.payment).toMatchObject({ gatewayTradeNo: captureId, outTradeNo: NUMBER, amount: money(1999n, "USD") });
    for (const number of [gatewayTradeNo, captureId ?? ""]) {
      expect(await query(here, number)).toMatchObject({
        state: "paid",
        payment: { gatewayTradeNo: captureId, outTradeNo: NUMBER },
      });
    }
  });
  test("a capture whose answer got lost is not taken twice", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.paypal.approve(NUMBER, false);
    const lossy = transportWith({
      timeoutMs: 1_000,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (String(url).endsWith("/capture")) throw new Error("lost");
        return response;
      },
    });
    const lost = await here.account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo }, lossy);
    expect(lost).toEqual({ state: "unknown", reason: "unreachable" });
    here.paypal.forgetRequests();
    expect((await query(here, gatewayTradeNo)).state).toBe("paid");
    expect(here.paypal.asked.filter((one) => one.endsWith("/capture"))).toHaveLength(1);
  });
  test("taken by somebody else in between: told as it is", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.paypal.approve(NUMBER, false);
    const slow = transportWith({
      timeoutMs: 2_000,
      fetch: async (url, init) => {
        // The other one is faster, under another request number.
        if (String(url).endsWith("/capture") && !here.paypal.orders(NUMBER)[0]?.capture) {
          await query(here, gatewayTradeNo);
          here.paypal.forgetRequests();
        }
        return fetch(url, init);
      },
    });
    expect((await here.account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo }, slow)).state).toBe("paid");
  });
  test("a card that says no leaves the buyer to choose another", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.paypal.approve(NUMBER);
    here.paypal.cardsDecline(true);
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "pending" });
    here.paypal.cardsDecline(false);
    expect((await query(here, gatewayTradeNo)).state).toBe("paid");
  });
  for (const [ends, state] of [
    ["COMPLETED", "paid"],
    ["DECLINED", "closed"],
  ] as const) {
    test(`a capture under review is no money, until it is ${ends}`, async () => {
      const here = await world();
      here.paypal.capturesAre("PENDING");
      const { gatewayTradeNo } = await open(here);
      await here.paypal.approve(NUMBER, false);
      expect(await query(here, gatewayTradeNo)).toEqual({ state: "pending" });
      await expect.poll(() => here.shop.heard, soon).toEqual([{ kind: "nothing", what: "pending" }]);
      await here.paypal.settle(NUMBER, ends);
      expect((await query(here, gatewayTradeNo)).state).toBe(state);
      expect(heardOf(here, "paid")).toHaveLength(ends === "COMPLETED" ? 1 : 0);
    });
  }
  test("another amount than asked arrives as what it is", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.paypal.approve(NUMBER, false);
    here.paypal.takesInstead({ currency_code: "USD", value: "0.01" });
    expect(await query(here, gatewayTradeNo)).toMatchObject({ state: "paid", payment: { amount: money(1n, "USD") } });
  });
  test("never told: found by asking; without a number of theirs nobody is asked", async () => {
    const here = await world();
    here.paypal.tells(false);
    const { gatewayTradeNo } = await open(here);
    await here.paypal.approve(NUMBER);
    const before = here.paypal.asked.length;
    expect(await query(here, null)).toEqual({ state: "unknown", reason: "not_askable" });
    expect(here.paypal.asked).toHaveLength(before);
    expect((await query(here, gatewayTradeNo)).state).toBe("paid");
    expect(here.shop.heard).toEqual([]);
  });
  test("an order that lapsed is not there any more", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    here.clock.now = Date.now() + 4 * HOUR;
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "not_found" });
    expect(await close(here, gatewayTradeNo)).toEqual({ state: "not_created" });
  });
  test("another attempt's order is not ours", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here, { outTradeNo: "K1123456789ABCDEFGHJKMNPQRSTVWXY" });
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "unknown", reason: "other_order" });
    expect(await close(here, gatewayTradeNo)).toEqual({ state: "unknown", reason: "other_order" });
  });
});

describe("notices", () => {
  test("a shop in trouble is told again until it takes it", async () => {
    const here = await world({ speed: 10_000 });
    here.shop.answers.push(503, 500);
    const { gatewayTradeNo } = await open(here);
    await here.paypal.approve(NUMBER);
    await expect.poll(() => here.paypal.sent.map(({ status }) => status), soon).toEqual([503, 500, 200]);
    expect(gatewayTradeNo).not.toBeNull();
  });
  test("a certificate that cannot be had now: not believed, and taken when it is told again", async () => {
    const here = await world({ speed: 60 });
    here.paypal.misbehave("no_certificate");
    await open(here);
    await here.paypal.approve(NUMBER);
    expect(here.shop.heard).toEqual(["unknown_key"]);
    expect(here.paypal.sent[0]?.status).toBe(400);
  });
  for (const [label, certificate] of [
    ["a certificate that PayPal's name is on and nobody vouches for", certificates.forgedLeaf],
    ["a certificate of the live world in the sandbox", certificates.liveLeaf + certificates.issuer],
  ] as const) {
    test(`attack 21: ${label}`, async () => {
      const here = await world({ certificate });
      await open(here);
      await here.paypal.approve(NUMBER);
      expect(here.shop.heard).toEqual(["unknown_key"]);
    });
  }
});

describe("attack 27: replies that are none are unknown, never paid and never failed", () => {
  for (const [mischief, reason] of [
    ["html", "unreadable"],
    ["empty", "unreadable"],
    ["error_500", "http_status"],
    ["hang", "timed_out"],
    ["rate_limited", "gateway_busy"],
  ] as const) {
    test(mischief, async () => {
      const here = await world();
      const { gatewayTradeNo } = await open(here);
      await here.paypal.approve(NUMBER, false);
      here.paypal.misbehave(mischief);
      const quick = transportWith({ timeoutMs: 200 });
      const unknown = { state: "unknown", reason };
      expect(await here.account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo }, quick)).toEqual(unknown);
      expect(await here.account.openPayment?.(here.input, quick)).toEqual(unknown);
      expect(await here.account.closePayment?.({ outTradeNo: NUMBER, gatewayTradeNo }, quick)).toEqual(unknown);
      expect(await refundsOf(here).refund(refundOf(1999n, { gatewayTradeNo }), quick)).toEqual(unknown);
      expect(await refundsOf(here).queryRefund(refundOf(1999n, { gatewayTradeNo }), quick)).toEqual(unknown);
    });
  }
});

describe("closing", () => {
  test("a closed order is never taken, approved or not, now or later", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    expect(await close(here, gatewayTradeNo)).toEqual({ state: "closed" });
    await here.paypal.approve(NUMBER);
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "closed" });
    expect(await close(here, gatewayTradeNo)).toEqual({ state: "closed" });
    expect(here.paypal.orders(NUMBER)[0]?.capture).toBeNull();
    expect(here.shop.heard).toEqual([{ kind: "ask", outTradeNo: NUMBER }]);
  });
  test("approved and not taken: closed as well", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.paypal.approve(NUMBER, false);
    expect(await close(here, gatewayTradeNo)).toEqual({ state: "closed" });
    expect(await query(here, gatewayTradeNo)).toEqual({ state: "closed" });
  });
  test("taken: ask, and settle; under review: cannot be stopped; without a number: cannot either", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.paypal.approve(NUMBER, false);
    await query(here, gatewayTradeNo);
    expect(await close(here, gatewayTradeNo)).toEqual({ state: "already_paid" });
    expect(await close(here, null)).toEqual({ state: "unsupported" });
    const other = await world();
    other.paypal.capturesAre("PENDING");
    const opened = await open(other);
    await other.paypal.approve(NUMBER, false);
    await query(other, opened.gatewayTradeNo);
    expect(await close(other, opened.gatewayTradeNo)).toEqual({ state: "unsupported" });
  });
  test("closed and taken in the same moment: the money is the order's", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.paypal.approve(NUMBER, false);
    const slow = transportWith({
      timeoutMs: 2_000,
      fetch: async (url, init) => {
        if (String(url).endsWith("/capture")) await close(here, gatewayTradeNo);
        return fetch(url, init);
      },
    });
    const answer = await here.account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo }, slow);
    expect(answer).toMatchObject({ state: "paid", payment: { outTradeNo: NUMBER } });
    await expect.poll(() => heardOf(here, "paid").map(({ payment: told }) => told.outTradeNo), soon).toEqual([NUMBER]);
    expect((await query(here, gatewayTradeNo)).state).toBe("paid");
  });
});
