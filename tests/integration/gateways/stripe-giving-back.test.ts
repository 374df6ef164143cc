import Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { money } from "@/lib/kernel/money";
import { transportWith } from "@/tests/support/gateways";
import { NUMBER, OLD_SECRET, SETTINGS } from "@/tests/unit/payments/stripe-fixtures";
import { HOUR, open, query, refundOf, refundsOf, transport, type World, world } from "./stripe-world";

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
