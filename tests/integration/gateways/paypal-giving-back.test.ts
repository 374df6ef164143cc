import { describe, expect, test } from "vitest";
import type { GatewayAccount } from "@/lib/features/payments/gateways/port";
import { money } from "@/lib/kernel/money";
import { transportWith } from "@/tests/support/gateways";
import { accountWith, NUMBER } from "@/tests/unit/payments/paypal-fixtures";
import {
  HOUR,
  heardOf,
  open,
  query,
  REFUND_NO,
  refundOf,
  refundsOf,
  soon,
  transport,
  type World,
  world,
} from "./paypal-world";

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
