import { createPublicKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Pair } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { signRsa } from "@/lib/features/payments/gateways/rsa";
import { readPaid } from "@/tests/support/gateways";
import {
  account,
  CERTIFICATE_SETTINGS,
  formOf,
  merchantKey,
  NOTICE,
  post,
  SETTINGS,
  signed,
  vectors,
} from "./alipay-fixtures";

const read = (pairs: readonly Pair[]) => readPaid(account, post(formOf(pairs)));
const refusal = (pairs: readonly Pair[]) => {
  const notice = read(pairs);
  return notice.ok ? "accepted" : notice.error;
};
const replaced = (pairs: readonly Pair[], name: string, value: string): Pair[] =>
  pairs.map((pair) => (pair[0] === name ? [name, value] : pair));
const whole = (changes: Parameters<typeof signed>[0]) =>
  account.readNotification(post(formOf(signed(changes))), Date.parse("2026-11-20T10:00:00Z"));

test("the true notice is read, so that every refusal below means something", () => {
  expect(read(signed())).toMatchObject({ ok: true, value: { amount: { amountMinor: 990n, currency: "CNY" } } });
});

describe("attack 1: the amount is not compared", () => {
  test("a rightly signed 0.01 for a 9.90 order arrives as 1 fen, for the order to judge", () => {
    expect(read(signed({ total_amount: "0.01" }))).toMatchObject({ value: { amount: { amountMinor: 1n } } });
  });
  test("what the buyer really paid after coupons is not the amount", () => {
    expect(read(signed({ buyer_pay_amount: "0.01", receipt_amount: "0.01" }))).toMatchObject({
      value: { amount: { amountMinor: 990n } },
    });
  });
  test("an amount changed after signing is refused", () => {
    expect(refusal(replaced(signed({ total_amount: "0.01" }), "total_amount", "9.90"))).toBe("bad_signature");
  });
});

describe("attack 2: a foreign merchant's payment, signed by the same Alipay", () => {
  test("another application", () => {
    expect(refusal(signed({ app_id: "2021000000000002" }))).toBe("other_account");
    expect(refusal(signed({ app_id: "2021000000000001 " }))).toBe("other_account");
  });
  test("another seller", () => expect(refusal(signed({ seller_id: "2088101106499365" }))).toBe("other_account"));
  test("no seller at all: the gateway is asked instead", () => {
    expect(refusal(signed({ seller_id: undefined }))).toBe("ask");
    expect(refusal(signed({ seller_id: "" }))).toBe("ask");
  });
  test("signed by somebody else, ourselves among them", () => {
    expect(refusal(signed({}, { key: merchantKey }))).toBe("bad_signature");
  });
});

describe("attack 3: an old notice is replayed", () => {
  test("it reads as the same trade number each time, the identity that makes it one payment", () => {
    expect(read(signed())).toEqual(read(signed()));
  });
  test("moved to another order or trade it is refused", () => {
    expect(refusal(replaced(signed(), "out_trade_no", "AL2"))).toBe("bad_signature");
    expect(refusal(replaced(signed(), "trade_no", "2026112022001400000000000002"))).toBe("bad_signature");
  });
});

describe("attack 4: the sender picks the algorithm", () => {
  for (const signType of ["RSA", "none", "MD5", "rsa2", "RSA2 ", "SHA256", ""]) {
    test(`sign_type=${signType || "(empty)"} is refused, rightly signed or not`, () => {
      expect(refusal(replaced(signed(), "sign_type", signType))).toBe("bad_signature");
    });
  }
  test("without sign_type it is refused", () => {
    expect(refusal(signed().filter(([name]) => name !== "sign_type"))).toBe("bad_signature");
  });
});

describe("attack 5: settings without a true key", () => {
  const problems = (changes: object, base: object = SETTINGS) => {
    const opened = gatewayOf("alipay").openAccount({ ...base, ...changes });
    return opened.ok ? "opened" : opened.error;
  };
  const short = vectors.keys.ed.publicSpkiPem;
  test("a missing, blank or foreign kind of key is refused", () => {
    expect(problems({ privateKey: undefined })).toEqual(["private_key_missing"]);
    expect(problems({ privateKey: "  " })).toEqual(["private_key_missing"]);
    expect(problems({ privateKey: "not a key" })).toEqual(["private_key_malformed"]);
    expect(problems({ privateKey: vectors.keys.ed.privatePkcs8DerBase64 })).toEqual(["private_key_malformed"]);
    expect(problems({ alipayPublicKey: "" })).toEqual(["alipay_public_key_missing"]);
    expect(problems({ alipayPublicKey: short })).toEqual(["alipay_public_key_malformed"]);
  });
  test("our own public key in Alipay's place is refused: what we sign would pass for Alipay's word", () => {
    expect(problems({ alipayPublicKey: vectors.keys.merchant.publicSpkiPem })).toEqual(["alipay_public_key_insecure"]);
  });
  test("a private key in the place of Alipay's public key is refused", () => {
    expect(problems({ alipayPublicKey: vectors.keys.platform.privatePkcs8DerBase64 })).toEqual([
      "alipay_public_key_malformed",
    ]);
  });
  test("an address over plain http, or with a query, is refused", () => {
    expect(problems({ endpoint: "http://openapi.alipay.com/gateway.do" })).toEqual(["endpoint_insecure"]);
    expect(problems({ endpoint: "https://openapi.alipay.com/gateway.do?a=1" })).toEqual(["endpoint_malformed"]);
    expect(problems({ endpoint: "" })).toBe("opened");
  });
  test("the account's numbers and products are held to their grammar", () => {
    expect(problems({ appId: "", sellerId: "1" })).toEqual(["app_id_missing", "seller_id_malformed"]);
    expect(problems({ products: [] })).toEqual(["products_missing"]);
    expect(problems({ products: ["cash"] })).toEqual(["products_malformed"]);
    expect(problems({ somethingElse: 1 })).toEqual(["unreadable"]);
  });
  test("certificates: each missing or broken one is named, and must fit the private key", () => {
    expect(problems({}, CERTIFICATE_SETTINGS)).toBe("opened");
    expect(problems({ appCertificate: "" }, CERTIFICATE_SETTINGS)).toEqual(["app_certificate_missing"]);
    expect(problems({ rootCertificate: "x" }, CERTIFICATE_SETTINGS)).toEqual(["root_certificate_malformed"]);
    const { appCertificate, alipayCertificate } = CERTIFICATE_SETTINGS;
    expect(problems({ appCertificate: alipayCertificate }, CERTIFICATE_SETTINGS)).toEqual([
      "app_certificate_malformed",
    ]);
    expect(problems({ alipayCertificate: appCertificate }, CERTIFICATE_SETTINGS)).toEqual([
      "alipay_certificate_insecure",
    ]);
  });
  test("a PEM, a bare base64 and one with pasted line breaks are one key", () => {
    const der = createPublicKey(vectors.keys.platform.publicSpkiPem).export({ format: "der", type: "spki" });
    const bare = der.toString("base64");
    for (const text of [bare, ` ${bare.replace(/(.{40})/g, "$1\r\n")} `, bare.replace(/(.{64})/g, "$1\\n")]) {
      expect(problems({ alipayPublicKey: text })).toBe("opened");
    }
  });
});

describe("attacks 7 and 8: amounts that are floats, tricks or other spellings", () => {
  for (const yuan of ["1e1", "NaN", "9.905", "+9.90", "-9.90", "9,90", "９.90", " 9.90", "09.90", "9.", ".9", ""]) {
    test(`signed total_amount ${JSON.stringify(yuan)} is no amount`, () =>
      expect(refusal(signed({ total_amount: yuan }))).toBe("bad_amount"));
  }
  test("9.9 and 9.90 are one amount", () => {
    for (const yuan of ["9.9", "9.90"]) {
      expect(read(signed({ total_amount: yuan }))).toMatchObject({ value: { amount: { amountMinor: 990n } } });
    }
  });
});

describe("attack 9: a signature, but no success", () => {
  test("a trade that waits, and one that was closed unpaid, pay for nothing", () => {
    expect(whole({ trade_status: "WAIT_BUYER_PAY", gmt_payment: undefined })).toEqual({
      ok: true,
      value: { kind: "nothing", what: "pending" },
    });
    expect(whole({ trade_status: "TRADE_CLOSED", gmt_payment: undefined })).toEqual({
      ok: true,
      value: { kind: "nothing", what: "closed" },
    });
  });
  test("a trade that was paid, is closed, and says nothing of a refund: the gateway is asked", () => {
    expect(whole({ trade_status: "TRADE_CLOSED" })).toMatchObject({ value: { kind: "ask" } });
  });
  test("TRADE_FINISHED is paid", () => expect(read(signed({ trade_status: "TRADE_FINISHED" })).ok).toBe(true));
  for (const status of ["trade_success", "TRADE_SUCCESS ", "1", "success", "TRADE_PENDING"]) {
    test(`trade_status ${JSON.stringify(status)} pays for nothing`, () =>
      expect(refusal(signed({ trade_status: status }))).toBe("nothing"));
  }
  test("a notice of another kind, without a trade, is taken and pays for nothing", () => {
    expect(refusal(signed({ trade_status: undefined, notify_type: "dut_user_sign" }))).toBe("nothing");
  });
});

describe("attack 10: a refund in the dress of a payment", () => {
  test("TRADE_SUCCESS with a refund is a refund, by its own number", () => {
    expect(whole({ refund_fee: "3.00", gmt_refund: "2026-11-20 19:00:00.123", out_biz_no: "RF1" })).toMatchObject({
      value: { kind: "refund", refund: { refundNo: "RF1", amount: null, gatewayTradeNo: NOTICE.trade_no } },
    });
  });
  test("with only the sum, or only the time, it is still no payment", () => {
    expect(whole({ refund_fee: "0.01" })).toMatchObject({ value: { kind: "ask" } });
    expect(whole({ gmt_refund: "2026-11-20 19:00:00" })).toMatchObject({ value: { kind: "ask" } });
  });
  test("a refund of nothing is a payment", () => expect(read(signed({ refund_fee: "0.00" })).ok).toBe(true));
  test("a blank refund field added by somebody on the way changes nothing", () => {
    const withBlank = [...signed({}, { blanks: "dropped" }), ["refund_fee", ""] as const];
    expect(refusal(withBlank)).toBe("accepted");
  });
});

describe("attack 11: the signed text has no escapes, so fields can be shifted", () => {
  test("a field that swallowed its neighbour falls at the grammar", () => {
    const { out_trade_no, point_amount } = NOTICE;
    const swallowed = `${out_trade_no}&point_amount=${point_amount}`;
    const forged = replaced(signed(), "out_trade_no", swallowed).filter(([name]) => name !== "point_amount");
    expect(refusal(forged)).toBe("malformed");
  });
});

describe("attack 12: repeated, nested and poisoned parameters", () => {
  test("a repeated field is refused, in either order, even when equal", () => {
    for (const extra of ["0.01", "9.90"]) {
      expect(refusal([...signed(), ["total_amount", extra]])).toBe("malformed");
      expect(refusal([["total_amount", extra], ...signed()])).toBe("malformed");
    }
    expect(refusal([...signed(), ["sign", "AAAA"]])).toBe("malformed");
  });
  for (const name of ["sign[]", "total_amount[0]", "__proto__", "", " sign", "钱"]) {
    test(`a parameter named ${JSON.stringify(name)} is refused`, () =>
      expect(refusal([...signed(), [name, "x"]])).toBe("malformed"));
  }
  test("a pair that Alipay did not sign is refused", () =>
    expect(refusal([...signed(), ["tenant", "7"]])).toBe("bad_signature"));
  test("a GET, and a POST whose address carries parameters, are refused", () => {
    const form = formOf(signed());
    expect(readPaid(account, { ...post(form), query: [["a", "1"]] })).toEqual({ ok: false, error: "malformed" });
    expect(readPaid(account, { ...post(""), method: "GET", query: signed() })).toEqual({
      ok: false,
      error: "malformed",
    });
  });
});

describe("attack 13: signatures in every wrong spelling", () => {
  const good = signed().find(([name]) => name === "sign")![1];
  for (const sign of [
    "",
    "0",
    "null",
    `${good}\n`,
    ` ${good}`,
    good.slice(4),
    `${good}AAAA`,
    good.replace(/\+/g, " "),
    good.toLowerCase(),
  ]) {
    test(`sign ${JSON.stringify(sign.slice(0, 12))}… is refused`, () =>
      expect(refusal(replaced(signed(), "sign", sign))).not.toBe("accepted"));
  }
});

describe("blank values, about which Alipay's kits disagree", () => {
  for (const blanks of ["kept", "dropped"] as const) {
    test(`signed with blanks ${blanks}`, () =>
      expect(refusal(signed({ body: "", passback_params: "" }, { blanks }))).toBe("accepted"));
  }
  test("a value of the fields that matter is never blanked away", () => {
    expect(refusal(replaced(signed(), "total_amount", ""))).toBe("bad_signature");
  });
});

describe("attack 17: a framework's idea of success", () => {
  test("the three answers are plain text, and only the accepting one is the gateway's word", () => {
    expect(account.accepted).toEqual({ status: 200, contentType: "text/plain; charset=utf-8", body: "success" });
    for (const reply of [account.refused, account.deferred]) expect(reply.body).not.toContain("success");
  });
});

describe("attack 18: the body is read as the bytes that came", () => {
  test("a percent sign in a value, which one kit chokes on", () =>
    expect(refusal(signed({ subject: "100% & 50%25 =正品+" }))).toBe("accepted"));
  for (const contentType of ["application/json", "multipart/form-data; boundary=x", ""]) {
    test(`a body of type ${contentType || "(none)"} is refused`, () =>
      expect(readPaid(account, post(formOf(signed()), contentType))).toEqual({ ok: false, error: "malformed" }));
  }
  test("bytes that are not UTF-8 are refused", () => {
    expect(readPaid(account, post(Uint8Array.of(0x61, 0x3d, 0xff)))).toEqual({ ok: false, error: "malformed" });
  });
});

describe("certificate mode", () => {
  const opened = gatewayOf("alipay").openAccount(CERTIFICATE_SETTINGS);
  const certified = opened.ok ? opened.value : account;
  test("a notice of the certificate's key is read", () =>
    expect(readPaid(certified, post(formOf(signed()))).ok).toBe(true));
  test("one that another certificate signed is named, for somebody to look", () => {
    const other = signed({ alipay_cert_sn: "0".repeat(32) }, { key: merchantKey });
    expect(readPaid(certified, post(formOf(other)))).toEqual({ ok: false, error: "unknown_key" });
    const forged = signed({}, { key: merchantKey });
    expect(readPaid(certified, post(formOf(forged)))).toEqual({ ok: false, error: "bad_signature" });
  });
});

test("nothing of a key is in the account, whoever prints it", () => {
  const printed = JSON.stringify(account) + String(signRsa("x", merchantKey).length);
  expect(printed).not.toContain(vectors.keys.merchant.privatePkcs8DerBase64.slice(40, 80));
});
