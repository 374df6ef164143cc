import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCreateReply } from "@/lib/features/payments/gateways/tokenpay/open";
import { readOrderReply } from "@/lib/features/payments/gateways/tokenpay/query";
import { money } from "@/lib/kernel/money";
import { answeringNetwork } from "./answering-network";
import { ADDRESS, accountOf, configOf, ID, OPEN, OUT_TRADE_NO, TOKEN } from "./tokenpay-fixtures";

const INFO = {
  ActualAmount: "10",
  Amount: "1.43",
  BaseCurrency: "CNY",
  BlockChainName: "TRON",
  CurrencyName: "USDT",
  ExpireTime: "2026-11-20 14:04:57",
  Id: ID,
  OrderUserKey: OUT_TRADE_NO,
  OutOrderId: OUT_TRADE_NO,
  QrCodeBase64: `data:image/png;base64,${"A".repeat(5_000)}`,
  ToAddress: ADDRESS,
};
const URL_OF_PAGE = `https://token.example/Pay?Id=${ID}`;
const created = (info: object | null = INFO, data: string | null = URL_OF_PAGE) => ({
  success: true,
  message: "创建订单成功！",
  data,
  info,
});
const unknown = (reason: string) => ({ state: "unknown", reason });
const open = (body: unknown, status = 200, changes: object = {}) =>
  accountOf().openPayment?.({ ...OPEN, ...changes }, answeringNetwork({ "/CreateOrder": [status, body] }).transport);

describe("opening", () => {
  test("the address, the chain and the exact amount of coin", async () => {
    expect(await open(created())).toEqual({
      state: "opened",
      opened: {
        presentation: {
          kind: "address",
          text: ADDRESS,
          network: "TRON",
          payable: "1.43",
          payableCurrency: "USDT",
          url: URL_OF_PAGE,
        },
        gatewayTradeNo: ID,
        closesAt: null,
      },
    });
  });
  test("what is sent: the fewest letters of the price, no buyer, no token", async () => {
    const { transport, asked } = answeringNetwork({});
    await accountOf().openPayment?.(
      { ...OPEN, amount: money(1050n, "CNY"), method: "TRX", clientIp: "203.0.113.7" },
      transport,
    );
    expect(asked[0]?.body).toContain('"ActualAmount":10.5,');
    expect(JSON.parse(asked[0]?.body ?? "")).toMatchObject({
      OutOrderId: OUT_TRADE_NO,
      OrderUserKey: OUT_TRADE_NO,
      Currency: "TRX",
    });
    expect(JSON.stringify(asked)).not.toMatch(new RegExp(`${TOKEN}|203\\.0\\.113|261121`));
  });
  test("a server of before 2023 tells its page only", async () => {
    expect(await open(created(null))).toEqual({
      state: "opened",
      opened: { presentation: { kind: "redirect", url: URL_OF_PAGE }, gatewayTradeNo: ID, closesAt: null },
    });
    for (const data of [
      "javascript:alert(1)",
      "http://token.example/Pay?Id=1",
      "https://token.example/Pay?Id=x",
      "",
      null,
    ]) {
      expect(await open(created(null, data))).toEqual(unknown("unreadable"));
    }
  });
  test("attack 21: a page that is no https address is left out", async () => {
    expect(JSON.stringify(await open(created(INFO, "javascript:alert(1)")))).not.toContain('"url"');
  });
  test("another order's, another price's, another chain's answer is never shown", async () => {
    expect(await open(created({ ...INFO, OutOrderId: "OTHER" }))).toEqual(unknown("other_order"));
    for (const changes of [{ ActualAmount: "10.01" }, { ActualAmount: "1e1" }, { BaseCurrency: "USD" }]) {
      expect(await open(created({ ...INFO, ...changes }))).toEqual(unknown("bad_amount"));
    }
    for (const changes of [
      { ToAddress: "0x52908400098527886E0F7030069857D2E4169EE7" },
      { Amount: "0" },
      { Amount: "1e-7" },
      { BlockChainName: "<b>" },
      { Id: "1" },
    ]) {
      expect(await open(created({ ...INFO, ...changes }))).toEqual(unknown("unreadable"));
    }
  });
  test("refused, a wrong token, and replies that say nothing", async () => {
    expect(await open({ success: false, message: "金额有误！" })).toEqual({ state: "refused", code: "refused" });
    expect(await open({ success: false, message: "签名验证失败！" })).toEqual(unknown("credentials_refused"));
    for (const body of ["", "<html>", "[]", { success: "true" }, { success: true }]) {
      expect(await open(body)).toEqual(unknown("unreadable"));
    }
    expect(await open(created(), 500)).toEqual(unknown("http_status"));
  });
  test("before the server is asked: currency, amount, coin", () => {
    const ask = (changes: object) => accountOf().createPayment({ ...OPEN, ...changes });
    expect(ask({})).toEqual({ ok: true, value: { kind: "on_request" } });
    expect(ask({ amount: money(1n, "USD") })).toEqual({ ok: false, error: "currency_unsupported" });
    expect(ask({ amount: money(0n, "CNY") })).toEqual({ ok: false, error: "amount_out_of_range" });
    expect(ask({ method: "EVM_ETH_ETH" })).toEqual({ ok: false, error: "method_unsupported" });
  });
});

describe("asking", () => {
  const ref = { outTradeNo: OUT_TRADE_NO, gatewayTradeNo: ID };
  const ORDER = {
    id: ID,
    outOrderId: OUT_TRADE_NO,
    status: 1,
    actualAmount: 10,
    amount: 1.43,
    currency: "USDT_TRC20",
    toAddress: ADDRESS,
  };
  const said = (data: object | null, success = true) => ({ success, message: "订单信息获取成功！", data });
  const ask = (body: unknown, status = 200) =>
    accountOf().queryPayment(ref, answeringNetwork({ "/Query": [status, body] }).transport);

  test("the question is signed, and holds no token", async () => {
    const { transport, asked } = answeringNetwork({});
    await accountOf().queryPayment(ref, transport);
    expect(asked[0]?.url).toMatch(new RegExp(`^https://token\\.example/Query\\?Id=${ID}&Signature=[0-9a-f]{32}$`));
  });
  test("paid, in whatever way the server prints it", async () => {
    for (const changes of [{}, { status: "1" }, { status: "Paid" }, { actualAmount: "10.00" }]) {
      expect(await ask(said({ ...ORDER, ...changes }))).toMatchObject({
        state: "paid",
        payment: {
          accountRef: "token.example",
          outTradeNo: OUT_TRADE_NO,
          gatewayTradeNo: ID,
          amount: { amountMinor: 1000n, currency: "CNY" },
        },
      });
    }
  });
  test("waiting, expired, unknown there, never opened", async () => {
    expect(await ask(said({ ...ORDER, status: 0 }))).toEqual({ state: "pending" });
    expect(await ask(said({ ...ORDER, status: 2 }))).toEqual({ state: "closed" });
    expect(await ask({ success: false, message: "订单不存在！" })).toEqual({ state: "not_found" });
    const { transport, asked } = answeringNetwork({});
    expect(await accountOf().queryPayment({ ...ref, gatewayTradeNo: null }, transport)).toEqual(unknown("not_askable"));
    expect(asked).toEqual([]);
  });
  test("another order's answer, an odd amount, garbage", async () => {
    expect(await ask(said({ ...ORDER, id: ID.replace("6", "7") }))).toEqual(unknown("other_order"));
    expect(await ask(said({ ...ORDER, outOrderId: "OTHER" }))).toEqual(unknown("other_order"));
    for (const actualAmount of ["1e1", 10.005, -1, "10.0000"])
      expect(await ask(said({ ...ORDER, actualAmount }))).toEqual(unknown("bad_amount"));
    for (const changes of [{ status: true }, { status: 9 }, { status: "paid" }, { id: "" }]) {
      expect(await ask(said({ ...ORDER, ...changes }))).toEqual(unknown("unreadable"));
    }
    for (const body of ["", "null", "<html>", said(null), said(ORDER, false)])
      expect((await ask(body)).state).toBe("unknown");
    expect(await ask(said(ORDER), 500)).toEqual(unknown("http_status"));
    expect(await ask({ success: false, message: "签名验证失败！" })).toEqual(unknown("credentials_refused"));
  });
  test("nothing is closed and nothing given back: the protocol has neither", () => {
    expect(accountOf().closePayment).toBeUndefined();
    expect(accountOf().refunds).toBeUndefined();
  });
});

test("no JSON makes the readers throw, show an address or pay", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.record({ success: fc.constant(true), data: fc.anything(), info: fc.anything() })),
      (json) => {
        expect(readCreateReply(json, OPEN, configOf()).state).not.toBe("opened");
        expect(["unknown", "not_found"]).toContain(
          readOrderReply(json, { id: ID, outTradeNo: OUT_TRADE_NO }, configOf()).state,
        );
      },
    ),
    { numRuns: 1_500 },
  );
});

test("self check: no such order proves the token", async () => {
  const notifyUrl = "https://shop.example/api/pay/tokenpay/tp";
  const check = (body: unknown) =>
    accountOf().selfCheck({ notifyUrl, transport: answeringNetwork({ "/Query": [200, body] }).transport });
  expect(await check({ success: false, message: "订单不存在！" })).toEqual([]);
  expect(await check({ success: false, message: "签名验证失败！" })).toEqual(["credentials_refused"]);
  expect(await check("<html>")).toEqual(["gateway_silent"]);
});
