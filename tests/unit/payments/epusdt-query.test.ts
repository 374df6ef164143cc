import { describe, expect, test } from "vitest";
import { money } from "@/lib/kernel/money";
import { transportWith } from "@/tests/support/gateways";
import { type Answers, answeringNetwork } from "./answering-network";
import { accountOf, type Flavour, NOW, OUT_TRADE_NO, TOKEN, TRADE_ID } from "./epusdt-fixtures";

const CREATE = "/api/v1/order/create-transaction";
const reply = (data: object | null, code = 200) => ({ status_code: code, message: "success", data });
const unknown = (reason: string) => ({ state: "unknown", reason });
const network = (answers: Answers) => answeringNetwork(answers, NOW);

describe("asking about a trade", () => {
  const ref = { outTradeNo: OUT_TRADE_NO, gatewayTradeNo: TRADE_ID };
  const INFO = {
    trade_id: TRADE_ID,
    order_id: OUT_TRADE_NO,
    status: 2,
    money: "10.00",
    fiat: "CNY",
    actual_amount: "1.43",
    currency: "USDT",
  };
  const info = async (data: object, status = 200, code = 200) =>
    accountOf("bepusdt").queryPayment(ref, network({ "/api/v1/pay/info": [status, reply(data, code)] }).transport);
  const check = `/pay/check-status/${TRADE_ID}`;

  test("BEpusdt says paid, for which order and how much", async () => {
    expect(await info(INFO)).toMatchObject({
      state: "paid",
      payment: {
        outTradeNo: OUT_TRADE_NO,
        gatewayTradeNo: TRADE_ID,
        accountRef: "usdt.example",
        amount: { amountMinor: 1000n, currency: "CNY" },
      },
    });
  });
  test("waiting, confirming and expired are pending: expired may still become paid; cancelled and failed are closed", async () => {
    const states = [];
    for (const status of [1, 5, 3, 4, 6]) states.push((await info({ ...INFO, status })).state);
    expect(states).toEqual(["pending", "pending", "pending", "closed", "closed"]);
  });
  test("another currency is told as it is, for the order to judge; one nobody counts in is unknown", async () => {
    expect(await info({ ...INFO, fiat: "USD" })).toMatchObject({ payment: { amount: { currency: "USD" } } });
    expect(await info({ ...INFO, fiat: "XXX" })).toEqual(unknown("bad_amount"));
    expect(await info({ ...INFO, money: "1e1" })).toEqual(unknown("bad_amount"));
  });
  test("another trade's or another order's answer is not ours", async () => {
    expect(await info({ ...INFO, trade_id: "other" })).toEqual(unknown("other_order"));
    expect(await info({ ...INFO, order_id: "OTHER" })).toEqual(unknown("other_order"));
  });
  test("no such trade is not found; without a trade's number nothing is asked", async () => {
    const absent = { "/api/v1/pay/info": [200, { status_code: 400, message: "订单不存在" }] as [number, unknown] };
    expect(await accountOf("bepusdt").queryPayment(ref, network(absent).transport)).toEqual({ state: "not_found" });
    const { transport, asked } = network({});
    expect(await accountOf("bepusdt").queryPayment({ ...ref, gatewayTradeNo: null }, transport)).toEqual(
      unknown("not_askable"),
    );
    expect(asked).toEqual([]);
  });
  test("a build without that question is asked for the bare status", async () => {
    const bare = {
      [check]: [200, { trade_id: TRADE_ID, trade_hash: "ab", status: 1, return_url: "" }] as [number, unknown],
    };
    expect(await accountOf("bepusdt").queryPayment(ref, network(bare).transport)).toEqual({ state: "pending" });
  });
  test("a server that says paid and not how much: what the attempt was opened for, or held when nobody knows", async () => {
    const paid = { [check]: [200, reply({ trade_id: TRADE_ID, status: 2 })] as [number, unknown] };
    expect(await accountOf("classic").queryPayment(ref, network(paid).transport)).toEqual(unknown("held"));
    const known = { ...ref, openedAmount: money(1000n, "CNY") };
    expect(await accountOf("classic").queryPayment(known, network(paid).transport)).toMatchObject({
      state: "paid",
      payment: { amount: { amountMinor: 1000n } },
    });
  });
  test("GMWalletApp's single notice was lost: the status, then the cashier's own figures", async () => {
    const counter = `/pay/checkout-counter-resp/${TRADE_ID}`;
    const answers = {
      [check]: [200, reply({ trade_id: TRADE_ID, status: 2 })] as [number, unknown],
      [counter]: [200, reply({ trade_id: TRADE_ID, status: 1, amount: 10, currency: "CNY", token: "USDT" })] as [
        number,
        unknown,
      ],
    };
    const { transport, asked } = network(answers);
    expect(await accountOf("gmpay").queryPayment(ref, transport)).toMatchObject({
      state: "paid",
      payment: { accountRef: "1000", amount: { amountMinor: 1000n } },
    });
    expect(asked.map(({ url }) => new URL(url).pathname)).toEqual([check, counter]);
    expect(await accountOf("gmpay").queryPayment(ref, network({ [check]: answers[check]! }).transport)).toEqual(
      unknown("unreadable"),
    );
    expect(
      await accountOf("gmpay").queryPayment(ref, network({ [check]: [400, reply(null, 10008)] }).transport),
    ).toEqual({ state: "not_found" });
  });
  test("garbage is unknown, never paid", async () => {
    for (const data of [
      {},
      { status: 2 },
      { ...INFO, status: true },
      { ...INFO, status: "paid" },
      { ...INFO, status: 22 },
    ]) {
      expect((await info(data)).state).toBe("unknown");
    }
    expect(await info(INFO, 500)).toEqual(unknown("http_status"));
    expect(await info(INFO, 200, 500)).toEqual(unknown("unreadable"));
    const silent = transportWith({ fetch: () => Promise.reject(new Error(TOKEN)) });
    expect(await accountOf("classic").queryPayment(ref, silent)).toEqual(unknown("unreachable"));
  });
});

describe("closing a trade", () => {
  const ref = { outTradeNo: OUT_TRADE_NO, gatewayTradeNo: TRADE_ID };
  const CANCEL = "/api/v1/order/cancel-transaction";
  const close = (answers: Record<string, [number, unknown]>) =>
    accountOf("bepusdt").closePayment?.(ref, network(answers).transport);
  const refusal: [number, unknown] = [200, { status_code: 400, message: "当前订单状态不允许取消" }];
  const info = (status: number): [number, unknown] => [
    200,
    reply({ trade_id: TRADE_ID, order_id: OUT_TRADE_NO, status, money: "10" }),
  ];

  test("only BEpusdt can", () => {
    expect(accountOf("classic").closePayment).toBeUndefined();
    expect(accountOf("gmpay").closePayment).toBeUndefined();
    expect(accountOf("bepusdt").refunds).toBeUndefined();
  });
  test("cancelled", async () => {
    expect(await close({ [CANCEL]: [200, reply({ trade_id: TRADE_ID })] })).toEqual({ state: "closed" });
    expect(await close({ [CANCEL]: [200, reply({ trade_id: "other" })] })).toEqual(unknown("unreadable"));
  });
  test("refused: the server is asked what the trade is instead", async () => {
    const states = [];
    for (const status of [2, 3, 4, 6]) {
      states.push((await close({ [CANCEL]: refusal, "/api/v1/pay/info": info(status) }))?.state);
    }
    expect(states).toEqual(["already_paid", "closed", "closed", "closed"]);
    expect(await close({ [CANCEL]: refusal, "/api/v1/pay/info": info(5) })).toEqual(unknown("held"));
    expect((await close({ [CANCEL]: refusal }))?.state).toBe("unknown");
  });
  test("never opened, unknown there, not offered there, wrong token", async () => {
    const { transport } = network({});
    expect(await accountOf("bepusdt").closePayment?.({ ...ref, gatewayTradeNo: null }, transport)).toEqual(
      unknown("not_askable"),
    );
    const absent: [number, unknown] = [200, { status_code: 400, message: "订单不存在" }];
    expect(await close({ [CANCEL]: absent, "/api/v1/pay/info": absent })).toEqual({ state: "not_created" });
    expect(await close({})).toEqual({ state: "unsupported" });
    expect(await close({ [CANCEL]: [200, { status_code: 400, message: "签名错误" }] })).toEqual(
      unknown("credentials_refused"),
    );
  });
});

describe("self check", () => {
  const notifyUrl = "https://shop.example/api/pay/epusdt/usdt";
  const check = (flavour: Flavour, answers: Record<string, [number, unknown]>) =>
    accountOf(flavour).selfCheck({ notifyUrl, transport: network(answers).transport });
  test("a refusal after the signature was looked at proves the token", async () => {
    const absent: [number, unknown] = [200, { status_code: 400, message: "订单不存在" }];
    expect(await check("bepusdt", { "/api/v1/order/cancel-transaction": absent, "/api/v1/pay/info": absent })).toEqual(
      [],
    );
    expect(await check("classic", { [CREATE]: [400, reply(null, 10009)] })).toEqual([]);
  });
  test("a refused token, a silent server, a weak token and an address of this machine are told apart", async () => {
    expect(await check("classic", { [CREATE]: [401, reply(null, 401)] })).toEqual(["credentials_refused"]);
    expect(await check("classic", { [CREATE]: [200, "<html>"] })).toEqual(["gateway_silent"]);
    const weak = accountOf("classic", { token: "abcdefgh" });
    const { transport } = network({ [CREATE]: [400, reply(null, 10009)] });
    expect(await weak.selfCheck({ notifyUrl: "http://127.0.0.1:3000/api/pay/epusdt/usdt", transport })).toEqual([
      "key_weak",
      "notify_url_not_reachable",
    ]);
  });
});
