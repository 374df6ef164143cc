import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textField, writeFlatJson } from "@/lib/features/payments/gateways/flat-json";
import type { RawHttp } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { isSigned, signatureOf } from "@/lib/features/payments/gateways/tokenpay/codec";
import { readPaid } from "@/tests/support/gateways";
import { vectors } from "./epusdt-fixtures";
import {
  accountOf,
  configOf,
  fieldsOf,
  ID,
  NOTICE,
  OUT_TRADE_NO,
  post,
  SETTINGS,
  signed,
  TOKEN,
  withToken,
} from "./tokenpay-fixtures";

const account = accountOf();
const read = (raw: RawHttp | string, of = account) => {
  const notice = readPaid(of, typeof raw === "string" ? post(raw) : raw);
  return notice.ok ? "paid" : notice.error;
};

describe("every published vector of TokenPay", () => {
  for (const { name, params, token, signature } of vectors.tokenpay) {
    test(name, () => {
      const fields = fieldsOf(params as unknown as Record<string, string | number>);
      expect(signatureOf(fields, withToken(token))).toBe(signature);
      expect(isSigned([...fields, textField("Signature", signature)].reverse(), withToken(token))).toBe(true);
      expect(isSigned([...fields, textField("Signature", signature)], withToken(`${token}6`))).toBe(false);
    });
  }
});

test("the true notice is a payment of the order's price; the coins are evidence", () => {
  const notice = readPaid(account, post(signed()));
  expect(notice).toMatchObject({
    ok: true,
    value: {
      accountRef: "token.example",
      outTradeNo: OUT_TRADE_NO,
      gatewayTradeNo: ID,
      amount: { amountMinor: 1000n, currency: "CNY" },
      method: "USDT_TRC20",
    },
  });
  expect(notice.ok && notice.value.evidence).toContainEqual(["PayAmount", "1.43"]);
});

describe("attack 1: the amount is not compared", () => {
  test("a rightly signed 0.01 arrives as 1 fen, whatever was paid in coins", () => {
    const notice = readPaid(account, post(signed({ ActualAmount: "0.01", Amount: "9999", PayAmount: "9999" })));
    expect(notice).toMatchObject({ value: { amount: { amountMinor: 1n } } });
  });
  test("an amount changed after signing is refused", () => {
    expect(read(signed().replace('"ActualAmount":"10"', '"ActualAmount":"10.00"'))).toBe("bad_signature");
    expect(read(signed().replace('"ActualAmount":"10"', '"ActualAmount":10'))).toBe("paid");
  });
  test("another currency is told as it is, for the order to judge; one that nobody counts in is no amount", () => {
    expect(readPaid(account, post(signed({ BaseCurrency: "USD" })))).toMatchObject({
      value: { amount: { amountMinor: 1000n, currency: "USD" } },
    });
    expect(read(signed({ BaseCurrency: "TWD" }))).toBe("bad_amount");
    expect(readPaid(accountOf({ currency: "EUR" }), post(signed({ BaseCurrency: undefined })))).toMatchObject({
      value: { amount: { currency: "EUR" } },
    });
  });
});

describe("attack 3: an old notice is replayed", () => {
  test("it reads as the same order each time, and moved to another it is refused", () => {
    expect(readPaid(account, post(signed()))).toEqual(readPaid(account, post(signed())));
    expect(read(signed().replaceAll(OUT_TRADE_NO, OUT_TRADE_NO.replace("K", "L")))).toBe("bad_signature");
    expect(read(signed().replace(ID, ID.replace("6", "7")))).toBe("bad_signature");
  });
});

test("attack 4: the sender does not pick the algorithm", () => {
  const hmac = accountOf({ algorithm: "hmac_sha256" });
  const byHmac = signed({}, configOf({ algorithm: "hmac_sha256" }));
  expect([read(byHmac, hmac), read(signed(), hmac), read(byHmac)]).toEqual(["paid", "bad_signature", "bad_signature"]);
});

test("attack 5: an account without a true key, or with settings of no use, is refused, each by name", () => {
  const problemsOf = (settings: object) => {
    const opened = gatewayOf("tokenpay").openAccount({ ...SETTINGS, ...settings });
    return opened.ok ? "opened" : opened.error;
  };
  expect(problemsOf({ token: "666" })).toEqual(["token_too_short"]);
  expect(problemsOf({ token: undefined })).toEqual(["token_missing"]);
  expect(problemsOf({ token: "a b c d e f g h" })).toEqual(["token_malformed"]);
  expect(problemsOf({ baseUrl: "http://token.example" })).toEqual(["base_url_insecure"]);
  expect(problemsOf({ currency: "USDT" })).toEqual(["currency_malformed"]);
  expect(problemsOf({ algorithm: "sha1" })).toEqual(["algorithm_malformed"]);
  expect(problemsOf({ tradeTypes: ["usdt.trc20"] })).toEqual(["trade_types_malformed"]);
  expect(problemsOf({ pid: "1" })).toEqual(["unreadable"]);
  expect(configOf({ baseUrl: "https://token.example/CreateOrder/", tradeTypes: [] })).toMatchObject({
    baseUrl: "https://token.example",
    tradeTypes: ["USDT_TRC20"],
  });
});

describe("attacks 7 and 8: amounts that are floats, tricks or other spellings", () => {
  for (const ActualAmount of ["1e1", "NaN", "10.005", "10.000", "-10", "１０", " 10", "10,00", "999999999", "0x10"]) {
    test(`signed amount ${ActualAmount} is no amount`, () => expect(read(signed({ ActualAmount }))).toBe("bad_amount"));
  }
  test("10, 10.0 and 10.00 are one amount", () => {
    for (const ActualAmount of ["10", "10.0", "10.00"]) {
      expect(readPaid(account, post(signed({ ActualAmount })))).toMatchObject({
        value: { amount: { amountMinor: 1000n } },
      });
    }
  });
});

test("attack 9: a signature, but no success", () => {
  const said = [0, 2, 3].map((Status) => {
    const notice = account.readNotification(post(signed({ Status })), 0);
    return notice.ok && notice.value.kind === "nothing" ? notice.value.what : "?";
  });
  expect(said).toEqual(["pending", "expired", "other"]);
  for (const Status of ["1", "Paid", 1.5, 11, -1]) expect(read(signed({ Status }))).toBe("malformed");
});

describe("attack 11: the signed text has no escapes, so members can be shifted", () => {
  test("a member that swallowed its neighbour keeps the signature and is refused", () => {
    const sign = signed().match(/"Signature":"([0-9a-f]+)"/)?.[1] ?? "";
    const regrouped = (from: string, to: string) => {
      const swallowed = NOTICE.find(({ name }) => name === to)?.text ?? "";
      const fields = NOTICE.filter(({ name }) => name !== to).map((field) =>
        field.name === from ? { ...field, text: `${field.text}&${to}=${swallowed}` } : field,
      );
      return writeFlatJson([...fields, textField("Signature", sign)]);
    };
    expect(read(regrouped("Id", "IsDynamicAmount"))).toBe("malformed");
    expect(read(regrouped("OutOrderId", "PayAmount"))).toBe("malformed");
    expect(read(regrouped("ActualAmount", "Amount"))).toBe("bad_amount");
    expect(read(regrouped("PayTime", "Status"))).toBe("malformed");
    // What nobody reads may be swallowed: it changes nothing that is read.
    expect(read(regrouped("FromAddress", "Id"))).toBe("malformed");
  });
  test("the numbers of both sides hold no letter that could be a border", () => {
    for (const OutOrderId of ["A1&x=1", "A1=2", "A-1", "A".repeat(33)])
      expect(read(signed({ OutOrderId }))).toBe("malformed");
    for (const Id of ["1", `${ID}&x=1`, ID.replaceAll("-", "")]) expect(read(signed({ Id }))).toBe("malformed");
  });
});

describe("attack 12: repeated, nested and poisoned members", () => {
  const bodies = {
    "amount twice": signed().replace("{", '{"ActualAmount":"9999",'),
    "amount twice with one value": signed().replace("{", '{"ActualAmount":"10",'),
    "status twice": signed({ Status: 0 }).replace("{", '{"Status":1,'),
    "an array": signed().replace('"Status":1', '"Status":[1]'),
    __proto__: signed().replace("{", '{"__proto__":{"Status":1},'),
    "a list": `[${signed()}]`,
  };
  for (const [name, body] of Object.entries(bodies)) test(name, () => expect(read(body)).toBe("malformed"));
  test("an extra member that was not signed is refused; one that was signed is kept", () => {
    expect(read(signed().replace("{", '{"PassThroughInfo":"x",'))).toBe("bad_signature");
    expect(read(signed({ PassThroughInfo: '{"a":"b&c=d"}' }))).toBe("paid");
  });
});

test("attack 13: signatures in every wrong spelling", () => {
  const good = signed().match(/"Signature":"([0-9a-f]+)"/)?.[1] ?? "";
  for (const sign of ["0", "0e1", good.toUpperCase(), ` ${good}`, good.slice(1), `${good}0`]) {
    expect(read(signed().replace(good, sign))).toBe("bad_signature");
  }
  for (const sign of ["null", "true", "0"]) expect(read(signed().replace(`"${good}"`, sign))).toBe("malformed");
});

test("attack 17: the word is `ok`, exactly, with 200; the other answers do not hold it", () => {
  expect(account.accepted).toEqual({ status: 200, contentType: "text/plain; charset=utf-8", body: "ok" });
  for (const reply of [account.refused, account.deferred]) {
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.body).not.toContain("ok");
  }
});

test("attack 18: other verbs, other types, a query, bytes that are no UTF-8", () => {
  expect(read({ ...post(signed()), method: "GET" })).toBe("malformed");
  expect(read({ ...post(signed()), query: [["Status", "1"]] })).toBe("malformed");
  expect(read(post(signed(), "text/plain"))).toBe("malformed");
  expect(read(post(signed(), "application/json; charset=UTF-8"))).toBe("paid");
  expect(read(post(new Uint8Array([0x7b, 0xff, 0x7d])))).toBe("malformed");
});

test("a notice with any one letter changed is never another payment than it was", () => {
  const body = signed();
  const before = readPaid(account, post(body));
  const letter = fc.string({ unit: "binary", minLength: 1, maxLength: 1 });
  fc.assert(
    fc.property(fc.nat(body.length - 1), letter, (at, other) => {
      const after = readPaid(account, post(body.slice(0, at) + other + body.slice(at + 1)));
      if (after.ok) expect(after).toEqual(before);
    }),
    { numRuns: 1_000 },
  );
});

test("no bytes in a body make the reader throw or pay", () => {
  const members = fc.dictionary(fc.constantFrom(...NOTICE.map(({ name }) => name), "Signature"), fc.jsonValue());
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    members.map((value) => new TextEncoder().encode(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(bytes, (body) => {
      expect(readPaid(account, post(body)).ok).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test("the test notice is a rightly signed one, for a number that no attempt has", () => {
  const notice = account.testNotice?.("https://shop.example/api/pay/tokenpay/tp", 0);
  expect(readPaid(account, post(notice?.body ?? ""))).toMatchObject({
    ok: true,
    value: { outTradeNo: "KAPUTESTNOTICE" },
  });
  expect(JSON.stringify(notice)).not.toContain(TOKEN);
});
