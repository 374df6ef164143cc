import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { signatureOf } from "@/lib/features/payments/gateways/epay/codec";
import { startSandbox } from "@/sandbox/server";
import { sign } from "@/sandbox/signing";
import { payment, readPaid, transportWith } from "@/tests/support/gateways";
import { KEY, openAccount, openScene, PID, type Scene, until } from "./shop-end";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.stop());

const query = (outTradeNo: string) => scene.shop.account.queryPayment(payment(outTradeNo), transportWith());
const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body: new URLSearchParams(fields), headers });

test("two implementations of the signature, written apart, agree", () => {
  const fields = fc.dictionary(
    fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,12}$/),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  fc.assert(
    fc.property(fields, fc.stringMatching(/^[\x21-\x7e]{8,40}$/), (pairs, key) => {
      expect(sign(pairs, key)).toBe(signatureOf(Object.entries(pairs), key));
    }),
    { numRuns: 1_000 },
  );
});

describe("an order is paid", () => {
  test("create → cashier → pay → notice → query: the whole way, over HTTP, with the ordinary adapter", async () => {
    const { outTradeNo, page } = await scene.order(1000n, "alipay");
    expect(page).toContain("10.00");
    expect(await query(outTradeNo)).toEqual({ state: "pending" });
    await scene.sandbox.pay(outTradeNo, "pay");
    expect(scene.shop.notices).toMatchObject([
      {
        ok: true,
        value: { accountRef: PID, outTradeNo, amount: { amountMinor: 1000n, currency: "CNY" }, method: "alipay" },
      },
    ]);
    const [trade] = scene.sandbox.trades(outTradeNo);
    expect(await query(outTradeNo)).toMatchObject({
      state: "paid",
      payment: { outTradeNo, gatewayTradeNo: trade!.tradeNo, amount: { amountMinor: 1000n }, accountRef: PID },
    });
  });

  test("the notice has the original's traps: money un-padded, a constant name", async () => {
    const { outTradeNo } = await scene.order(1010n);
    await scene.sandbox.pay(outTradeNo, "pay");
    const sent = new URL(scene.sandbox.trades(outTradeNo)[0]!.tries[0]!.url).searchParams;
    expect([sent.get("money"), sent.get("name"), sent.get("sign_type")]).toEqual(["10.1", "product", "MD5"]);
  });

  test("through the cashier's form, without any script", async () => {
    const { url, outTradeNo } = await scene.order(990n);
    const paid = await post(`${url.split("?")[0]}/pay?lang=en`, { way: "pay", type: "wxpay" });
    const page = await paid.text();
    expect(scene.shop.notices).toMatchObject([
      { ok: true, value: { outTradeNo, method: "wxpay", amount: { amountMinor: 990n } } },
    ]);
    expect(page).toContain("The shop took it");
    expect(page).toContain("HTTP 200 success");
    const back = page.match(/href="([^"]*\/return\?[^"]*)"/)?.[1]?.replaceAll("&#38;", "&") ?? "";
    expect(
      readPaid(scene.shop.account, {
        method: "GET",
        query: [...new URL(back).searchParams],
        headers: [],
        body: new Uint8Array(),
      }),
    ).toMatchObject({ ok: true, value: { outTradeNo } });
  });

  test("paying a paid order again by the same form changes nothing", async () => {
    const { url, outTradeNo } = await scene.order(100n);
    await Promise.all([1, 2, 3].map(() => post(`${url.split("?")[0]}/pay`, { way: "pay" })));
    expect(scene.sandbox.trades(outTradeNo)).toHaveLength(1);
    expect(scene.shop.notices).toHaveLength(1);
  });

  test("the notice can be sent again, and says the same", async () => {
    const { url, outTradeNo } = await scene.order(100n);
    await scene.sandbox.pay(outTradeNo, "pay");
    await post(`${url.split("?")[0]}/notify`, {});
    expect(scene.shop.notices).toHaveLength(2);
    expect(scene.shop.notices[0]).toEqual(scene.shop.notices[1]);
  });
});

describe("accidents", () => {
  test("pay twice: two trade numbers for one order, each with its notice", async () => {
    const { outTradeNo } = await scene.order(500n);
    await scene.sandbox.pay(outTradeNo, "twice");
    const numbers = scene.shop.notices.map((notice) => (notice.ok ? notice.value.gatewayTradeNo : ""));
    expect(new Set(numbers).size).toBe(2);
    expect(scene.shop.notices.every((notice) => notice.ok && notice.value.outTradeNo === outTradeNo)).toBe(true);
    expect(await query(outTradeNo)).toMatchObject({ state: "paid", payment: { gatewayTradeNo: numbers[0] } });
  });

  test("pay late: nobody has paid until then, by notice or by query", async () => {
    const { outTradeNo } = await scene.order(500n);
    await scene.sandbox.pay(outTradeNo, { late: 1 });
    expect(await query(outTradeNo)).toEqual({ state: "pending" });
    expect(scene.shop.notices).toEqual([]);
    await until(() => scene.shop.notices.length === 1, "the late notice");
    expect(await query(outTradeNo)).toMatchObject({ state: "paid" });
  });

  test("the wrong amount: notice and query agree about what was really paid", async () => {
    for (const [how, fen] of [
      ["under", 999n],
      ["over", 1001n],
    ] as const) {
      const { outTradeNo } = await scene.order(1000n);
      await scene.sandbox.pay(outTradeNo, how);
      expect(scene.shop.notices.at(-1)).toMatchObject({
        ok: true,
        value: { outTradeNo, amount: { amountMinor: fen } },
      });
      expect(await query(outTradeNo)).toMatchObject({ state: "paid", payment: { amount: { amountMinor: fen } } });
    }
  });

  test("never call back: paid, found only by asking", async () => {
    const { outTradeNo } = await scene.order(1000n);
    await scene.sandbox.pay(outTradeNo, "silent");
    expect(await query(outTradeNo)).toMatchObject({ state: "paid", payment: { amount: { amountMinor: 1000n } } });
    expect(scene.shop.notices).toEqual([]);
    expect(scene.sandbox.trades(outTradeNo)[0]).toMatchObject({ nextTryAt: null, tries: [] });
  });
});

describe("the shop does not say success", () => {
  test("five notices in all, then never again; asking still finds the payment", async () => {
    await scene.restart({ speed: 60_000 });
    scene.shop.reply = () => scene.shop.account.deferred;
    const { outTradeNo } = await scene.order(1000n);
    await scene.sandbox.pay(outTradeNo, "pay");
    await until(() => scene.sandbox.trades(outTradeNo)[0]!.tries.length === 5, "five tries");
    expect(scene.sandbox.trades(outTradeNo)[0]!.nextTryAt).toBeNull();
    expect(scene.shop.notices).toHaveLength(5);
    expect(await query(outTradeNo)).toMatchObject({ state: "paid" });
  });

  test("a refusal, a dropped line, then success: it stops at the success", async () => {
    await scene.restart({ speed: 60_000 });
    scene.shop.reply = (_notice, count) =>
      count === 1 ? scene.shop.account.refused : count === 2 ? "hang up" : scene.shop.account.accepted;
    const { outTradeNo } = await scene.order(1000n);
    await scene.sandbox.pay(outTradeNo, "pay");
    await until(() => scene.sandbox.trades(outTradeNo)[0]!.tries.some(({ isTaken }) => isTaken), "the taken notice");
    expect(scene.sandbox.trades(outTradeNo)[0]!.tries.map(({ status }) => status)).toEqual([400, null, 200]);
    expect(scene.sandbox.trades(outTradeNo)[0]!.nextTryAt).toBeNull();
  });

  test("the times are the original's: 1, 3, 19 and 55 minutes after the payment", async () => {
    scene.shop.reply = () => scene.shop.account.deferred;
    const { outTradeNo } = await scene.order(1000n);
    await scene.sandbox.pay(outTradeNo, "pay");
    const [trade] = scene.sandbox.trades(outTradeNo);
    expect(trade!.nextTryAt! - trade!.paid!.at).toBe(60_000);
  });

  test("a shop with another key reads bad_signature, and its query is refused by name", async () => {
    const { outTradeNo } = await scene.order(1000n);
    scene.shop.account = openAccount(scene.sandbox.url, "anotherKey0123456789abcdefABCDEF");
    await scene.sandbox.pay(outTradeNo, "pay");
    expect(scene.shop.notices).toEqual([{ ok: false, error: "bad_signature" }]);
    expect(await query(outTradeNo)).toEqual({ state: "unknown", reason: "credentials_refused" });
  });
});

describe("the sandbox's own restart", () => {
  test("forgets nothing: paid stays paid, silent stays silent, pending stays pending", async () => {
    const [paid, silent, pending] = [await scene.order(1000n), await scene.order(2000n), await scene.order(3000n)];
    await scene.sandbox.pay(paid.outTradeNo, "pay");
    await scene.sandbox.pay(silent.outTradeNo, "silent");
    const before = [paid, silent, pending].map(({ outTradeNo }) => scene.sandbox.trades(outTradeNo));
    await scene.restart();
    expect([paid, silent, pending].map(({ outTradeNo }) => scene.sandbox.trades(outTradeNo))).toEqual(before);
    expect(scene.shop.notices).toHaveLength(1);
    expect(await query(silent.outTradeNo)).toMatchObject({ state: "paid" });
    expect(await query(pending.outTradeNo)).toEqual({ state: "pending" });
  });

  test("a notice that was not taken, and a late payment, go on after it", async () => {
    scene.shop.reply = () => scene.shop.account.deferred;
    const [refused, late] = [await scene.order(1000n), await scene.order(2000n)];
    await scene.sandbox.pay(refused.outTradeNo, "pay");
    await scene.sandbox.pay(late.outTradeNo, { late: 1 });
    scene.shop.reply = () => scene.shop.account.accepted;
    await scene.restart({ speed: 60_000 });
    const isTaken = (outTradeNo: string) => scene.sandbox.trades(outTradeNo)[0]!.tries.at(-1)?.isTaken === true;
    await until(() => isTaken(refused.outTradeNo) && isTaken(late.outTradeNo), "both notices taken");
  });

  test("a port that is taken is an error, and leaves nothing running", async () => {
    const port = Number(new URL(scene.sandbox.url).port);
    await expect(startSandbox({ port, pid: PID, key: KEY, stateFile: `${scene.stateFile}.2` })).rejects.toThrow(
      "EADDRINUSE",
    );
  });

  test("a line that a kill cut short is dropped, and the next one stands alone", async () => {
    const { outTradeNo } = await scene.order(1000n);
    await scene.sandbox.stop();
    appendFileSync(scene.stateFile, '{"event":"paid","tradeNo":"');
    await scene.restart();
    expect(await query(outTradeNo)).toEqual({ state: "pending" });
    await scene.sandbox.pay(outTradeNo, "pay");
    await scene.restart();
    expect(await query(outTradeNo)).toMatchObject({ state: "paid" });
    for (const line of readFileSync(scene.stateFile, "utf8").trim().split("\n"))
      expect(() => JSON.parse(line)).not.toThrow();
  });
});

describe("what it refuses", () => {
  const fields = (changes: Record<string, string> = {}): Record<string, string> => {
    const plain = {
      pid: PID,
      type: "alipay",
      out_trade_no: "T1",
      notify_url: `${scene.shop.origin}/n`,
      return_url: `${scene.shop.origin}/r`,
      name: "Order 1",
      money: "10.00",
      ...changes,
    };
    return { ...plain, sign: signatureOf(Object.entries(plain), KEY), sign_type: "MD5" };
  };
  const submit = async (given: Record<string, string>) =>
    (await post(`${scene.sandbox.url}/submit.php`, given, { "accept-language": "en-GB,en;q=0.9" })).text();

  test("a true request by POST, so that the refusals below mean something", async () => {
    expect(await submit(fields())).toContain("Pay ¥10.00");
  });
  test("a forged, a foreign, a malformed request", async () => {
    expect(await submit({ ...fields(), money: "0.01" })).toContain("signature does not hold");
    expect(await submit({ ...fields(), sign: fields().sign!.toUpperCase() })).toContain("signature does not hold");
    expect(await submit(fields({ pid: "1001" }))).toContain("No such merchant");
    expect(await submit({ ...fields(), sign_type: "RSA" })).toContain("Unknown signature type");
    for (const money of ["0", "0.00", "-1", "1e1", "10.005"])
      expect(await submit(fields({ money }))).toContain("amount must be above 0");
    expect(await submit(fields({ notify_url: "javascript:alert(1)" }))).toContain("out of its grammar");
    expect(
      await (
        await fetch(`${scene.sandbox.url}/submit.php?pid=1&pid=2`, { headers: { "accept-language": "en" } })
      ).text(),
    ).toContain("repeated");
  });
  test("the same number with other content, and a paid number", async () => {
    await submit(fields());
    expect(await submit(fields({ money: "11.00" }))).toContain("used before");
    await scene.sandbox.pay("T1", "pay");
    expect(await submit(fields())).toMatch(/already paid.*\/cashier\/\d+/s);
  });
  test("a body past the bound", async () => {
    expect((await post(`${scene.sandbox.url}/submit.php`, { a: "x".repeat(70_000) })).status).toBe(413);
  });
  test("to call an address that is not this machine", async () => {
    await submit(fields({ notify_url: "http://192.0.2.1/n" }));
    await scene.sandbox.pay("T1", "pay");
    expect(scene.sandbox.trades("T1")[0]!.tries[0]).toMatchObject({
      status: null,
      isTaken: false,
      answer: expect.stringContaining("not called"),
    });
  });
  test("mapi.php: the server's way in, JSON under the name of HTML", async () => {
    const made = await post(`${scene.sandbox.url}/mapi.php`, fields({ clientip: "127.0.0.1" }));
    expect(made.headers.get("content-type")).toContain("text/html");
    const reply = (await made.json()) as { code: number; payurl: string };
    expect(reply.code).toBe(1);
    expect((await fetch(reply.payurl)).status).toBe(200);
    expect(await (await post(`${scene.sandbox.url}/mapi.php`, fields())).json()).toMatchObject({ code: -1 });
  });
  test("a query without the order, and one with a wrong key", async () => {
    expect(await query("NOSUCHORDER")).toEqual({ state: "not_found" });
    const wrong = createHash("md5").update("x").digest("hex");
    expect(await openAccount(scene.sandbox.url, wrong).queryPayment(payment("T1"), transportWith({ fetch }))).toEqual({
      state: "unknown",
      reason: "credentials_refused",
    });
  });
  test("to let text of others become markup", async () => {
    const page = await submit(
      fields({ out_trade_no: "T2", return_url: `${scene.shop.origin}/r?x="><script>alert(1)</script>` }),
    );
    expect(page).not.toContain("<script>");
    expect(await (await fetch(`${scene.sandbox.url}/"><script>x`)).text()).not.toContain("<script>");
  });
});
