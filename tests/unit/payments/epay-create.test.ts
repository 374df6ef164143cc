import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { isSignedBy } from "@/lib/features/payments/gateways/epay/codec";
import type { CreateInput, GatewayAccount } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { newOrderNumber, newOutTradeNo } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { Secret } from "@/lib/kernel/secret";
import { readPaid, redirectOf } from "@/tests/support/gateways";
import { account, config, getUrl, KEY, SETTINGS } from "./epay-fixtures";

const input: CreateInput = {
  outTradeNo: "K0123456789ABCDEFGHJKMNPQRSTVWXY",
  amount: money(1000n, "CNY"),
  orderNumber: "261121-ABCD-EFGH",
  notifyUrl: "https://shop.test/api/pay/epay/epay",
  returnUrl: "https://shop.test/zh/orders/ord_1/return",
};
const urlOf = (changes: Partial<CreateInput> = {}, from: GatewayAccount = account): URL =>
  new URL(redirectOf(from, { ...input, ...changes }));

describe("the signed address of the cashier", () => {
  test("is exactly this, for ever: replayed orders show the same address", () => {
    expect(urlOf().href).toBe(
      "https://pay.example/submit.php?pid=1000&out_trade_no=K0123456789ABCDEFGHJKMNPQRSTVWXY" +
        "&notify_url=https%3A%2F%2Fshop.test%2Fapi%2Fpay%2Fepay%2Fepay&return_url=https%3A%2F%2Fshop.test%2Fzh%2Forders%2Ford_1%2Freturn" +
        "&name=Order+261121-ABCD-EFGH&money=10.00&sign=38e6a53302462eca96f0a24b723bc163&sign_type=MD5",
    );
    expect(urlOf().href).toBe(urlOf().href);
  });
  test("carries a signature that the gateway's own rule accepts", () => {
    const pairs = [...urlOf({ method: "alipay" }).searchParams];
    expect(isSignedBy(pairs, new URLSearchParams(pairs).get("sign")!, KEY)).toBe(true);
    expect(pairs).toContainEqual(["type", "alipay"]);
    expect(pairs).toContainEqual(["sign_type", "MD5"]);
  });
  test("without a method the field is absent, and the gateway asks the buyer", () => {
    expect(urlOf().searchParams.has("type")).toBe(false);
  });
  test("money has exactly two decimals", () => {
    const texts = [1n, 10n, 100n, 1005n, 9_999_999_999n].map((fen) =>
      urlOf({ amount: money(fen, "CNY") }).searchParams.get("money"),
    );
    expect(texts).toEqual(["0.01", "0.10", "1.00", "10.05", "99999999.99"]);
  });
  test("fits the numbers this shop makes", () => {
    expect(urlOf({ outTradeNo: newOutTradeNo(), orderNumber: newOrderNumber(0) }).pathname).toBe("/submit.php");
  });
  test("never holds the key", () => expect(decodeURIComponent(urlOf({ method: "wxpay" }).href)).not.toContain(KEY));
});

describe("refusals and impossible inputs", () => {
  const errorOf = (changes: Partial<CreateInput>) => account.createPayment({ ...input, ...changes });
  test("an amount of nothing, below, or past eight digits is refused", () => {
    for (const fen of [0n, -1n, 10_000_000_000n]) {
      expect(errorOf({ amount: money(fen, "CNY") })).toEqual({ ok: false, error: "amount_out_of_range" });
    }
  });
  test("another currency is refused", () => {
    expect(errorOf({ amount: money(1n, "USD") })).toEqual({ ok: false, error: "currency_unsupported" });
  });
  test("a method that the account does not offer is refused", () => {
    expect(errorOf({ method: "qqpay" })).toEqual({ ok: false, error: "method_unsupported" });
  });
  test("attack 22: user text and callback queries cannot get in; they are bugs of the caller", () => {
    expect(() => errorOf({ orderNumber: "<b>VIP</b>" })).toThrow();
    expect(() => errorOf({ outTradeNo: "a&b" })).toThrow();
    expect(() => errorOf({ notifyUrl: "https://shop.test/n?tenant=7" })).toThrow();
    expect(() => errorOf({ returnUrl: "https://shop.test/r?a=1&b=2" })).toThrow();
    expect(() => errorOf({ returnUrl: "javascript:alert(1)" })).toThrow();
  });
});

describe("settings", () => {
  const open = (changes: Record<string, unknown>) => gatewayOf("epay").openAccount({ ...SETTINGS, ...changes });
  const baseOf = (baseUrl: string) => {
    const opened = open({ baseUrl });
    return opened.ok ? urlOf({}, opened.value).href.split("/submit.php")[0] : opened.error;
  };
  test("the address is taken as operators paste it", () => {
    for (const pasted of [
      "https://pay.example",
      "https://pay.example/",
      " https://pay.example/submit.php ",
      "https://pay.example/mapi.php",
      "https://pay.example//",
    ]) {
      expect(baseOf(pasted)).toBe("https://pay.example");
    }
    expect(baseOf("https://pay.example/epay/pay/")).toBe("https://pay.example/epay/pay");
  });
  test("plain http is for this machine only, since the key travels in a query", () => {
    for (const local of ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"])
      expect(baseOf(local)).toBe(local);
    for (const far of [
      "http://pay.example",
      "http://127.0.0.1.pay.example",
      "http://localhost.pay.example",
      "http://pay.localhost",
      "http://0x7f.example",
    ]) {
      expect(baseOf(far)).toEqual(["base_url_insecure"]);
    }
  });
  test("what is no plain address is refused", () => {
    for (const odd of [
      "",
      "pay.example",
      "ftp://pay.example",
      "https://u:p@pay.example",
      "https://pay.example/?a=1",
      "https://pay.example\\x",
      "https://pay.example/#x",
      "javascript:alert(1)",
      "https://",
    ]) {
      expect(baseOf(odd)).toEqual(["base_url_malformed"]);
    }
  });
  test("every problem is named at once, and no value is quoted", () => {
    const opened = gatewayOf("epay").openAccount({ baseUrl: "x", pid: "a b", key: "k3y", types: ["ALI PAY"] });
    expect(opened).toEqual({
      ok: false,
      error: ["base_url_malformed", "pid_malformed", "key_too_short", "types_malformed"],
    });
    expect(open({ extra: 1 })).toEqual({ ok: false, error: ["unreadable"] });
    for (const junk of [null, 1, "x", [], undefined]) expect(gatewayOf("epay").openAccount(junk).ok).toBe(false);
  });
  test("a Secret is taken as it is, and the key prints nowhere", () => {
    const opened = open({ key: new Secret(KEY) });
    expect(opened.ok).toBe(true);
    for (const text of [
      inspect(opened, { depth: 9 }),
      JSON.stringify(opened),
      inspect(config, { depth: 9, showHidden: true }),
      JSON.stringify(config),
    ]) {
      expect(text).not.toContain(KEY);
    }
  });
});

test("the test notice is rightly signed, for a number that no attempt can have", () => {
  const notice = readPaid(account, getUrl(account.testNotice?.("https://shop.test/api/pay/epay/epay", 0).url ?? ""));
  expect(notice).toMatchObject({ ok: true, value: { outTradeNo: "KAPU-TEST-NOTICE" } });
  expect(newOutTradeNo()).not.toMatch(/-/);
});
