import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { GatewayAccount, QueryAnswer } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { payment, transportWith } from "@/tests/support/gateways";
import { account, KEY, SETTINGS } from "./epay-fixtures";

const ORDER = {
  code: 1,
  msg: "succ",
  trade_no: "2026112017500275163",
  out_trade_no: "T1001",
  type: "alipay",
  pid: 1000,
  status: 1,
  money: "10.00",
};
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A gateway on a free port that answers as told, and the account that asks it. */
async function gateway(answer: RequestListener): Promise<GatewayAccount> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const opened = gatewayOf("epay").openAccount({
    ...SETTINGS,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  if (!opened.ok) throw new Error("settings");
  return opened.value;
}

const reply =
  (body: unknown, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "text/html; charset=utf-8" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
const ask = async (answer: RequestListener, timeoutMs = 2_000): Promise<QueryAnswer> =>
  (await gateway(answer)).queryPayment(payment("T1001"), transportWith({ fetch, timeoutMs }));
const unknown = (reason: string) => ({ state: "unknown", reason });

describe("what the gateway says", () => {
  test("status 1 is paid, with the trade number and the amount", async () => {
    expect(await ask(reply(ORDER))).toMatchObject({
      state: "paid",
      payment: {
        accountRef: "1000",
        outTradeNo: "T1001",
        gatewayTradeNo: "2026112017500275163",
        amount: { amountMinor: 1000n, currency: "CNY" },
        method: "alipay",
      },
    });
  });
  test("numbers as texts and texts as numbers say the same", async () => {
    expect(
      await ask(
        reply({ ...ORDER, code: "1", status: "1", pid: "1000", money: 10, trade_no: 20261120175, endtime: null }),
      ),
    ).toMatchObject({
      state: "paid",
      payment: { gatewayTradeNo: "20261120175", amount: { amountMinor: 1000n } },
    });
  });
  test("status 0 is pending, code -1 is not found, status 2 is refunded", async () => {
    expect(await ask(reply({ ...ORDER, status: 0 }))).toEqual({ state: "pending" });
    expect(await ask(reply({ code: -1, msg: "订单号不存在" }))).toEqual({ state: "not_found" });
    expect(await ask(reply({ ...ORDER, status: 2 }))).toMatchObject({ state: "refunded" });
  });
  test("frozen or pre-authorised money is unknown", async () => {
    for (const status of [3, 4, "3"]) expect(await ask(reply({ ...ORDER, status }))).toEqual(unknown("held"));
  });
  test("the question names order, account and key, as the protocol wants", async () => {
    let asked = "";
    await ask((request, response) => {
      asked = request.url ?? "";
      reply(ORDER)(request, response);
    });
    expect(Object.fromEntries(new URL(asked, "http://x").searchParams)).toEqual({
      act: "order",
      pid: "1000",
      key: KEY,
      out_trade_no: "T1001",
    });
  });
});

describe("attack 27: replies that say nothing are unknown, never paid, never failed", () => {
  const nothing: [string, unknown, number?][] = [
    ["an empty page", ""],
    ["a 500 with an empty page", "", 500],
    ["a 500 that claims payment", ORDER, 500],
    ["a 404 that claims payment", ORDER, 404],
    ["an HTML error page with status 200", "<html><body>502 Bad Gateway</body></html>"],
    ["JSON that is no object", "[]"],
    ["null", "null"],
    ["a number", "1"],
    ["a PHP warning before the JSON", `Warning: mysqli::query()\n${JSON.stringify(ORDER)}`],
    ["an object without code", { ...ORDER, code: undefined }],
    ["code true", { ...ORDER, code: true }],
    ["code 1.5", { ...ORDER, code: 1.5 }],
    ["status true", { ...ORDER, status: true }],
    ['status "01"', { ...ORDER, status: "01" }],
    ['status " 1"', { ...ORDER, status: " 1" }],
    ["status [1]", { ...ORDER, status: [1] }],
    ["status null", { ...ORDER, status: null }],
    ["status 9", { ...ORDER, status: 9 }],
    ["no trade number", { ...ORDER, trade_no: "" }],
    ["no order number", { ...ORDER, out_trade_no: undefined }],
    ["an unknown code", { ...ORDER, code: -9 }],
  ];
  for (const [name, body, status] of nothing) {
    test(name, async () =>
      expect(await ask(reply(body, status))).toEqual(unknown(status ? "http_status" : "unreadable")),
    );
  }
  test("a wrong key is named, for the account's page", async () => {
    expect(await ask(reply({ code: -3, msg: "商户密钥错误" }))).toEqual(unknown("credentials_refused"));
  });
  test("another order's or another account's reply is not ours", async () => {
    expect(await ask(reply({ ...ORDER, out_trade_no: "T1002" }))).toEqual(unknown("other_order"));
    expect(await ask(reply({ ...ORDER, pid: 1001 }))).toEqual(unknown("other_account"));
  });
  test("an amount outside the grammar is unknown", async () => {
    for (const money of ["1e1", "10.005", "-1", "", "NaN", 1e21, 10.005, "10 "]) {
      expect(await ask(reply({ ...ORDER, money }))).toEqual(unknown("bad_amount"));
    }
    expect(await ask(reply({ ...ORDER, money: null }))).toEqual(unknown("unreadable"));
  });
});

describe("the network", () => {
  test("a silent gateway is given up after the time allowed", async () => {
    expect(await ask(() => {}, 50)).toEqual(unknown("timed_out"));
  });
  test("a gateway that starts to answer and stops is given up too", async () => {
    expect(
      await ask((_request, response) => {
        response.write('{"code":1,');
      }, 50),
    ).toEqual(unknown("timed_out"));
  });
  test("nobody there", async () => {
    const asked = await gateway(reply(ORDER));
    await stops.pop()?.();
    expect(await asked.queryPayment(payment("T1001"), transportWith({ fetch, timeoutMs: 2_000 }))).toEqual(
      unknown("unreachable"),
    );
  });
  test("a redirect is not followed: the key stands in the address", async () => {
    let elsewhere = 0;
    const asked = await ask((request, response) => {
      if (request.url?.startsWith("/elsewhere")) elsewhere += 1;
      response.writeHead(302, { location: `/elsewhere?${request.url}` });
      response.end();
    });
    expect(asked).toEqual(unknown("redirected"));
    expect(elsewhere).toBe(0);
  });
  test("an endless reply is cut off", async () => {
    expect(
      await ask((_request, response) => {
        response.end(" ".repeat(300 * 1024) + JSON.stringify(ORDER));
      }),
    ).toEqual(unknown("reply_too_large"));
  });
});

test("attack 24: whatever goes wrong, the answer holds no key", async () => {
  const failing = (error: unknown) =>
    account.queryPayment(
      payment("T1001"),
      transportWith({
        fetch: async (url) => {
          throw Object.assign(new Error(`no route to ${url}`), { cause: error, url });
        },
      }),
    );
  for (const answer of [
    await failing(new Error(KEY)),
    await ask(reply({ ...ORDER, key: KEY, sign: KEY })),
    await ask(reply(KEY)),
  ]) {
    expect(JSON.stringify(answer, (_, value) => (typeof value === "bigint" ? String(value) : value))).not.toContain(
      KEY,
    );
  }
});

describe("self check", () => {
  const notifyUrl = "http://127.0.0.1:3000/api/pay/epay/epay";
  const check = async (answer: RequestListener) =>
    (await gateway(answer)).selfCheck({ notifyUrl, transport: transportWith({ timeoutMs: 2_000 }) });
  test("no such order proves that pid and key are right", async () => {
    expect(await check(reply({ code: -1 }))).toEqual(["key_published"]);
  });
  test("a refused key and a silent gateway are told apart", async () => {
    expect(await check(reply({ code: -3 }))).toContain("credentials_refused");
    expect(await check(reply("<html>"))).toContain("gateway_silent");
  });
  test("a short key and a notify address on this machine are named", async () => {
    const opened = gatewayOf("epay").openAccount({ ...SETTINGS, key: "abcdefgh" });
    const transport = transportWith({ fetch: async () => new Response('{"code":-1}') });
    expect(opened.ok && (await opened.value.selfCheck({ notifyUrl, transport }))).toEqual([
      "key_weak",
      "notify_url_not_reachable",
    ]);
  });
});
