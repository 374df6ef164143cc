import { describe, expect, test } from "vitest";
import { signedBody } from "@/lib/features/payments/gateways/epusdt/codec";
import { numberField, textField, writeFlatJson } from "@/lib/features/payments/gateways/flat-json";
import type { RawHttp } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { readPaid } from "@/tests/support/gateways";
import {
  accountOf,
  configOf,
  fieldsOf,
  NOTICE,
  OUT_TRADE_NO,
  post,
  SETTINGS,
  signed,
  TOKEN,
  TRADE_ID,
} from "./epusdt-fixtures";

const account = accountOf("bepusdt");
const read = (raw: RawHttp | string, of = account) => {
  const notice = readPaid(of, typeof raw === "string" ? post(raw) : raw);
  return notice.ok ? "paid" : notice.error;
};

test("the true notice is read, so that every refusal below means something", () => {
  expect(readPaid(account, post(signed()))).toMatchObject({
    ok: true,
    value: { outTradeNo: OUT_TRADE_NO, gatewayTradeNo: TRADE_ID, amount: { amountMinor: 1000n, currency: "CNY" } },
  });
});

describe("attack 1: the amount is not compared", () => {
  test("a rightly signed 0.01 arrives as 1 fen, for the order to judge", () => {
    expect(readPaid(account, post(signed({ amount: 0.01 })))).toMatchObject({ value: { amount: { amountMinor: 1n } } });
  });
  test("an amount changed after signing is refused", () => {
    expect(read(signed({ amount: 0.01 }).replace('"amount":0.01', '"amount":10'))).toBe("bad_signature");
    expect(read(signed().replace('"amount":10', '"amount":10.00'))).toBe("bad_signature");
  });
  test("many coins do not make a small price a large one", () => {
    expect(readPaid(account, post(signed({ amount: 0.01, actual_amount: "99999" })))).toMatchObject({
      value: { amount: { amountMinor: 1n } },
    });
  });
});

describe("attack 2: a foreign merchant of the same server", () => {
  const gmpay = accountOf("gmpay");
  const notice = (changes: object, token = TOKEN) =>
    signedBody(fieldsOf({ ...NOTICE, pid: "1000", ...changes }), { ...configOf("gmpay", { token }) });
  test("his number under our key is refused, ours is read", () => {
    expect(read(notice({}), gmpay)).toBe("paid");
    expect(read(notice({ pid: "1001" }), gmpay)).toBe("other_account");
    expect(read(notice({ pid: 1001 }), gmpay)).toBe("other_account");
    expect(read(notice({ pid: undefined }), gmpay)).toBe("other_account");
  });
  test("his key is refused", () => {
    expect(read(notice({}, "another-token-of-32-letters-long"), gmpay)).toBe("bad_signature");
  });
});

describe("attack 3: an old notice is replayed", () => {
  test("it reads as the same trade each time, the identity that makes it one payment", () => {
    expect(readPaid(account, post(signed()))).toEqual(readPaid(account, post(signed())));
  });
  test("moved to another order or another trade it is refused", () => {
    expect(read(signed().replace(OUT_TRADE_NO, OUT_TRADE_NO.replace("K", "L")))).toBe("bad_signature");
    expect(read(signed().replace(TRADE_ID, TRADE_ID.replace("b", "c")))).toBe("bad_signature");
  });
});

describe("attack 4: the sender picks the algorithm", () => {
  test("an account with HMAC refuses MD5, and the reverse", () => {
    const hmac = accountOf("gmpay", { algorithm: "hmac_sha256" });
    const members = fieldsOf({ ...NOTICE, pid: "1000" });
    const [byHmac, byMd5] = [
      signedBody(members, configOf("gmpay", { algorithm: "hmac_sha256" })),
      signedBody(members, configOf("gmpay")),
    ];
    expect([read(byHmac, hmac), read(byMd5, hmac)]).toEqual(["paid", "bad_signature"]);
    expect([read(byMd5, accountOf("gmpay")), read(byHmac, accountOf("gmpay"))]).toEqual(["paid", "bad_signature"]);
  });
  test("a sign_type in the message changes nothing", () => {
    expect(read(signed({ sign_type: "none" }))).toBe("paid");
    expect(read(signed().replace("{", '{"sign_type":"none",'))).toBe("bad_signature");
  });
});

describe("attack 5: an account without a true key", () => {
  const problemsOf = (settings: object) => {
    const opened = gatewayOf("epusdt").openAccount({ ...SETTINGS.bepusdt, ...settings });
    return opened.ok ? "opened" : opened.error;
  };
  test("an empty, short, missing or published token is refused", () => {
    expect(problemsOf({ token: "" })).toEqual(["token_too_short"]);
    expect(problemsOf({ token: "1234567" })).toEqual(["token_too_short"]);
    expect(problemsOf({ token: "epusdt_password_xasddawqe" })).toEqual(["token_published"]);
    const { token: _, ...without } = SETTINGS.bepusdt;
    expect(gatewayOf("epusdt").openAccount(without)).toEqual({ ok: false, error: ["token_missing"] });
    expect(problemsOf({ token: null })).toEqual(["token_missing"]);
    for (const token of [7, {}, ["x".repeat(32)], { constructor: 5 }, "密".repeat(20), "a b c d e f g h"]) {
      expect(problemsOf({ token })).toEqual(["token_malformed"]);
    }
  });
  test("settings of no use are named one by one, never quoted", () => {
    expect(problemsOf({ flavour: "other" })).toEqual(["flavour_malformed"]);
    expect(problemsOf({ flavour: "gmpay" })).toEqual(["pid_missing"]);
    expect(problemsOf({ baseUrl: "http://usdt.example" })).toEqual(["base_url_insecure"]);
    expect(problemsOf({ baseUrl: "javascript:alert(1)" })).toEqual(["base_url_malformed"]);
    expect(problemsOf({ tradeTypes: ["USDT"] })).toEqual(["trade_types_malformed"]);
    expect(problemsOf({ currency: "USDT" })).toEqual(["currency_malformed"]);
    expect(problemsOf({ flavour: "classic", currency: "USD", tradeTypes: [] })).toEqual(["currency_malformed"]);
    expect(problemsOf({ secret: TOKEN })).toEqual(["unreadable"]);
    for (const settings of [null, [], "x", 1]) {
      expect(gatewayOf("epusdt").openAccount(settings)).toEqual({ ok: false, error: ["unreadable"] });
    }
  });
  test("the address of the interface may be pasted whole", () => {
    expect(configOf("bepusdt", { baseUrl: " https://x.example/api/v1/order/create-transaction/ " }).baseUrl).toBe(
      "https://x.example",
    );
    expect(configOf("gmpay", { baseUrl: "https://x.example/sub/" }).baseUrl).toBe("https://x.example/sub");
  });
});

describe("attacks 7 and 8: amounts that are floats, tricks or other spellings", () => {
  const withLiteral = (literal: string) =>
    signedBody([...fieldsOf({ ...NOTICE, amount: undefined }), numberField("amount", literal)], configOf("gmpay"));
  const classic = accountOf("classic");
  for (const literal of ["10.005", "1e1", "1E+1", "-10", "0.1e2", "99999999999", "10.000", "28.880000000000003"]) {
    test(`signed amount ${literal} is no amount`, () => expect(read(withLiteral(literal), classic)).toBe("bad_amount"));
  }
  for (const literal of ["10", "10.0", "10.00"]) {
    test(`${literal} is 1000 fen`, () => {
      const notice = readPaid(classic, post(withLiteral(literal)));
      expect(notice).toMatchObject({ value: { amount: { amountMinor: 1000n } } });
    });
  }
  test("texts that only look like an amount", () => {
    for (const amount of ["１０", " 10", "10,00", "NaN", "0x10"]) expect(read(signed({ amount }))).toBe("bad_amount");
  });
});

describe("attack 9: a signature, but no success", () => {
  test("waiting (each minute), expired, cancelled, confirming, failed and anything new pay for nothing", () => {
    const said = [0, 1, 3, 4, 5, 6, 7].map((status) => {
      const notice = account.readNotification(post(signed({ status })), 0);
      return notice.ok && notice.value.kind === "nothing" ? notice.value.what : "?";
    });
    expect(said).toEqual(["other", "pending", "expired", "closed", "pending", "failed", "other"]);
  });
  test("expired first, then paid: the second is the payment", () => {
    expect([read(signed({ status: 3, block_transaction_id: "" })), read(signed())]).toEqual(["nothing", "paid"]);
  });
  test("a status that is no small number is no notice", () => {
    for (const status of ["2", "success", 2.5, 22, -2]) expect(read(signed({ status }))).toBe("malformed");
    expect(read(signed().replace('"status":2', '"status":true'))).toBe("malformed");
    expect(read(signed({ status: undefined }))).toBe("malformed");
  });
});

describe("attack 11: the signed text has no escapes, so members can be shifted", () => {
  /** The members regrouped, under the signature of the honest ones: the text that was signed is the same. */
  const regrouped = (changes: Readonly<Record<string, string | number | undefined>>): string => {
    const sign = signed().match(/"signature":"([0-9a-f]+)"/)?.[1] ?? "";
    return writeFlatJson([...fieldsOf({ ...NOTICE, ...changes }), textField("signature", sign)]);
  };
  test("a member that swallowed its neighbour keeps the signature and is refused", () => {
    const swallowing = [
      { actual_amount: `${NOTICE.actual_amount}&amount=10`, amount: undefined },
      { block_transaction_id: `${NOTICE.block_transaction_id}&order_id=${OUT_TRADE_NO}`, order_id: undefined },
      { order_id: `${OUT_TRADE_NO}&status=2`, status: undefined },
      { token: `${NOTICE.token}&trade_id=${TRADE_ID}`, trade_id: undefined },
    ];
    for (const changes of swallowing) expect(read(regrouped(changes))).toBe("malformed");
  });
  test("numbers of the order and the trade hold no letter that could be a border", () => {
    for (const trade_id of ["t&x=1", "t=1", "t 1", "t\n"]) expect(read(signed({ trade_id }))).toBe("malformed");
    for (const order_id of ["A1&x=1", "A1=2", "A1_", "A".repeat(33)])
      expect(read(signed({ order_id }))).toBe("malformed");
  });
});

describe("attack 12: repeated, nested and poisoned members", () => {
  const bodies = {
    "amount twice": signed().replace("{", '{"amount":9999,'),
    "amount twice with one value": signed().replace("{", '{"amount":10,'),
    "status twice": signed({ status: 1 }).replace("{", '{"status":2,'),
    "status twice, the later one true": signed({ status: 1 }).replace(/}$/, ',"status":2}'),
    "a name spelt with an escape": signed().replace("{", '{"\\u0061mount":9999,'),
    "an array": signed().replace('"amount":10', '"amount":[10]'),
    "an object": signed().replace('"amount":10', '"amount":{"a":10}'),
    __proto__: signed().replace("{", '{"__proto__":{"status":2},'),
    "a plain __proto__": signed().replace("{", '{"__proto__":1,'),
    "a list of notices": `[${signed()}]`,
    "two notices": signed() + signed(),
  };
  for (const [name, body] of Object.entries(bodies)) test(name, () => expect(read(body)).toBe("malformed"));
});

describe("attack 13: type juggling and signatures in every wrong spelling", () => {
  const good = signed().match(/"signature":"([0-9a-f]+)"/)?.[1] ?? "";
  const spellings = [
    "",
    "0",
    "0e1",
    "null",
    good.toUpperCase(),
    ` ${good}`,
    good.slice(0, 31),
    `${good}0`,
    "０".repeat(32),
  ];
  for (const sign of spellings) {
    test(JSON.stringify(sign), () => {
      expect(read(signed().replace(good, sign))).toBe(sign === "" ? "malformed" : "bad_signature");
    });
  }
  test("no text at all", () => {
    for (const sign of ["null", "true", "0", "{}", "[]"])
      expect(read(signed().replace(`"${good}"`, sign))).toBe("malformed");
    expect(read(writeFlatJson(fieldsOf(NOTICE)))).toBe("malformed");
  });
});

describe("attack 17: a framework's idea of success", () => {
  test("the word is `ok`, exactly; the other answers hold neither word of the family", () => {
    expect(account.accepted).toEqual({ status: 200, contentType: "text/plain; charset=utf-8", body: "ok" });
    for (const reply of [account.refused, account.deferred]) {
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.body).not.toMatch(/ok|success/i);
    }
  });
});

describe("attack 18: the body is read as the bytes that came", () => {
  test("white space and the order of members are nobody's business, letters are", () => {
    expect(read(JSON.stringify(JSON.parse(signed()), null, 2))).toBe("paid");
    expect(read(signed().replace('"amount":10', '"amount":1e1'))).toBe("bad_signature");
  });
  test("a POST with a query, another verb, another type, bytes that are no UTF-8, too many bytes", () => {
    expect(read({ ...post(signed()), query: [["status", "2"]] })).toBe("malformed");
    for (const method of ["GET", "PUT", "post"]) expect(read({ ...post(signed()), method })).toBe("malformed");
    for (const type of ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
      expect(read(post(signed(), type))).toBe("malformed");
    }
    expect(read(post(signed(), "application/json; charset=utf-8"))).toBe("paid");
    const bytes = new TextEncoder().encode(signed({ name: "x" }));
    bytes[bytes.indexOf("x".charCodeAt(0))] = 0xff;
    expect(read(post(bytes))).toBe("malformed");
    expect(read(`${signed()}${" ".repeat(70_000)}`)).toBe("malformed");
  });
});

test("attack 24: neither a refusal nor the settings print the key", () => {
  const bodies = [signed({ status: 9 }), signed({ amount: TOKEN }), `${TOKEN}`, signed({ order_id: `${TOKEN}!` })];
  for (const body of bodies) expect(JSON.stringify(account.readNotification(post(body), 0))).not.toContain(TOKEN);
  expect(JSON.stringify(configOf("bepusdt"))).not.toContain(TOKEN);
});
