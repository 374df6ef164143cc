// Over 300 lines: one gateway's life, from the first request to the statement, reads best as one list.

import Stripe from "stripe";
import { afterEach, describe, expect, test } from "vitest";
import type { GatewayAccount, OpenInput, RefundInput } from "@/lib/features/payments/gateways/port";
import { money } from "@/lib/kernel/money";
import { type StripeFake, startStripeFake } from "@/sandbox/gateways/stripe";
import { payment, transportWith } from "@/tests/support/gateways";
import { type NotifiedShop, startNotifiedShop } from "@/tests/support/notified-shop";
import { accountWith, NUMBER, OLD_SECRET, SECRET, SETTINGS } from "@/tests/unit/payments/stripe-fixtures";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const HOUR = 3_600_000;
const transport = transportWith({ timeoutMs: 1_000 });

interface World {
  readonly stripe: StripeFake;
  readonly account: GatewayAccount;
  readonly shop: NotifiedShop;
  readonly input: OpenInput;
}

async function world({ amount = money(1999n, "USD"), speed = 1, now = Date.now } = {}): Promise<World> {
  const stripe = await startStripeFake({
    secretKey: SETTINGS.secretKey,
    webhookSecrets: ["whsec_a_new_secret_of_theirs", SECRET],
    speed,
    now,
  });
  stops.push(() => stripe.stop());
  const account = accountWith({ endpoint: stripe.url });
  const shop = await startNotifiedShop(() => account);
  stops.push(() => shop.stop());
  stripe.notifyTo(shop.url);
  const input: OpenInput = {
    outTradeNo: NUMBER,
    amount,
    orderNumber: "261121-AAAAA-BBBBB",
    notifyUrl: shop.url,
    returnUrl: "http://127.0.0.1:9/zh/orders/ord_1",
    expiresAt: Date.now() + 15 * 60_000,
  };
  return { stripe, account, shop, input };
}

async function open({ account, input }: World, changes: Partial<OpenInput> = {}) {
  const answer = await account.openPayment?.({ ...input, ...changes }, transport);
  if (answer?.state !== "opened") throw new Error(JSON.stringify(answer));
  return answer.opened;
}
const query = ({ account }: World, gatewayTradeNo: string | null = null) =>
  account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo }, transport);
const close = ({ account }: World, gatewayTradeNo: string | null) =>
  account.closePayment?.({ outTradeNo: NUMBER, gatewayTradeNo }, transport);
const refundsOf = ({ account }: World) => {
  if (!account.refunds) throw new Error("no refunds");
  return account.refunds;
};
const refundOf = (amountMinor: bigint, changes: Partial<RefundInput> = {}): RefundInput => ({
  ...payment(NUMBER),
  refundNo: "R0001",
  amount: money(amountMinor, "USD"),
  total: money(1999n, "USD"),
  ...changes,
});
const paidNotices = ({ shop }: World) =>
  shop.heard.flatMap((notice) => (typeof notice !== "string" && notice.kind === "paid" ? [notice.payment] : []));

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

describe("giving back", () => {
  async function paidWorld() {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    await here.stripe.pay(NUMBER, { tell: "never" });
    const answer = await query(here, gatewayTradeNo);
    if (answer.state !== "paid") throw new Error(answer.state);
    return { ...here, sessionId: gatewayTradeNo, intent: answer.payment.gatewayTradeNo };
  }
  const made = ({ stripe }: World) => stripe.sessions(NUMBER)[0]?.intent?.refunds ?? [];

  test("attack 28: one number is one refund, however often and however late it is asked for", async () => {
    const here = await paidWorld();
    const input = refundOf(500n, { gatewayTradeNo: here.intent });
    const both = await Promise.all([
      refundsOf(here).refund(input, transport),
      refundsOf(here).refund(input, transport),
    ]);
    expect(both[0]).toMatchObject({ state: "succeeded", amount: money(500n, "USD") });
    expect(both[1]).toEqual(both[0]);
    here.stripe.forgetKeys();
    expect(await refundsOf(here).refund(input, transport)).toEqual(both[0]);
    expect(await refundsOf(here).queryRefund(input, transport)).toEqual(both[0]);
    expect(made(here)).toHaveLength(1);
  });
  test("in parts, by whatever number of the payment is known, and no more than was paid", async () => {
    const here = await paidWorld();
    for (const [index, gatewayTradeNo] of [here.intent, here.sessionId, null].entries()) {
      const answer = await refundsOf(here).refund(refundOf(600n, { gatewayTradeNo, refundNo: `R${index}` }), transport);
      expect(answer.state).toBe("succeeded");
    }
    expect((await query(here, here.sessionId)).state).toBe("refunded");
    const tooMuch = await refundsOf(here).refund(refundOf(200n, { refundNo: "R9" }), transport);
    expect(tooMuch).toEqual({ state: "failed", code: "invalid_request_error" });
    await refundsOf(here).refund(refundOf(199n, { refundNo: "R10" }), transport);
    const nothingLeft = await refundsOf(here).refund(refundOf(1n, { refundNo: "R11" }), transport);
    expect(nothingLeft).toEqual({ state: "failed", code: "charge_already_refunded" });
  });
  test("an answer that got lost: unknown, then found, and not made twice", async () => {
    const here = await paidWorld();
    const input = refundOf(1999n, { gatewayTradeNo: here.intent });
    expect(await refundsOf(here).queryRefund(input, transport)).toEqual({ state: "not_found" });
    const lossy = transportWith({
      timeoutMs: 1_000,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (init?.method === "POST") throw new Error("lost");
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
    await refundsOf(here).refund(refundOf(500n), transport);
    expect(await refundsOf(here).refund(refundOf(600n), transport)).toEqual({ state: "unknown", reason: "bad_amount" });
  });
  test("a refund that takes days, and fails: told by webhook, found by asking", async () => {
    const here = await paidWorld();
    here.stripe.refundsArePending();
    const input = refundOf(1999n, { gatewayTradeNo: here.intent });
    expect((await refundsOf(here).refund(input, transport)).state).toBe("processing");
    await here.stripe.settleRefund(NUMBER, "R0001", "failed");
    expect(await refundsOf(here).queryRefund(input, transport)).toEqual({
      state: "failed",
      code: "expired_or_canceled_card",
    });
    const last = here.shop.heard
      .flatMap((notice) => (typeof notice !== "string" && notice.kind === "refund" ? [notice.refund] : []))
      .at(-1);
    expect(last).toMatchObject({ refundNo: "R0001", state: "failed", gatewayTradeNo: here.intent, outTradeNo: NUMBER });
  });
  test("a refund made in the dashboard is told under the intent's number; the charge's own event only makes us ask", async () => {
    const here = await paidWorld();
    await here.stripe.refundAtDesk(NUMBER, 700);
    expect(here.shop.heard).toContainEqual(
      expect.objectContaining({
        kind: "refund",
        refund: expect.objectContaining({ refundNo: null, gatewayTradeNo: here.intent, amount: money(700n, "USD") }),
      }),
    );
    expect(here.shop.heard).toContainEqual({ kind: "ask", outTradeNo: NUMBER });
    expect(await query(here)).toMatchObject({ state: "refunded", payment: { gatewayTradeNo: here.intent } });
  });
  test("a chargeback opens and is lost, and its money cannot be given back as well", async () => {
    const here = await paidWorld();
    await here.stripe.dispute(NUMBER);
    expect(await refundsOf(here).refund(refundOf(1n), transport)).toEqual({ state: "failed", code: "charge_disputed" });
    await here.stripe.dispute(NUMBER, "lost");
    const disputes = here.shop.heard.flatMap((notice) =>
      typeof notice !== "string" && notice.kind === "dispute" ? [notice.dispute] : [],
    );
    expect(disputes).toMatchObject([
      { state: "opened", gatewayTradeNo: here.intent, amount: money(1999n, "USD") },
      { state: "lost", gatewayTradeNo: here.intent },
    ]);
    expect(new Set(disputes.map(({ disputeNo }) => disputeNo)).size).toBe(1);
  });
});

describe("the statement", () => {
  test("every movement once, newest first, a page at a time, and on from where it broke off", async () => {
    const here = await world();
    const numbers = Array.from({ length: 130 }, (_, index) => `KBILL${String(index).padStart(27, "0")}`);
    for (const outTradeNo of numbers) {
      await open(here, { outTradeNo });
      await here.stripe.pay(outTradeNo, { tell: "never" });
    }
    const window = { from: Date.now() - HOUR, to: Date.now() + HOUR };
    const ids: string[] = [];
    const cursors: (string | null)[] = [];
    for await (const page of here.account.statementPages?.(window, transport) ?? []) {
      if (!page.ok) throw new Error(page.error);
      const { data } = JSON.parse(page.value.text) as {
        data: { id: string; source: { metadata: { out_trade_no: string } } }[];
      };
      expect(page.value.rows).toBe(data.length);
      ids.push(...data.map(({ source }) => source.metadata.out_trade_no));
      cursors.push(page.value.isLast ? null : page.value.cursor);
    }
    expect(cursors).toHaveLength(2);
    expect(cursors[1]).toBeNull();
    expect([...ids].sort()).toEqual([...numbers].sort());
    const rest = here.account.statementPages?.({ ...window, after: cursors[0] }, transport);
    expect((await rest?.next())?.value).toMatchObject({ ok: true, value: { rows: 30, isLast: true } });
  });
  test("an empty day is one empty page; trouble ends it with its reason", async () => {
    const here = await world();
    const window = { from: 0, to: 86_400_000 };
    const empty = here.account.statementPages?.(window, transport);
    expect((await empty?.next())?.value).toMatchObject({ ok: true, value: { rows: 0, isLast: true } });
    expect((await empty?.next())?.done).toBe(true);
    here.stripe.misbehave("error_500");
    const broken = here.account.statementPages?.(window, transport);
    expect((await broken?.next())?.value).toEqual({ ok: false, error: "http_status" });
    expect((await broken?.next())?.done).toBe(true);
  });
});

describe("the self check", () => {
  test("a good account has no findings", async () => {
    const here = await world();
    expect(await here.account.selfCheck({ notifyUrl: here.shop.url, transport })).toEqual([]);
  });
  test("a clock that is six minutes off would take every webhook for a stale one", async () => {
    const here = await world();
    const slow = transportWith({ now: () => Date.now() - 6 * 60_000 });
    expect(await here.account.selfCheck({ notifyUrl: here.shop.url, transport: slow })).toEqual(["clock_skewed"]);
  });
});

describe("Stripe's own client", () => {
  const clientOf = ({ stripe }: World) => {
    const { hostname, port } = new URL(stripe.url);
    return new Stripe(SETTINGS.secretKey, {
      host: hostname,
      port,
      protocol: "http",
      maxNetworkRetries: 0,
      telemetry: false,
    });
  };
  test("sees what we made, and reads the webhooks that we read", async () => {
    const here = await world();
    const { gatewayTradeNo } = await open(here);
    const client = clientOf(here);
    const session = await client.checkout.sessions.retrieve(gatewayTradeNo ?? "");
    expect(session).toMatchObject({ client_reference_id: NUMBER, amount_total: 1999, status: "open", livemode: false });
    const header = client.webhooks.generateTestHeaderString({ payload: "{}", secret: OLD_SECRET });
    expect(header).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    const sent = await here.stripe.pay(NUMBER).then(() => here.stripe.sent);
    expect(sent.map(({ body }) => JSON.parse(body).type)).toContain("checkout.session.completed");
  });
  test("makes what we read: a session of the same number is the same session, a refund of the same number the same refund", async () => {
    const here = await world();
    const client = clientOf(here);
    const mine = await open(here);
    await here.stripe.pay(NUMBER, { tell: "never" });
    const session = await client.checkout.sessions.retrieve(mine.gatewayTradeNo ?? "", {
      expand: ["payment_intent.latest_charge"],
    });
    const intent = session.payment_intent;
    if (intent === null || typeof intent === "string") throw new Error("not expanded");
    const theirs = await client.refunds.create({
      payment_intent: intent.id,
      amount: 300,
      metadata: { refund_no: "R0001" },
    });
    const ours = await refundsOf(here).refund(refundOf(300n), transport);
    expect(ours).toMatchObject({ state: "succeeded", gatewayRefundNo: theirs.id });
    const list = await client.balanceTransactions.list({ limit: 10 }).autoPagingToArray({ limit: 10 });
    expect(list.map(({ amount }) => amount).sort()).toEqual([-300, 1999]);
  });
});
