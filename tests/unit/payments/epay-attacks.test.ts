// Over 300 lines: the attacks of one protocol read best as one list.

import { describe, expect, test } from "vitest";
import { signatureOf, withSignature } from "@/lib/features/payments/gateways/epay/codec";
import type { Pair } from "@/lib/features/payments/gateways/port";
import { toRawHttp } from "@/lib/features/payments/gateways/raw-http";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { readPaid } from "@/tests/support/gateways";
import { account, get, KEY, NOTICE, pairsOf, post, SETTINGS, signed } from "./epay-fixtures";

const read = (pairs: readonly Pair[]) => readPaid(account, get(pairs));
const refusal = (pairs: readonly Pair[]) => {
  const notice = read(pairs);
  return notice.ok ? "accepted" : notice.error;
};
const replaced = (pairs: readonly Pair[], name: string, value: string): Pair[] =>
  pairs.map((pair) => (pair[0] === name ? [name, value] : pair));

test("the true notice is read, so that every refusal below means something", () => {
  expect(read(signed())).toMatchObject({ ok: true, value: { amount: { amountMinor: 1000n, currency: "CNY" } } });
});

describe("attack 1: the amount is not compared", () => {
  test("a rightly signed 0.01 for a 10.00 order arrives as 1 fen, for the order to judge", () => {
    expect(read(signed({ money: "0.01" }))).toMatchObject({ ok: true, value: { amount: { amountMinor: 1n } } });
  });
  test("an amount changed after signing is refused", () => {
    expect(refusal(replaced(signed({ money: "0.01" }), "money", "10"))).toBe("bad_signature");
  });
});

describe("attack 2: a foreign merchant pays his own account and shows us the notice", () => {
  test("signed with his key: refused", () => {
    expect(refusal(signed({ pid: "1001" }, "anotherMerchantsKey0123456789abcd"))).toBe("bad_signature");
    expect(refusal(signed({}, "anotherMerchantsKey0123456789abcd"))).toBe("bad_signature");
  });
  test("signed with a key both share: refused by the account", () => {
    expect(refusal(signed({ pid: "1001" }))).toBe("other_account");
    expect(refusal(signed({ pid: "01000" }))).toBe("other_account");
    expect(refusal(signed({ pid: "1000 " }))).toBe("other_account");
  });
});

describe("attack 3: an old notice is replayed", () => {
  test("it reads as the same trade number each time, the identity that makes it one payment", () => {
    const [first, again] = [read(signed()), read(signed())];
    expect(first).toEqual(again);
    expect(first).toMatchObject({ value: { gatewayTradeNo: NOTICE.trade_no, outTradeNo: NOTICE.out_trade_no } });
  });
  test("moved to another order it is refused", () => {
    expect(refusal(replaced(signed(), "out_trade_no", "T1002"))).toBe("bad_signature");
    expect(refusal(replaced(signed(), "trade_no", "2026112017500275164"))).toBe("bad_signature");
  });
});

describe("attack 4: the sender picks the algorithm", () => {
  for (const signType of ["RSA", "none", "md5", "SHA256", ""]) {
    test(`sign_type=${signType || "(empty)"} changes nothing: the signature must be MD5 under our key`, () => {
      expect(refusal(replaced(signed(), "sign_type", signType))).toBe("accepted");
      const forged = replaced(replaced(signed(), "sign_type", signType), "sign", "");
      expect(refusal(forged)).toBe("malformed");
      expect(refusal(replaced(forged, "sign", "0".repeat(32)))).toBe("bad_signature");
    });
  }
  test("without sign_type it is MD5", () => {
    expect(refusal(signed().filter(([name]) => name !== "sign_type"))).toBe("accepted");
  });
  test("a plain MD5 of the text, without any key, is refused", () => {
    expect(refusal(signed({}, ""))).toBe("bad_signature");
  });
});

describe("attack 5: an account without a true key", () => {
  const problemsOf = (key: unknown) => {
    const opened = gatewayOf("epay").openAccount({ ...SETTINGS, key });
    return opened.ok ? "opened" : opened.error;
  };
  test("an empty, blank or short key is refused", () => {
    expect(problemsOf("")).toEqual(["key_too_short"]);
    expect(problemsOf("   \n")).toEqual(["key_too_short"]);
    expect(problemsOf("1234567")).toEqual(["key_too_short"]);
  });
  test("a missing key, or one that is no text, is refused", () => {
    for (const key of [
      undefined,
      null,
      0,
      {},
      [],
      ["x".repeat(32)],
      { reveal: 1 },
      { constructor: 5 },
      { constructor: null },
    ])
      expect(problemsOf(key)).toEqual(["key_malformed"]);
  });
  test("the text of a public key in place of the key is refused", () => {
    expect(problemsOf(`-----BEGIN PUBLIC KEY-----\n${"A".repeat(64)}`)).toEqual(["key_malformed"]);
    expect(problemsOf(`MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA${"v".repeat(60)}`)).toEqual(["key_malformed"]);
  });
  test("a key with white space or other letters inside is refused", () => {
    expect(problemsOf("abcd efgh ijkl mnop")).toEqual(["key_malformed"]);
    expect(problemsOf("密钥密钥密钥密钥密钥密钥密钥密钥")).toEqual(["key_malformed"]);
  });
});

describe("attacks 7 and 8: amounts that are floats, tricks or other spellings", () => {
  const tricks = [
    "1e1",
    "NaN",
    "Infinity",
    "10.005",
    "10.000",
    "+10",
    "-10",
    "0x10",
    "10,00",
    "１０",
    " 10",
    "10 ",
    "00010",
    "10.",
    ".5",
    "1_0",
    "٣",
    "10\n",
    "999999999",
  ];
  for (const money of tricks) {
    test(`signed money ${JSON.stringify(money)} is no amount`, () =>
      expect(refusal(signed({ money }))).toBe("bad_amount"));
  }
  test("10, 10.0 and 10.00 are one amount", () => {
    for (const money of ["10", "10.0", "10.00"]) {
      expect(read(signed({ money }))).toMatchObject({ value: { amount: { amountMinor: 1000n } } });
    }
  });
});

describe("attack 9: a signature, but no success", () => {
  for (const status of [
    "WAIT_BUYER_PAY",
    "TRADE_CLOSED",
    "TRADE_FINISHED",
    "trade_success",
    "TRADE_SUCCESS ",
    "1",
    "2",
    "success",
  ]) {
    test(`trade_status ${JSON.stringify(status)} pays for nothing`, () => {
      expect(refusal(signed({ trade_status: status }))).toBe("not_success");
    });
  }
  test("without trade_status it is no notice", () => {
    expect(refusal(signed({ trade_status: undefined }))).toBe("malformed");
    expect(refusal(signed({ trade_status: "" }))).toBe("malformed");
  });
});

describe("attack 11: the signed text has no escapes, so fields can be shifted", () => {
  test("trade_no swallows its neighbour", () => {
    const text = pairsOf({ ...NOTICE, trade_no: undefined, trade_status: undefined });
    const shifted = withSignature([...text, ["trade_no", "1&trade_status=TRADE_SUCCESS"], ["trade_status", "X"]], KEY);
    expect(refusal(shifted)).toBe("malformed");
  });
  test("out_trade_no swallows its neighbour", () => {
    expect(refusal(signed({ out_trade_no: "T1001&pid=1000" }))).toBe("malformed");
    expect(refusal(signed({ out_trade_no: "T1001=1" }))).toBe("malformed");
    expect(refusal(signed({ out_trade_no: "T1001\n" }))).toBe("malformed");
  });
  test("the key's own letters moved into a value are refused", () => {
    // md5("…type=alipay" + key): a sender who could name a field after the text's end must still end with the key.
    const body = pairsOf(NOTICE);
    const stolen = signatureOf(body, KEY);
    expect(refusal([...body, ["zz", "1"], ["sign", stolen]])).toBe("bad_signature");
  });
});

describe("attack 12: repeated, nested and poisoned parameters", () => {
  test("money=10&money=9 is refused, in either order, even when equal", () => {
    for (const extra of ["9", "10"]) {
      expect(refusal([...signed(), ["money", extra]])).toBe("malformed");
      expect(refusal([["money", extra], ...signed()])).toBe("malformed");
    }
  });
  test("a repeated sign or sign_type is refused", () => {
    expect(refusal([...signed(), ["sign", "0".repeat(32)]])).toBe("malformed");
    expect(refusal([...signed(), ["sign_type", "RSA"]])).toBe("malformed");
  });
  for (const name of [
    "sign[]",
    "money[0]",
    "__proto__",
    "money.x",
    "",
    " money",
    "money\0",
    "钱",
    "constructor[prototype]",
  ]) {
    test(`a parameter named ${JSON.stringify(name)} is refused`, () => {
      expect(refusal([...signed(), [name, "x"]])).toBe("malformed");
    });
  }
  test("constructor, hasOwnProperty and toString are plain names that take nothing over", () => {
    const fields = { ...NOTICE, constructor: "x", hasOwnProperty: "y", toString: "z" } as unknown as Record<
      string,
      string
    >;
    expect(refusal(withSignature(pairsOf(fields), KEY))).toBe("accepted");
  });
  test("a pair that the gateway did not sign is refused", () => {
    expect(refusal([...signed(), ["tenant", "7"]])).toBe("bad_signature");
  });
  test("a POST whose address also carries parameters is refused", () => {
    const form = new URLSearchParams(signed().map(([name, value]) => [name, value])).toString();
    expect(readPaid(account, post(form)).ok).toBe(true);
    expect(readPaid(account, { ...post(form), query: [["money", "1"]] })).toEqual({
      ok: false,
      error: "malformed",
    });
  });
  test("the parameters of a GET's body count for nothing", () => {
    expect(readPaid(account, { ...post("a=1"), method: "GET", query: signed() }).ok).toBe(true);
    expect(
      readPaid(account, {
        ...post(new URLSearchParams([...signed()].map(([n, v]) => [n, v])).toString()),
        method: "GET",
      }),
    ).toEqual({ ok: false, error: "malformed" });
  });
});

describe("attack 13: type juggling and signatures in every wrong spelling", () => {
  const good = signatureOf(pairsOf(NOTICE), KEY);
  const spellings = [
    good.toUpperCase(),
    ` ${good}`,
    `${good} `,
    `${good}\n`,
    good.slice(0, 31),
    `${good}0`,
    "0",
    "0e1",
    "null",
    "true",
    "[object Object]",
    `${good.slice(0, 31)}é`,
    good.replace(/./, "．"),
  ];
  for (const sign of spellings) {
    test(`sign ${JSON.stringify(sign)} is refused`, () =>
      expect(refusal([...pairsOf(NOTICE), ["sign", sign]])).toBe("bad_signature"));
  }
});

describe("attack 18: the body is read as the bytes that came", () => {
  const form = new URLSearchParams(
    signed({ name: "VIP会员", param: "a b+c" }).map(([name, value]) => [name, value]),
  ).toString();
  test("UTF-8, spaces and plus signs survive", () => expect(readPaid(account, post(form)).ok).toBe(true));
  test("bytes that are not UTF-8 are refused, even when their replacement letter was signed", () => {
    const text = new URLSearchParams(signed({ param: "x" }).map(([name, value]) => [name, value])).toString();
    const wanted = new URLSearchParams(signed({ param: "\ufffd" }).map(([name, value]) => [name, value]));
    const bytes = new TextEncoder().encode(text.replace(/sign=[0-9a-f]+/, `sign=${wanted.get("sign")}`));
    bytes[text.indexOf("param=x") + "param=".length] = 0xff;
    expect(readPaid(account, post(bytes))).toEqual({ ok: false, error: "malformed" });
  });
  for (const contentType of ["application/json", "multipart/form-data; boundary=x", "text/plain", ""]) {
    test(`a body of type ${contentType || "(none)"} is refused`, () => {
      expect(readPaid(account, post(form, contentType))).toEqual({ ok: false, error: "malformed" });
    });
  }
  test("a body past the bound is refused, rightly signed or not", () => {
    const long = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`x${index}`, "x".repeat(4_000)]));
    const text = new URLSearchParams(signed(long).map(([name, value]) => [name, value])).toString();
    expect(readPaid(account, post(text))).toEqual({ ok: false, error: "malformed" });
  });
  test("other verbs are refused", () => {
    for (const method of ["PUT", "HEAD", "OPTIONS", "get", ""]) {
      expect(readPaid(account, { ...get(signed()), method })).toEqual({ ok: false, error: "malformed" });
    }
  });
});

describe("attack 17: a framework's idea of success", () => {
  test("the three answers are plain text, and only the accepting one holds the gateway's word", () => {
    expect(account.accepted).toEqual({ status: 200, contentType: "text/plain; charset=utf-8", body: "success" });
    for (const reply of [account.refused, account.deferred]) {
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.body).not.toContain("success");
    }
  });
});

describe("limits on a notice", () => {
  test("65 fields are refused, signed or not", () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x${index}`, "1"]));
    expect(refusal(signed(many))).toBe("malformed");
  });
  test("a value of 5,000 letters, a NUL, half a surrogate pair are refused", () => {
    expect(refusal(signed({ param: "x".repeat(5_000) }))).toBe("malformed");
    expect(refusal(signed({ param: "a\0b" }))).toBe("malformed");
    expect(refusal(signed({ param: "\ud800" }))).toBe("malformed");
  });
});

test("a request is taken apart without merging, and its fragment is nobody's", () => {
  const request = {
    method: "GET",
    url: "http://shop.test/api/pay/epay/epay?a=1&a=2&b=x%2By+z#c=3",
    headers: new Headers(),
  };
  expect(toRawHttp(request, new Uint8Array()).query).toEqual([
    ["a", "1"],
    ["a", "2"],
    ["b", "x+y z"],
  ]);
});
