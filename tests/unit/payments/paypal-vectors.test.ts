import { createPublicKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readTransmission, signedText } from "@/lib/features/payments/gateways/paypal/codec";
import { isSignedByRsa } from "@/lib/features/payments/gateways/rsa";
import {
  account,
  CAPTURE_ID,
  certificates,
  eventOf,
  headersOf,
  NOW,
  NUMBER,
  post,
  read,
  readCapture,
  readEvent,
  SETTINGS,
  signer,
  VECTOR,
  VECTOR_KEY,
} from "./paypal-fixtures";

describe("the published vector", () => {
  const headers: [string, string][] = [
    ["paypal-auth-algo", VECTOR.authAlgo],
    ["paypal-cert-url", "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1"],
    ["paypal-transmission-id", VECTOR.transmissionId],
    ["paypal-transmission-time", VECTOR.transmissionTime],
    ["paypal-transmission-sig", VECTOR.transmissionSig],
  ];
  const body = new TextEncoder().encode(VECTOR.body);
  const key = createPublicKey(VECTOR_KEY.publicSpkiPem);
  test("its text and its signature are ours", () => {
    const transmission = readTransmission(headers);
    if (!transmission) throw new Error("not read");
    const text = signedText(transmission, VECTOR.webhookId, body);
    expect(text).toBe(VECTOR.message);
    expect(isSignedByRsa(text, transmission.signature, key)).toBe(true);
    expect(isSignedByRsa(signedText(transmission, "another", body), transmission.signature, key)).toBe(false);
  });
  test("it is taken, and its short number is no number of ours", () => {
    const by = { ...signer, key };
    expect(read(post(VECTOR.body, headers), by)).toEqual({ ok: true, value: { kind: "nothing", what: "other" } });
    const other = VECTOR.body.replace("19.99", "1.99");
    expect(read(post(other, headers), by)).toEqual({ ok: false, error: "bad_signature" });
  });
});

describe("what an event is", () => {
  test("a completed capture is a payment under its own number", () => {
    expect(readCapture()).toMatchObject({
      ok: true,
      value: {
        kind: "paid",
        payment: {
          accountRef: SETTINGS.clientId,
          outTradeNo: NUMBER,
          gatewayTradeNo: CAPTURE_ID,
          amount: { amountMinor: 1999n, currency: "USD" },
        },
      },
    });
  });
  test("yen with and without places", () => {
    for (const value of ["1200", "1200.0", "1200.00"]) {
      expect(readCapture({ amount: { currency_code: "JPY", value } })).toMatchObject({
        value: { payment: { amount: { amountMinor: 1200n, currency: "JPY" } } },
      });
    }
  });
  test("money that was taken in the moment of closing is still the order's", () => {
    expect(readCapture({ custom_id: `CLOSED-${NUMBER}` })).toMatchObject({
      value: { kind: "paid", payment: { outTradeNo: NUMBER } },
    });
  });
  test("an approved order makes us ask; another program's is nothing", () => {
    const order = { id: "5O190127TN364715T", status: "APPROVED", purchase_units: [{ custom_id: NUMBER }] };
    expect(readEvent("CHECKOUT.ORDER.APPROVED", order)).toEqual({
      ok: true,
      value: { kind: "ask", outTradeNo: NUMBER },
    });
    for (const units of [[], [{ custom_id: "cart 17" }], [{}], [{ custom_id: NUMBER }, { custom_id: NUMBER }]]) {
      expect(readEvent("CHECKOUT.ORDER.APPROVED", { ...order, purchase_units: units })).toEqual({
        ok: true,
        value: { kind: "nothing", what: "other" },
      });
    }
  });
  for (const [type, what] of [
    ["PAYMENT.CAPTURE.PENDING", "pending"],
    ["PAYMENT.CAPTURE.DENIED", "failed"],
    ["PAYMENT.CAPTURE.DECLINED", "failed"],
    ["CHECKOUT.ORDER.COMPLETED", "other"],
    ["CUSTOMER.DISPUTE.UPDATED", "other"],
    ["PAYMENT.SALE.COMPLETED", "other"],
    ["__proto__", "other"],
  ] as const) {
    test(`${type} is nothing (${what})`, () => {
      expect(readCapture({}, type)).toEqual({ ok: true, value: { kind: "nothing", what } });
    });
  }

  const REFUND = {
    id: "1JU08902781691411",
    status: "COMPLETED",
    amount: { currency_code: "USD", value: "5.00" },
    invoice_id: "0194F0E0A1B27C3D8E4F5A6B7C8D9E0F",
    links: [
      { rel: "self", href: "https://api.paypal.com/v2/payments/refunds/1JU08902781691411", method: "GET" },
      { rel: "up", href: `https://api.paypal.com/v2/payments/captures/${CAPTURE_ID}`, method: "GET" },
    ],
  };
  test("a refund of ours, under the capture's number", () => {
    expect(readEvent("PAYMENT.CAPTURE.REFUNDED", REFUND)).toMatchObject({
      ok: true,
      value: {
        kind: "refund",
        refund: {
          outTradeNo: null,
          gatewayTradeNo: CAPTURE_ID,
          refundNo: REFUND.invoice_id,
          gatewayRefundNo: REFUND.id,
          amount: { amountMinor: 500n, currency: "USD" },
          state: "succeeded",
        },
      },
    });
  });
  test("a refund from PayPal's desk, which carries the payment's own number, is no refund of that number", () => {
    expect(readEvent("PAYMENT.CAPTURE.REFUNDED", { ...REFUND, invoice_id: NUMBER, custom_id: NUMBER })).toMatchObject({
      value: { kind: "refund", refund: { outTradeNo: NUMBER, refundNo: null, gatewayRefundNo: REFUND.id } },
    });
  });
  for (const [status, state] of [
    ["PENDING", "processing"],
    ["FAILED", "failed"],
    ["CANCELLED", "failed"],
    ["A_WORD_OF_NEXT_YEAR", "processing"],
  ] as const) {
    test(`a refund that is ${status} is ${state}`, () => {
      expect(readEvent("PAYMENT.CAPTURE.REFUNDED", { ...REFUND, status })).toMatchObject({
        value: { refund: { state } },
      });
    });
  }
  test("a reversal is money that is gone, told of a refund or of the capture itself", () => {
    expect(readEvent("PAYMENT.CAPTURE.REVERSED", { ...REFUND, invoice_id: undefined })).toMatchObject({
      value: { kind: "refund", refund: { gatewayTradeNo: CAPTURE_ID, refundNo: null, state: "succeeded" } },
    });
    expect(readCapture({ status: "REFUNDED" }, "PAYMENT.CAPTURE.REVERSED")).toMatchObject({
      value: { kind: "refund", refund: { gatewayTradeNo: CAPTURE_ID, outTradeNo: NUMBER, refundNo: null } },
    });
  });

  const DISPUTE = {
    dispute_id: "PP-D-27803",
    status: "OPEN",
    dispute_amount: { currency_code: "USD", value: "19.99" },
    disputed_transactions: [{ seller_transaction_id: CAPTURE_ID, custom: NUMBER }],
  };
  for (const [type, code, state] of [
    ["CUSTOMER.DISPUTE.CREATED", undefined, "opened"],
    ["CUSTOMER.DISPUTE.RESOLVED", "RESOLVED_SELLER_FAVOUR", "won"],
    ["CUSTOMER.DISPUTE.RESOLVED", "CANCELED_BY_BUYER", "won"],
    ["CUSTOMER.DISPUTE.RESOLVED", "RESOLVED_BUYER_FAVOUR", "lost"],
    ["CUSTOMER.DISPUTE.RESOLVED", "ACCEPTED", "lost"],
    ["CUSTOMER.DISPUTE.RESOLVED", "A_WORD_OF_NEXT_YEAR", "lost"],
    ["CUSTOMER.DISPUTE.RESOLVED", undefined, "lost"],
  ] as const) {
    test(`${type} with ${code}: ${state}`, () => {
      const resource = { ...DISPUTE, ...(code ? { dispute_outcome: { outcome_code: code } } : {}) };
      expect(readEvent(type, resource)).toMatchObject({
        ok: true,
        value: {
          kind: "dispute",
          dispute: { state, disputeNo: "PP-D-27803", gatewayTradeNo: CAPTURE_ID, outTradeNo: NUMBER },
        },
      });
    });
  }
  test("a dispute about another program's sale is nothing", () => {
    const resource = { ...DISPUTE, disputed_transactions: [{ seller_transaction_id: "cart", custom: "cart 17" }] };
    expect(readEvent("CUSTOMER.DISPUTE.CREATED", resource)).toEqual({
      ok: true,
      value: { kind: "nothing", what: "other" },
    });
  });
});

test("without the certificate, or before and after its time, nothing is believed and PayPal may tell it again", () => {
  const body = eventOf("PAYMENT.CAPTURE.COMPLETED", {});
  const raw = post(body, headersOf(body));
  const late = { ...signer, validTo: NOW - 1 };
  const early = { ...signer, validFrom: NOW + 1 };
  for (const by of [null, late, early]) expect(read(raw, by)).toEqual({ ok: false, error: "unknown_key" });
  expect(account.readNotification(raw, NOW)).toEqual({ ok: false, error: "unknown_key" });
  expect(certificates.leaf).toContain("BEGIN CERTIFICATE");
});
