import Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { isSignedByStripe, readSignatureHeader, signatureOf } from "@/lib/features/payments/gateways/stripe/codec";
import { Secret } from "@/lib/kernel/secret";
import {
  account,
  accountWith,
  eventOf,
  headerOf,
  INTENT,
  LOCALSTRIPE,
  NOW,
  NUMBER,
  post,
  read,
  readEvent,
  readSession,
  SECRET,
  SESSION,
  VECTOR,
} from "./stripe-fixtures";

const secret = (text: string) => new Secret(text);
const bytes = (text: string) => new TextEncoder().encode(text);
const isSigned = (header: string, body: string, ...secrets: string[]) => {
  const parsed = readSignatureHeader(header);
  return parsed !== null && isSignedByStripe(parsed, bytes(body), secrets.map(secret));
};
const inTime = VECTOR.timestamp * 1_000;

describe("the published vector", () => {
  const vectorAccount = accountWith({ webhookSecrets: ["whsec_test_secret", "whsec_another_secret"].map(pad) });
  test("its signature is ours", () => {
    expect(
      `t=${VECTOR.timestamp},v1=${signatureOf(String(VECTOR.timestamp), bytes(VECTOR.payload), secret(VECTOR.secret))}`,
    ).toBe(VECTOR.header);
    expect(isSigned(VECTOR.header, VECTOR.payload, VECTOR.secret)).toBe(true);
  });
  test("a secret that is being changed: two v1 of which one is ours, and a v0", () => {
    expect(isSigned(VECTOR.headerRotating, VECTOR.payload, VECTOR.secret)).toBe(true);
    expect(isSigned(VECTOR.headerRotating, VECTOR.payload, "whsec_yet_another_one")).toBe(false);
  });
  test("its event is a payment of 19.99 USD", () => {
    const raw = post(
      VECTOR.payload,
      headerOf(VECTOR.payload, { secret: pad("whsec_test_secret"), at: VECTOR.timestamp }),
    );
    // Livemode is false in it, as in a test account.
    expect(read(raw, vectorAccount, inTime)).toMatchObject({
      ok: true,
      value: {
        kind: "paid",
        payment: {
          outTradeNo: "ST20261120000001",
          gatewayTradeNo: "pi_1",
          amount: { amountMinor: 1999n, currency: "USD" },
        },
      },
    });
  });
});

/** The vector's secret is shorter than an account may have. */
function pad(text: string): string {
  return text.padEnd(24, "0");
}

test("bytes that another implementation signed: an event of a type that tells of no money here", () => {
  expect(isSigned(LOCALSTRIPE.header, LOCALSTRIPE.body, LOCALSTRIPE.secret)).toBe(true);
  expect(readEvent("payment_intent.succeeded", JSON.parse(LOCALSTRIPE.body).data.object)).toEqual({
    ok: true,
    value: { kind: "nothing", what: "other" },
  });
});

describe("Stripe's own client", () => {
  const stripe = new Stripe("sk_test_x");
  const body = eventOf("checkout.session.completed", SESSION);
  test("what it signs is read", () => {
    const header = stripe.webhooks.generateTestHeaderString({ payload: body, secret: SECRET, timestamp: NOW / 1_000 });
    expect(read(post(body, header))).toMatchObject({ ok: true, value: { kind: "paid" } });
  });
  test("our test notice is an event to it, and a payment that nobody asked for to us", () => {
    const notice = account.testNotice?.("https://shop.test/api/pay/stripe/a", NOW);
    const header = notice?.headers.find(([name]) => name === "stripe-signature")?.[1] ?? "";
    const event = stripe.webhooks.constructEvent(notice?.body ?? "", header, SECRET, 300, undefined, NOW);
    expect(event.type).toBe("checkout.session.completed");
    expect(read(post(notice?.body ?? "", header))).toMatchObject({
      ok: true,
      value: { kind: "paid", payment: { outTradeNo: notice?.outTradeNo } },
    });
    expect(notice?.outTradeNo).toHaveLength(16);
  });
});

describe("what an event is", () => {
  test("a paid session is a payment under its intent's number, and keeps nothing of the buyer", () => {
    const notice = readSession();
    expect(notice).toMatchObject({
      ok: true,
      value: {
        kind: "paid",
        payment: {
          accountRef: "test",
          outTradeNo: NUMBER,
          gatewayTradeNo: INTENT,
          amount: { amountMinor: 1999n, currency: "USD" },
          method: null,
        },
      },
    });
    expect(JSON.stringify(notice, (_, value) => (typeof value === "bigint" ? `${value}` : value))).not.toContain(
      "buyer",
    );
  });
  test("money that took days is the same payment", () => {
    expect(readSession({}, "checkout.session.async_payment_succeeded")).toMatchObject({
      ok: true,
      value: { kind: "paid", payment: { gatewayTradeNo: INTENT } },
    });
  });
  test("yen are counted whole", () => {
    expect(readSession({ amount_total: 1000, currency: "jpy" })).toMatchObject({
      value: { payment: { amount: { amountMinor: 1000n, currency: "JPY" } } },
    });
  });
  for (const [type, what] of [
    ["checkout.session.async_payment_failed", "failed"],
    ["checkout.session.expired", "expired"],
    ["payment_intent.succeeded", "other"],
    ["charge.succeeded", "other"],
    ["charge.updated", "other"],
    ["charge.dispute.funds_withdrawn", "other"],
    ["payout.paid", "other"],
    ["toString", "other"],
  ] as const) {
    test(`${type} is nothing (${what})`, () => {
      expect(readSession({}, type)).toEqual({ ok: true, value: { kind: "nothing", what } });
    });
  }

  const REFUND = {
    id: "re_1",
    object: "refund",
    amount: 500,
    currency: "usd",
    status: "succeeded",
    payment_intent: INTENT,
    charge: "ch_1",
    metadata: { out_trade_no: NUMBER, refund_no: "R1" } as Record<string, string> | null,
  };
  for (const type of ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"]) {
    test(`${type} tells of one refund, ours`, () => {
      expect(readEvent(type, REFUND)).toMatchObject({
        ok: true,
        value: {
          kind: "refund",
          refund: {
            outTradeNo: NUMBER,
            gatewayTradeNo: INTENT,
            refundNo: "R1",
            gatewayRefundNo: "re_1",
            amount: { amountMinor: 500n, currency: "USD" },
            state: "succeeded",
          },
        },
      });
    });
  }
  for (const [status, state] of [
    ["pending", "processing"],
    ["requires_action", "processing"],
    ["failed", "failed"],
    ["canceled", "failed"],
    ["a_word_of_next_year", "processing"],
    [null, "processing"],
  ] as const) {
    test(`a refund that is ${status} is ${state}`, () => {
      expect(readEvent("refund.updated", { ...REFUND, status })).toMatchObject({ value: { refund: { state } } });
    });
  }
  test("a refund begun at Stripe's own desk has their number only", () => {
    expect(readEvent("refund.created", { ...REFUND, metadata: null })).toMatchObject({
      value: {
        kind: "refund",
        refund: { outTradeNo: null, refundNo: null, gatewayRefundNo: "re_1", gatewayTradeNo: INTENT },
      },
    });
  });
  test("a refund of no payment intent is none of ours", () => {
    expect(readEvent("refund.created", { ...REFUND, payment_intent: null })).toEqual({
      ok: true,
      value: { kind: "nothing", what: "other" },
    });
  });
  test("charge.refunded tells a sum and no refund: asked about; of another program's charge: nothing", () => {
    const charge = {
      id: "ch_1",
      object: "charge",
      amount: 1999,
      amount_refunded: 500,
      metadata: { out_trade_no: NUMBER },
    };
    expect(readEvent("charge.refunded", charge)).toEqual({ ok: true, value: { kind: "ask", outTradeNo: NUMBER } });
    expect(readEvent("charge.refunded", { ...charge, metadata: {} })).toEqual({
      ok: true,
      value: { kind: "nothing", what: "other" },
    });
  });

  const DISPUTE = {
    id: "du_1",
    object: "dispute",
    amount: 1999,
    currency: "usd",
    status: "needs_response",
    payment_intent: INTENT,
  };
  for (const [type, status, state] of [
    ["charge.dispute.created", "needs_response", "opened"],
    ["charge.dispute.created", "warning_needs_response", "opened"],
    ["charge.dispute.closed", "won", "won"],
    ["charge.dispute.closed", "warning_closed", "won"],
    ["charge.dispute.closed", "lost", "lost"],
    ["charge.dispute.closed", "a_word_of_next_year", "lost"],
  ] as const) {
    test(`${type} with ${status}: ${state}`, () => {
      expect(readEvent(type, { ...DISPUTE, status })).toMatchObject({
        ok: true,
        value: {
          kind: "dispute",
          dispute: {
            state,
            disputeNo: "du_1",
            gatewayTradeNo: INTENT,
            amount: { amountMinor: 1999n, currency: "USD" },
          },
        },
      });
    });
  }
});
