import { describe, expect, test } from "vitest";
import { fromStripe } from "@/lib/features/payments/gateways/stripe/amounts";
import { readPage } from "@/lib/features/statements/parse-pages";
import type { PageFormat } from "@/lib/features/statements/rules";
import { NOW, read } from "./reading";

const taken = (format: PageFormat, page: object) =>
  readPage(format, JSON.stringify(page), { line: 1, now: NOW, fromUnits: fromStripe });

const movement = (changes: object) => ({
  id: "txn_1",
  object: "balance_transaction",
  type: "charge",
  reporting_category: "charge",
  amount: 1000,
  fee: 59,
  net: 941,
  currency: "cny",
  created: 1_795_000_000,
  status: "pending",
  available_on: 1_795_100_000,
  source: {
    id: "ch_1",
    object: "charge",
    amount: 1000,
    currency: "cny",
    payment_intent: "pi_1",
    metadata: { out_trade_no: "K1" },
    billing_details: { email: "buyer@example.com" },
  },
  ...changes,
});

describe("Stripe's balance transactions", () => {
  test("a payment names its intent and our number; nothing about the buyer is kept", () => {
    const page = taken("stripe_pages", { data: [movement({ exotic: 1 })] });
    expect(page).toMatchObject([
      {
        row: {
          kind: "payment",
          gatewayTradeNo: "pi_1",
          part: "txn_1",
          outTradeNo: "K1",
          amountMinor: 1000n,
          fee: "0.59",
        },
      },
    ]);
    expect(
      JSON.stringify(page?.map((one) => (typeof one === "object" && one && "row" in one ? one.row.raw : null))),
    ).not.toContain("buyer@");
    expect(page).toMatchObject([{ row: { raw: { exotic: 1, source: "ch_1" } } }]);
  });

  test("refunds, fees, payouts and disputes have the sign of their kind", () => {
    const refund = {
      id: "re_1",
      object: "refund",
      payment_intent: { id: "pi_1" },
      metadata: { refund_no: "RF1", out_trade_no: "K1" },
    };
    const rows = [
      movement({ id: "txn_2", type: "refund", reporting_category: "refund", amount: -300, fee: 0, source: refund }),
      movement({ id: "txn_3", type: "stripe_fee", reporting_category: "fee", amount: -59, fee: 0, source: null }),
      movement({ id: "txn_4", type: "payout", reporting_category: "payout", amount: -500, fee: 0, source: "po_1" }),
      movement({ id: "txn_5", type: "payout", reporting_category: "payout", amount: 500, fee: 0, source: "po_1" }),
      movement({
        id: "txn_6",
        type: "adjustment",
        reporting_category: "dispute",
        amount: -1000,
        fee: 1500,
        source: "dp_1",
      }),
    ];
    expect(taken("stripe_pages", { data: rows })).toMatchObject([
      { row: { kind: "refund", amountMinor: 300n, refundNo: "RF1", gatewayRefundNo: "re_1", gatewayTradeNo: "pi_1" } },
      { row: { kind: "fee", amountMinor: 59n } },
      { row: { kind: "payout", amountMinor: 500n } },
      { row: { kind: "adjustment", amountMinor: 500n } },
      { row: { kind: "dispute", amountMinor: -1000n } },
    ]);
  });

  test("what the buyer paid is compared with the order, not what it was changed into", () => {
    const foreign = movement({ amount: 1100, currency: "hkd", exchange_rate: 1.1 });
    expect(taken("stripe_pages", { data: [foreign] })).toMatchObject([
      { row: { amountMinor: 1000n, currency: "CNY", fee: null } },
    ]);
    expect(taken("stripe_pages", { data: [movement({ currency: "gbp", source: null })] })).toMatchObject([
      { reject: { reason: "currency" } },
    ]);
  });

  test("the same movement in the report is the same row", async () => {
    const head =
      "balance_transaction_id,created_utc,created,available_on,currency,gross,fee,net,reporting_category,source_id,description,customer_facing_amount,customer_facing_currency,charge_id,payment_intent_id,payment_method_type,payment_metadata[out_trade_no],refund_metadata[refund_no]";
    const lines = [
      'txn_1,2026-11-19 02:00:00,2026-11-19 02:00:00,2026-11-21,cny,10.00,0.59,9.41,charge,ch_1,"a, b",,,ch_1,pi_1,card,K1,',
      "txn_2,2026-11-19 03:00:00,,,cny,-3.00,0.00,-3.00,refund,re_1,,,,ch_1,pi_1,card,K1,RF1",
      "txn_7,2026-11-19 03:00:00,,,hkd,11.00,0.65,10.35,charge,ch_2,,10.00,cny,ch_2,pi_2,card,K2,",
    ];
    const { rows, rejects } = await read(Buffer.from([head, ...lines].join("\n")));
    expect(rejects).toEqual([]);
    expect(rows).toMatchObject([
      {
        kind: "payment",
        gatewayTradeNo: "pi_1",
        part: "txn_1",
        amountMinor: 1000n,
        fee: "0.59",
        outTradeNo: "K1",
        occurredAt: Date.parse("2026-11-19T02:00:00Z"),
      },
      { kind: "refund", part: "txn_2", amountMinor: 300n, refundNo: "RF1", gatewayRefundNo: "re_1" },
      { amountMinor: 1000n, currency: "CNY", fee: null },
    ]);
  });
});

describe("PayPal's transactions", () => {
  const row = (changes: object) => ({
    transaction_info: {
      transaction_id: "9AB",
      transaction_event_code: "T0006",
      transaction_amount: { currency_code: "USD", value: "10.00" },
      fee_amount: { currency_code: "USD", value: "-0.88" },
      transaction_initiation_date: "2026-11-19T02:00:00+0000",
      transaction_status: "S",
      custom_field: "CLOSED-K0123456789ABCDEF",
      invoice_id: "INV",
      ...changes,
    },
  });
  test("a payment, a refund under the capture that it belongs to, a dispute, a fee; a denied one moved nothing", () => {
    const rows = [
      row({}),
      row({
        transaction_id: "R1",
        transaction_event_code: "T1107",
        paypal_reference_id: "9AB",
        transaction_amount: { currency_code: "USD", value: "-3.00" },
        fee_amount: null,
        invoice_id: "RF1",
      }),
      row({
        transaction_id: "D1",
        transaction_event_code: "T1201",
        paypal_reference_id: "9AB",
        transaction_amount: { currency_code: "USD", value: "-10.00" },
      }),
      row({
        transaction_id: "F1",
        transaction_event_code: "T0106",
        transaction_amount: { currency_code: "USD", value: "-20.00" },
      }),
      row({ transaction_status: "D" }),
      row({ transaction_amount: { currency_code: "USD", value: "10.005" } }),
    ];
    expect(taken("paypal_pages", { transaction_details: rows })).toMatchObject([
      {
        row: {
          kind: "payment",
          gatewayTradeNo: "9AB",
          part: "",
          outTradeNo: "K0123456789ABCDEF",
          amountMinor: 1000n,
          fee: "0.88",
        },
      },
      {
        row: {
          kind: "refund",
          gatewayTradeNo: "9AB",
          part: "R1",
          refundNo: "RF1",
          gatewayRefundNo: "R1",
          amountMinor: 300n,
        },
      },
      { row: { kind: "dispute", gatewayTradeNo: "9AB", amountMinor: -1000n } },
      { row: { kind: "fee", amountMinor: 2000n } },
      "passed",
      { reject: { reason: "amount" } },
    ]);
  });
});

describe("EPay's list of orders", () => {
  const row = (changes: object) => ({
    trade_no: "2026",
    out_trade_no: "K1",
    type: "alipay",
    pid: 1000,
    money: "10.00",
    status: 1,
    addtime: "2026-11-19 10:00:00",
    endtime: "2026-11-19 10:05:00",
    ...changes,
  });
  test("paid and given back are rows at the time of payment, unpaid is none; v2's texts are the same", () => {
    expect(
      taken("epay_pages", {
        data: [
          row({}),
          row({ status: "2", trade_no: "2027" }),
          row({ status: "0" }),
          row({ money: "0.1", endtime: null }),
          row({ endtime: "0", addtime: "1795000000" }),
        ],
      }),
    ).toMatchObject([
      {
        row: {
          kind: "payment",
          gatewayTradeNo: "2026",
          outTradeNo: "K1",
          amountMinor: 1000n,
          status: "1",
          occurredAt: Date.parse("2026-11-19T02:05:00Z"),
        },
      },
      { row: { status: "2" } },
      "passed",
      { row: { amountMinor: 10n, occurredAt: Date.parse("2026-11-19T02:00:00Z") } },
      { row: { occurredAt: 1_795_000_000_000 } },
    ]);
    expect(
      taken("epay_pages", { data: [row({ money: "-1.00" }), row({ money: "1.005" }), { money: "1" }] }),
    ).toMatchObject([
      { reject: { reason: "negative_amount" } },
      { reject: { reason: "amount" } },
      { reject: { line: 3 } },
    ]);
  });
});

test("a page that is none is no empty page", () => {
  for (const text of ["", "<html>", "null", "[]", '{"data":"x"}']) {
    expect([text, readPage("stripe_pages", text, { line: 1, now: NOW, fromUnits: fromStripe })]).toEqual([text, null]);
  }
});
