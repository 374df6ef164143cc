import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFields, readCreateReply } from "@/lib/features/payments/gateways/epusdt/open";
import type { OpenAnswer } from "@/lib/features/payments/gateways/port";
import { money } from "@/lib/kernel/money";
import { type Answers, answeringNetwork } from "./answering-network";
import {
  ADDRESS,
  accountOf,
  configOf,
  type Flavour,
  NOW,
  OPEN,
  OUT_TRADE_NO,
  TOKEN,
  TRADE_ID,
} from "./epusdt-fixtures";

const CREATED = {
  trade_id: TRADE_ID,
  order_id: OUT_TRADE_NO,
  amount: "10.00",
  actual_amount: "1.43",
  token: ADDRESS,
  expiration_time: 1200,
  payment_url: "https://usdt.example/pay/checkout-counter/b3d2477c",
};
const reply = (data: object | null, code = 200) => ({ status_code: code, message: "success", data });
const unknown = (reason: string) => ({ state: "unknown", reason });

const network = (answers: Answers) => answeringNetwork(answers, NOW);
const CREATE = "/api/v1/order/create-transaction";
const open = async (
  flavour: Flavour,
  status: number,
  body: unknown,
  changes: object = {},
): Promise<OpenAnswer | undefined> => {
  const path = flavour === "gmpay" ? "/payments/gmpay/v1/order/create-transaction" : CREATE;
  return accountOf(flavour).openPayment?.({ ...OPEN, ...changes }, network({ [path]: [status, body] }).transport);
};

describe("before the server is asked", () => {
  const created = (changes: object, flavour: Flavour = "bepusdt") =>
    accountOf(flavour).createPayment({ ...OPEN, ...changes });
  test("the way to pay comes on request", () =>
    expect(created({})).toEqual({ ok: true, value: { kind: "on_request" } }));
  test("another currency, nothing, too much or an unknown coin is refused", () => {
    expect(created({ amount: money(1000n, "USD") })).toEqual({ ok: false, error: "currency_unsupported" });
    expect(created({ amount: money(0n, "CNY") })).toEqual({ ok: false, error: "amount_out_of_range" });
    expect(created({ amount: money(-1n, "CNY") })).toEqual({ ok: false, error: "amount_out_of_range" });
    expect(created({ amount: money(10_000_000_000n, "CNY") })).toEqual({ ok: false, error: "amount_out_of_range" });
    expect(created({ method: "usdt.erc20" })).toEqual({ ok: false, error: "method_unsupported" });
    expect(created({ method: "tron.trx" }).ok).toBe(true);
  });
  test("a callback address with a query is our own mistake", () => {
    expect(() => created({ notifyUrl: "https://shop.example/notify?a=1" })).toThrow();
  });
});

describe("what is sent", () => {
  const body = async (flavour: Flavour, changes: object = {}) => {
    const { transport, asked } = network({});
    await accountOf(flavour).openPayment?.({ ...OPEN, ...changes }, transport);
    return asked[0];
  };
  test("classic: the four members, the amount as a number of the fewest letters", async () => {
    const sent = await body("classic", { amount: money(1050n, "CNY") });
    expect(sent).toMatchObject({ url: `https://usdt.example${CREATE}`, method: "POST" });
    expect(sent?.body).toMatch(
      new RegExp(
        `^\\{"order_id":"${OUT_TRADE_NO}","amount":10\\.5,"notify_url":"[^"]+","redirect_url":"[^"]+","signature":"[0-9a-f]{32}"\\}$`,
      ),
    );
  });
  test("BEpusdt: the coin, the currency and a time within its bounds", async () => {
    expect(JSON.parse((await body("bepusdt"))?.body ?? "")).toMatchObject({
      fiat: "CNY",
      trade_type: "usdt.trc20",
      timeout: 900,
    });
    const near = await body("bepusdt", { expiresAt: NOW + 4_000, method: "tron.trx" });
    expect(JSON.parse(near?.body ?? "")).toMatchObject({ trade_type: "tron.trx", timeout: 180 });
    expect(JSON.parse((await body("bepusdt", { expiresAt: NOW + 9e9 }))?.body ?? "")).toMatchObject({ timeout: 3600 });
  });
  test("GMWalletApp: its own path, the merchant's number, coin and chain apart", async () => {
    const sent = await body("gmpay");
    expect(sent?.url).toBe("https://usdt.example/payments/gmpay/v1/order/create-transaction");
    expect(JSON.parse(sent?.body ?? "")).toMatchObject({
      pid: "1000",
      currency: "cny",
      token: "usdt",
      network: "tron",
    });
  });
  test("a million is sent as 1000000 and signed for BEpusdt as its server will print it", () => {
    const fields = createFields({ ...OPEN, amount: money(100_000_000n, "CNY") }, configOf("bepusdt"), NOW);
    expect(fields.find(({ name }) => name === "amount")?.text).toBe("1000000");
  });
  test("no token and no text of a buyer leaves", async () => {
    for (const flavour of ["bepusdt", "gmpay", "classic"] as const) {
      const sent = await body(flavour, { clientIp: "203.0.113.7", device: "mobile" });
      expect(JSON.stringify(sent)).not.toMatch(new RegExp(`${TOKEN}|203\\.0\\.113\\.7|261121`));
    }
  });
});

describe("what a trade shows", () => {
  const address = {
    kind: "address",
    text: ADDRESS,
    payable: "1.43",
    payableCurrency: "USDT",
    url: CREATED.payment_url,
  };
  test("BEpusdt", async () => {
    expect(await open("bepusdt", 200, reply({ ...CREATED, fiat: "CNY", trade_type: "usdt.trc20", status: 1 }))).toEqual(
      {
        state: "opened",
        opened: { presentation: { ...address, network: "TRC20" }, gatewayTradeNo: TRADE_ID, closesAt: null },
      },
    );
  });
  test("a coin told beside the price is no currency of it", async () => {
    const answer = await open("bepusdt", 200, reply({ ...CREATED, currency: "USDT" }));
    expect(answer?.state).toBe("opened");
    const wrong = { ...CREATED, receive_address: ADDRESS, token: "USDT", currency: "USD" };
    expect(await open("gmpay", 200, reply(wrong))).toEqual(unknown("bad_amount"));
  });
  test("a chain's own coin", async () => {
    const answer = await open("bepusdt", 200, reply({ ...CREATED, trade_type: "tron.trx" }), { method: "tron.trx" });
    expect(answer).toMatchObject({ opened: { presentation: { network: "TRON", payableCurrency: "TRX" } } });
  });
  test("classic, numbers as numbers", async () => {
    expect(await open("classic", 200, reply({ ...CREATED, amount: 10, actual_amount: 1.4301 }))).toMatchObject({
      opened: { presentation: { ...address, payable: "1.4301", network: "TRC20" } },
    });
  });
  test("GMWalletApp: the address is receive_address, the token is the coin's name", async () => {
    const data = { ...CREATED, amount: 10, currency: "CNY", receive_address: ADDRESS, token: "USDT", status: 1 };
    expect(await open("gmpay", 200, reply(data))).toMatchObject({
      opened: { presentation: { ...address, network: "TRON" } },
    });
    expect(await open("gmpay", 200, reply({ ...data, token: "TRX" }))).toEqual(unknown("bad_amount"));
  });
  test("attack 21: a link that is no http address is left out, and nothing else of the trade is lost", async () => {
    const links = [
      "javascript:alert(1)",
      "/pay/1",
      "",
      "data:text/html,x",
      "https://a:b@usdt.example/",
      "http://usdt.example/pay/1",
      "JAVASCRIPT:x",
      null,
    ];
    for (const payment_url of links) {
      const answer = await open("classic", 200, reply({ ...CREATED, payment_url }));
      expect(answer?.state).toBe("opened");
      expect(JSON.stringify(answer)).not.toContain('"url"');
    }
  });
  test("an address of another chain, or an amount that is none, is never shown", async () => {
    for (const token of [
      "0x52908400098527886E0F7030069857D2E4169EE7",
      "T0Ens8t9jbWENbStkQdVQtHMGpbsYsQjZK",
      "",
      "<b>",
      "TR7N",
    ]) {
      expect(await open("classic", 200, reply({ ...CREATED, token }))).toEqual(unknown("unreadable"));
    }
    for (const actual_amount of ["0", "-1", "1e-7", "1,43", "NaN", "", "0.0000", " 1", 1e-7]) {
      expect(await open("classic", 200, reply({ ...CREATED, actual_amount }))).toEqual(unknown("unreadable"));
    }
  });
  test("another order's, another price's or another coin's trade is not ours", async () => {
    expect(await open("bepusdt", 200, reply({ ...CREATED, order_id: "OTHER" }))).toEqual(unknown("other_order"));
    for (const changes of [{ amount: "10.01" }, { amount: "1e1" }, { fiat: "USD" }, { trade_type: "usdt.bep20" }]) {
      expect(await open("bepusdt", 200, reply({ ...CREATED, ...changes }))).toEqual(unknown("bad_amount"));
    }
  });
  test("a trade that is paid, on its way or over is not shown for payment again", async () => {
    for (const [status, code] of [
      [2, "already_paid"],
      [5, "already_paid"],
      [3, "closed"],
      [4, "closed"],
      [6, "closed"],
    ]) {
      expect(await open("bepusdt", 200, reply({ ...CREATED, status }))).toEqual({ state: "refused", code });
    }
  });
});

describe("what a server refuses", () => {
  test("a number that is taken is refused for good: it is not told what was opened under it", async () => {
    for (const flavour of ["classic", "gmpay"] as const) {
      expect(await open(flavour, 400, reply(null, 10002))).toEqual({ state: "refused", code: "10002" });
    }
  });
  test("no wallet, too small, no rate; no free amount passes by itself", async () => {
    for (const code of [10003, 10004, 10006, 10041]) {
      expect(await open("gmpay", 400, reply(null, code))).toEqual({ state: "refused", code: String(code) });
    }
    expect(await open("gmpay", 400, reply(null, 10005))).toEqual(unknown("gateway_busy"));
  });
  test("a wrong token is named, for the account's page", async () => {
    expect(await open("gmpay", 401, reply(null, 401))).toEqual(unknown("credentials_refused"));
    expect(await open("bepusdt", 200, { status_code: 400, message: "签名错误" })).toEqual(
      unknown("credentials_refused"),
    );
    expect(await open("bepusdt", 200, { status_code: 400, message: "订单创建失败" })).toEqual({
      state: "refused",
      code: "400",
    });
  });
});

describe("attack 27: replies that say nothing are unknown", () => {
  const nothing: [string, number, unknown, string][] = [
    ["an empty page", 200, "", "unreadable"],
    ["an error page with 200", 200, "<html>502</html>", "unreadable"],
    ["an error page with 502", 502, "<html>", "http_status"],
    ["an error page with 400", 400, "<html>", "http_status"],
    ["a 500 that claims success", 500, reply(CREATED), "http_status"],
    ["a 400 that claims success", 400, reply(CREATED), "unreadable"],
    ["success without data", 200, reply(null), "unreadable"],
    ["success as a text", 200, { status_code: "success", data: CREATED }, "unreadable"],
    ["no trade number", 200, reply({ ...CREATED, trade_id: "" }), "unreadable"],
    ["an amount that is true", 200, reply({ ...CREATED, amount: true }), "unreadable"],
  ];
  for (const [name, status, body, reason] of nothing) {
    test(name, async () => expect(await open("classic", status, body)).toEqual(unknown(reason)));
  }
  test("no JSON makes the reader throw, or show an address for another order", () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({ status_code: fc.anything(), data: fc.anything(), message: fc.anything() }),
    );
    fc.assert(
      fc.property(json, fc.constantFrom("bepusdt", "gmpay", "classic"), (value, flavour) => {
        expect(readCreateReply({ status: 200, json: value }, OPEN, configOf(flavour)).state).not.toBe("opened");
      }),
      { numRuns: 2_000 },
    );
  });
});
