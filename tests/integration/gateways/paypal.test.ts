// Over 300 lines: one gateway's life, from the first request to the statement, reads best as one list.
import { afterEach, describe, expect, test } from "vitest";
import type { GatewayAccount, OpenInput, RefundInput } from "@/lib/features/payments/gateways/port";
import { money } from "@/lib/kernel/money";
import { type PaypalFake, startPaypalFake } from "@/sandbox/gateways/paypal";
import { payment, transportWith } from "@/tests/support/gateways";
import { type NotifiedShop, startNotifiedShop } from "@/tests/support/notified-shop";
import { accountWith, certificates, NUMBER, SETTINGS } from "@/tests/unit/payments/paypal-fixtures";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const HOUR = 3_600_000;
const transport = transportWith({ timeoutMs: 1_000 });

interface World {
  readonly paypal: PaypalFake;
  readonly account: GatewayAccount;
  readonly shop: NotifiedShop;
  readonly input: OpenInput;
  readonly clock: { now: number | null };
}

async function world({
  amount = money(1999n, "USD"),
  speed = 1,
  certificate = certificates.leaf + certificates.issuer,
} = {}): Promise<World> {
  const clock = { now: null as number | null };
  const paypal = await startPaypalFake({
    ...SETTINGS,
    signingKey: certificates.leafKey,
    certificates: certificate,
    speed,
    now: () => clock.now ?? Date.now(),
  });
  stops.push(() => paypal.stop());
  const account = accountWith({ endpoint: paypal.url, testRootCertificate: certificates.root });
  const shop = await startNotifiedShop(() => account);
  stops.push(() => shop.stop());
  paypal.notifyTo(shop.url);
  const input: OpenInput = {
    outTradeNo: NUMBER,
    amount,
    orderNumber: "261121-AAAAA-BBBBB",
    notifyUrl: shop.url,
    returnUrl: "http://127.0.0.1:9/zh/orders/ord_1",
    expiresAt: Date.now() + 15 * 60_000,
  };
  return { paypal, account, shop, input, clock };
}

async function open({ account, input }: World, changes: Partial<OpenInput> = {}) {
  const answer = await account.openPayment?.({ ...input, ...changes }, transport);
  if (answer?.state !== "opened") throw new Error(JSON.stringify(answer));
  return answer.opened;
}
const query = ({ account }: World, gatewayTradeNo: string | null) =>
  account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo }, transport);
const close = ({ account }: World, gatewayTradeNo: string | null) =>
  account.closePayment?.({ outTradeNo: NUMBER, gatewayTradeNo }, transport);
const refundsOf = ({ account }: World) => {
  if (!account.refunds) throw new Error("no refunds");
  return account.refunds;
};
const REFUND_NO = "0194F0E0A1B27C3D8E4F5A6B7C8D9E0F";
const refundOf = (amountMinor: bigint, changes: Partial<RefundInput> = {}): RefundInput => ({
  ...payment(NUMBER),
  refundNo: REFUND_NO,
  amount: money(amountMinor, "USD"),
  total: money(1999n, "USD"),
  ...changes,
});
const heardOf = <K extends "paid" | "refund" | "dispute">({ shop }: World, kind: K) =>
  shop.heard.flatMap((notice) =>
    typeof notice !== "string" && notice.kind === kind ? [notice as Extract<typeof notice, { kind: K }>] : [],
  );
const soon = { timeout: 5_000 };

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

describe("giving back", () => {
  async function paidWorld() {
    const here = await world();
    const { gatewayTradeNo: orderId } = await open(here);
    await here.paypal.approve(NUMBER, false);
    const answer = await query(here, orderId);
    if (answer.state !== "paid") throw new Error(answer.state);
    return { ...here, orderId, captureId: answer.payment.gatewayTradeNo };
  }
  const made = ({ paypal }: World) => paypal.orders(NUMBER)[0]?.capture?.refunds ?? [];

  test("attack 28: one number is one refund, however often and however late it is asked for", async () => {
    const here = await paidWorld();
    const input = refundOf(500n, { gatewayTradeNo: here.captureId });
    const both = await Promise.all([
      refundsOf(here).refund(input, transport),
      refundsOf(here).refund(input, transport),
    ]);
    expect(both[0]).toMatchObject({ state: "succeeded", amount: money(500n, "USD") });
    expect(both[1]).toEqual(both[0]);
    here.paypal.forgetRequests();
    expect(await refundsOf(here).refund(input, transport)).toEqual(both[0]);
    expect(await refundsOf(here).queryRefund(input, transport)).toEqual(both[0]);
    expect(made(here)).toHaveLength(1);
    await expect
      .poll(() => heardOf(here, "refund").map(({ refund }) => refund), soon)
      .toMatchObject([
        { refundNo: REFUND_NO, gatewayTradeNo: here.captureId, amount: money(500n, "USD"), state: "succeeded" },
      ]);
  });
  test("in parts, by order or capture, and no more than was paid", async () => {
    const here = await paidWorld();
    for (const [index, gatewayTradeNo] of [here.captureId, here.orderId].entries()) {
      const answer = await refundsOf(here).refund(refundOf(600n, { gatewayTradeNo, refundNo: `A${index}` }), transport);
      expect(answer.state).toBe("succeeded");
    }
    expect((await query(here, here.orderId)).state).toBe("refunded");
    const input = { gatewayTradeNo: here.captureId };
    expect(await refundsOf(here).refund(refundOf(800n, { ...input, refundNo: "A8" }), transport)).toEqual({
      state: "failed",
      code: "REFUND_AMOUNT_EXCEEDED",
    });
    await refundsOf(here).refund(refundOf(799n, { ...input, refundNo: "A9" }), transport);
    expect(await refundsOf(here).refund(refundOf(1n, { ...input, refundNo: "AA" }), transport)).toEqual({
      state: "failed",
      code: "CAPTURE_FULLY_REFUNDED",
    });
    expect((await query(here, here.captureId)).state).toBe("refunded");
  });
  test("a refund whose answer got lost is found", async () => {
    const here = await paidWorld();
    const input = refundOf(1999n, { gatewayTradeNo: here.captureId });
    expect(await refundsOf(here).queryRefund(input, transport)).toEqual({ state: "not_found" });
    const lossy = transportWith({
      timeoutMs: 1_000,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (String(url).endsWith("/refund")) throw new Error("lost");
        return response;
      },
    });
    expect(await refundsOf(here).refund(input, lossy)).toEqual({ state: "unknown", reason: "unreachable" });
    expect((await refundsOf(here).queryRefund(input, transport)).state).toBe("succeeded");
    expect((await refundsOf(here).refund(input, transport)).state).toBe("succeeded");
    expect(made(here)).toHaveLength(1);
  });
  test("the same number with another amount is not taken for the same refund", async () => {
    const here = await paidWorld();
    await refundsOf(here).refund(refundOf(500n, { gatewayTradeNo: here.captureId }), transport);
    const other = await refundsOf(here).refund(refundOf(600n, { gatewayTradeNo: here.captureId }), transport);
    expect(other).toEqual({ state: "unknown", reason: "bad_amount" });
  });
  test("a refund that takes days, and fails", async () => {
    const here = await paidWorld();
    here.paypal.refundsArePending();
    const input = refundOf(1999n, { gatewayTradeNo: here.captureId });
    expect((await refundsOf(here).refund(input, transport)).state).toBe("processing");
    await here.paypal.settleRefunds(NUMBER, "FAILED");
    expect(await refundsOf(here).queryRefund(input, transport)).toEqual({ state: "failed", code: "FAILED" });
    expect(heardOf(here, "refund").at(-1)?.refund).toMatchObject({ refundNo: REFUND_NO, state: "failed" });
  });
  test("a refund at PayPal's desk and a dispute are told under the capture's number", async () => {
    const here = await paidWorld();
    await here.paypal.refundAtDesk(NUMBER, "7.00");
    expect(heardOf(here, "refund").map(({ refund }) => refund)).toMatchObject([
      { refundNo: null, gatewayTradeNo: here.captureId, outTradeNo: NUMBER, amount: money(700n, "USD") },
    ]);
    await here.paypal.dispute(NUMBER);
    await here.paypal.dispute(NUMBER, "RESOLVED_BUYER_FAVOUR");
    expect(heardOf(here, "dispute").map(({ dispute }) => dispute)).toMatchObject([
      { state: "opened", gatewayTradeNo: here.captureId, outTradeNo: NUMBER },
      { state: "lost", gatewayTradeNo: here.captureId, amount: money(1999n, "USD") },
    ]);
  });
});

describe("the statement", () => {
  test("every transaction once, day by day and page by page, and on from where it broke off", async () => {
    const here = await world();
    const begin = Date.parse("2026-11-18T00:00:00Z");
    const numbers = Array.from({ length: 12 }, (_, index) => `KBILL${String(index).padStart(27, "0")}`);
    for (const [index, outTradeNo] of numbers.entries()) {
      here.clock.now = begin + index * 6 * HOUR;
      const { gatewayTradeNo } = await open(here, { outTradeNo });
      await here.paypal.approve(outTradeNo, false);
      await here.account.queryPayment({ outTradeNo, gatewayTradeNo }, transport);
    }
    const window = { from: begin, to: begin + 72 * HOUR };
    const seen: string[] = [];
    const cursors: (string | null)[] = [];
    const pages = here.account.statementPages?.(window, transport);
    for await (const page of pages ?? []) {
      if (!page.ok) throw new Error(page.error);
      const { transaction_details: rows } = JSON.parse(page.value.text) as {
        transaction_details: { transaction_info: { custom_field: string } }[];
      };
      expect(page.value.rows).toBe(rows.length);
      seen.push(...rows.map(({ transaction_info: { custom_field: number } }) => number));
      cursors.push(page.value.cursor);
    }
    expect(seen).toEqual(numbers);
    expect(cursors).toHaveLength(3);
    const rest = here.account.statementPages?.({ ...window, after: cursors[1] }, transport);
    expect((await rest?.next())?.value).toMatchObject({ ok: true, value: { rows: 4, isLast: true } });
    expect((await rest?.next())?.done).toBe(true);
  });
  test("trouble ends it with its reason", async () => {
    const here = await world();
    here.paypal.misbehave("error_500");
    const broken = here.account.statementPages?.({ from: 0, to: HOUR }, transport);
    expect((await broken?.next())?.value).toEqual({ ok: false, error: "http_status" });
    expect((await broken?.next())?.done).toBe(true);
  });
});

describe("the self check", () => {
  const check = ({ shop }: World, account: GatewayAccount, changes = {}) =>
    account.selfCheck({ notifyUrl: shop.url, transport: transportWith({ timeoutMs: 1_000, ...changes }) });
  test("a good account has no findings; another's secret, webhook, address or clock has one", async () => {
    const here = await world();
    const endpoint = here.paypal.url;
    expect(await check(here, here.account)).toEqual([]);
    expect(await check(here, accountWith({ endpoint, clientSecret: "another-secret-of-theirs" }))).toEqual([
      "credentials_refused",
    ]);
    expect(await check(here, accountWith({ endpoint, webhookId: "0AB12345CD678901E" }))).toEqual([
      "credentials_refused",
    ]);
    expect(await check(here, here.account, { now: () => Date.now() - 6 * 60_000 })).toEqual(["clock_skewed"]);
    here.paypal.notifyTo(`${here.shop.url}x`);
    expect(await check(here, here.account)).toEqual(["notify_url_not_reachable"]);
  });
});
