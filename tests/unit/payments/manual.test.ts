import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GatewayAccount } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { money } from "@/lib/kernel/money";
import { payment, readPaid, transportWith } from "@/tests/support/gateways";

const SETTINGS = { payee: "张三", account: "6225 8888 0000 1111", bank: "招商银行", note: "当天到账\n附言只写订单号" };
function accountOf(changes: object = {}): GatewayAccount {
  const opened = gatewayOf("manual").openAccount({ ...SETTINGS, ...changes });
  if (!opened.ok) throw new Error(opened.error.join());
  return opened.value;
}
const INPUT = {
  outTradeNo: "K7R2M9XQ4T8WZ1YB3N6C5D0FGHJKPSVA",
  amount: money(1000n, "CNY"),
  orderNumber: "261121-ABCDE-FGHJK",
  notifyUrl: "https://shop.example/api/pay/manual/bank",
  returnUrl: "https://shop.example/zh/orders/ord_1/pay",
};

test("a buyer reads to whom, where and with which reference", () => {
  expect(accountOf().createPayment(INPUT)).toEqual({
    ok: true,
    value: {
      kind: "transfer",
      payee: "张三",
      account: "6225 8888 0000 1111",
      bank: "招商银行",
      reference: "261121-ABCDE-FGHJK",
      text: "当天到账\n附言只写订单号",
    },
  });
  expect(accountOf({ bank: " ", note: undefined }).createPayment(INPUT)).toEqual({
    ok: true,
    value: { kind: "transfer", payee: "张三", account: "6225 8888 0000 1111", reference: "261121-ABCDE-FGHJK" },
  });
});

test("another currency, nothing, or a method that nobody offered is refused", () => {
  const ask = (changes: object, of = accountOf()) => of.createPayment({ ...INPUT, ...changes });
  expect(ask({ amount: money(1n, "USD") })).toEqual({ ok: false, error: "currency_unsupported" });
  expect(ask({ amount: money(0n, "CNY") })).toEqual({ ok: false, error: "amount_out_of_range" });
  expect(ask({ method: "alipay" })).toEqual({ ok: false, error: "method_unsupported" });
  expect(ask({ amount: money(1n, "USDT") }, accountOf({ currency: "USDT" })).ok).toBe(true);
});

describe("nobody but a person vouches for such money", () => {
  test("whatever arrives is no notice", () => {
    const account = accountOf();
    const raw = fc.record({
      method: fc.constantFrom("GET", "POST"),
      query: fc.array(fc.tuple(fc.string(), fc.string())),
      headers: fc.constant([["content-type", "application/json"]] as [string, string][]),
      body: fc.uint8Array(),
    });
    fc.assert(
      fc.property(raw, (request) => {
        expect(readPaid(account, request)).toEqual({ ok: false, error: "malformed" });
      }),
    );
    expect(account.testNotice).toBeUndefined();
    for (const { status } of [account.accepted, account.refused, account.deferred]) expect(status).toBe(404);
  });
  test("and nobody is asked", async () => {
    const transport = transportWith({ fetch: () => Promise.reject(new Error("nobody may be called")) });
    expect(await accountOf().queryPayment(payment(INPUT.outTradeNo), transport)).toEqual({
      state: "unknown",
      reason: "not_askable",
    });
    expect(await accountOf().selfCheck({ notifyUrl: INPUT.notifyUrl, transport })).toEqual([]);
    expect([accountOf().openPayment, accountOf().closePayment, accountOf().refunds]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test("settings of no use are named one by one", () => {
  const problemsOf = (settings: object) => {
    const opened = gatewayOf("manual").openAccount({ ...SETTINGS, ...settings });
    return opened.ok ? "opened" : opened.error;
  };
  expect(problemsOf({ payee: "  ", account: undefined })).toEqual(["payee_missing", "account_missing"]);
  expect(problemsOf({ payee: "张\n三" })).toEqual(["payee_malformed"]);
  expect(problemsOf({ account: "x".repeat(121) })).toEqual(["account_malformed"]);
  expect(problemsOf({ bank: 7 })).toEqual(["bank_malformed"]);
  expect(problemsOf({ note: `a\0b` })).toEqual(["note_malformed"]);
  expect(problemsOf({ currency: "BTC" })).toEqual(["currency_malformed"]);
  expect(problemsOf({ key: "x" })).toEqual(["unreadable"]);
});
