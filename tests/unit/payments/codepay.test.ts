import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codepaySignature, isCodepaySigned } from "@/lib/features/payments/gateways/codepay/codec";
import type { CreateInput, Pair } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { money } from "@/lib/kernel/money";
import { payment, readPaid, redirectOf, transportWith } from "@/tests/support/gateways";
import { get, pairsOf, post, vectors } from "./epay-fixtures";

const { key: KEY, create: CREATE, notify: NOTICE } = vectors.codepayClassic;
const SETTINGS = { baseUrl: "https://codepay.example", id: "10041", key: KEY };
const opened = gatewayOf("codepay").openAccount(SETTINGS);
if (!opened.ok) throw new Error(opened.error.join());
const account = opened.value;

const { sign: _sign, ...FIELDS } = NOTICE;
const formOf = (pairs: readonly Pair[]) =>
  post(new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString());
function signed(changes: Record<string, string | undefined> = {}, key = KEY): Pair[] {
  const pairs = pairsOf({ ...FIELDS, ...changes });
  return [...pairs, ["sign", codepaySignature(pairs, key)]];
}
const refusal = (pairs: readonly Pair[]) => {
  const notice = readPaid(account, formOf(pairs));
  return notice.ok ? "accepted" : notice.error;
};

describe("the vectors of 码支付", () => {
  test("request and notice are signed as published; empty values stand outside", () => {
    const { sign, ...request } = CREATE;
    expect(codepaySignature(pairsOf(request), KEY)).toBe(sign);
    expect(isCodepaySigned(pairsOf(NOTICE), NOTICE.sign, KEY)).toBe(true);
    expect(isCodepaySigned(pairsOf(NOTICE), NOTICE.sign.toUpperCase(), KEY)).toBe(false);
  });
  test("blanks are signed: only nothing at all is nothing here", () => {
    expect(
      codepaySignature(
        [
          ["a", "1"],
          ["b", " "],
        ],
        KEY,
      ),
    ).not.toBe(codepaySignature([["a", "1"]], KEY));
  });
  test("the notice is read: the price it was opened for, and what was really paid", () => {
    expect(readPaid(account, formOf(pairsOf(NOTICE)))).toMatchObject({
      ok: true,
      value: {
        accountRef: "10041",
        outTradeNo: "A1",
        gatewayTradeNo: "2026112022001",
        amount: { amountMinor: 1000n },
        paid: { amountMinor: 1001n },
        method: "alipay",
      },
    });
  });
});

describe("a notice", () => {
  test("attack 1: money far from the price is judged as what it is", () => {
    for (const [value, minor] of [
      ["0.01", 1n],
      ["9.49", 949n],
      ["9.50", 1000n],
      ["11.01", 1101n],
    ] as const)
      expect(readPaid(account, formOf(signed({ money: value })))).toMatchObject({
        ok: true,
        value: { amount: { amountMinor: minor } },
      });
  });
  test("attack 2: another account of the same server", () => {
    expect(refusal(signed({ id: "10041" }))).toBe("accepted");
    expect(refusal(signed({ id: "10042" }))).toBe("other_account");
    expect(refusal(signed({}, "another-key-0123"))).toBe("bad_signature");
  });
  test("attack 4: a sign_type is a field like any other", () => {
    expect(refusal(signed({ sign_type: "RSA" }))).toBe("accepted");
    expect(refusal([...signed(), ["sign_type", "none"]])).toBe("bad_signature");
  });
  test("attacks 7 and 8: amounts that are none", () => {
    for (const value of ["1e1", "NaN", "10.005", "-10", "+10", "１０", " 10", "010", "10.", ""]) {
      expect(refusal(signed({ money: value }))).toBe("bad_amount");
      expect(refusal(signed({ price: value }))).toBe("bad_amount");
    }
    expect(readPaid(account, formOf(signed({ price: "10", money: "10.0" })))).toMatchObject({
      ok: true,
      value: { amount: { amountMinor: 1000n } },
    });
  });
  test("attack 11: fields that swallowed their neighbours", () => {
    for (const changes of [
      { pay_no: "1&price=10.00" },
      { pay_id: "A1&pay_no=2" },
      { money: "10.01&param=x" },
      { price: "10.00&type=1" },
      { type: "1&a=1" },
    ])
      expect(refusal(signed(changes))).toBe("malformed");
  });
  test("attack 12: repeats, arrays, a GET, a query beside the form", () => {
    expect(refusal([...signed(), ["money", "1"]])).toBe("malformed");
    expect(refusal([...signed(), ["money[]", "1"]])).toBe("malformed");
    expect(readPaid(account, get(signed()))).toEqual({ ok: false, error: "malformed" });
    expect(readPaid(account, { ...formOf(signed()), query: [["a", "1"]] })).toEqual({ ok: false, error: "malformed" });
  });
  test("attack 13: signatures in every wrong spelling", () => {
    const good = NOTICE.sign;
    for (const sign of [good.toUpperCase(), `${good} `, good.slice(1), "0", "0e1", ""])
      expect(refusal([...pairsOf(FIELDS), ["sign", sign]])).toBe("bad_signature");
  });
  test("no bytes make the reader throw or pay", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.dictionary(fc.constantFrom(...Object.keys(NOTICE)), fc.string()),
        (bytes, fields) => {
          expect(readPaid(account, post(bytes)).ok).toBe(false);
          expect(readPaid(account, formOf(pairsOf(fields))).ok).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the way to pay", () => {
  const input: CreateInput = {
    outTradeNo: "K0123456789ABCDEFGHJKMNPQRSTVWXY",
    amount: money(1000n, "CNY"),
    orderNumber: "261121-ABCD-EFGH",
    notifyUrl: "https://shop.test/api/pay/codepay/codepay",
    returnUrl: "https://shop.test/zh/orders/ord_1/return",
  };
  test("is a signed address, the same for ever, without the key", () => {
    const url = new URL(redirectOf(account, { ...input, method: "wxpay" }));
    expect([url.origin, url.pathname, url.searchParams.get("type"), url.searchParams.get("price")]).toEqual([
      "https://codepay.example",
      "/creat_order/",
      "3",
      "10.00",
    ]);
    expect(isCodepaySigned([...url.searchParams], url.searchParams.get("sign")!, KEY)).toBe(true);
    expect(url.href).not.toContain(KEY);
    expect(redirectOf(account, input)).toBe(redirectOf(account, input));
  });
  test("what it cannot do is refused", () => {
    expect(account.createPayment({ ...input, amount: money(0n, "CNY") })).toEqual({
      ok: false,
      error: "amount_out_of_range",
    });
    expect(account.createPayment({ ...input, method: "paypal" })).toEqual({ ok: false, error: "method_unsupported" });
    expect(() => account.createPayment({ ...input, notifyUrl: "https://shop.test/n?a=1" })).toThrow();
  });
  test("there is no question to ask, nothing to close and nothing to give back", async () => {
    const asked = account.queryPayment(
      payment("A1"),
      transportWith({ fetch: () => Promise.reject(new Error("asked")) }),
    );
    expect([await asked, account.closePayment, account.refunds]).toEqual([
      { state: "unknown", reason: "not_askable" },
      undefined,
      undefined,
    ]);
  });
  test("the test notice is read, for a number that no attempt can have", () => {
    const { method, body, outTradeNo } = account.testNotice!("https://shop.test/api/pay/codepay/codepay", 0);
    expect([method, readPaid(account, post(body))]).toMatchObject(["POST", { ok: true, value: { outTradeNo } }]);
  });
});

test("settings: what is missing is named", () => {
  const problems = (changes: object) => {
    const account = gatewayOf("codepay").openAccount({ ...SETTINGS, ...changes });
    return account.ok ? "opened" : account.error;
  };
  expect(problems({ id: "", key: undefined, types: ["qqpay"] })).toEqual(["id_missing", "key_missing"]);
  expect(problems({ id: "a b" })).toEqual(["id_malformed"]);
  expect(problems({ baseUrl: "https://codepay.example/creat_order/" })).toBe("opened");
});
