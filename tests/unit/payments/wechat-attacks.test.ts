import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RawHttp } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { readReply } from "@/lib/features/payments/gateways/wechat/call";
import { readTransaction } from "@/lib/features/payments/gateways/wechat/query";
import { readRefund } from "@/lib/features/payments/gateways/wechat/refund";
import { readPaid } from "@/tests/support/gateways";
import {
  account,
  config,
  event,
  merchantKey,
  NOW,
  notice,
  PAID,
  REFUNDED,
  SETTINGS,
  seal,
  vectors,
} from "./wechat-fixtures";

const refusal = (raw: RawHttp, now = NOW) => {
  const read = readPaid(account, raw, now);
  return read.ok ? "accepted" : read.error;
};
const paid = (changes: object = {}) => notice(event({ ...PAID, ...changes }));
const amount = (changes: object) => ({ amount: { ...(PAID.amount as object), ...changes } });
const certificate = readFileSync(path.resolve(import.meta.dirname, "../../fixtures/alipay/alipay.pem"), "utf8");
const ownCertificate = readFileSync(path.resolve(import.meta.dirname, "../../fixtures/alipay/application.pem"), "utf8");

test("the true notice is read, so that every refusal below means something", () => {
  expect(readPaid(account, paid(), NOW)).toMatchObject({ ok: true, value: { amount: { amountMinor: 990n } } });
});

describe("attack 1: the amount is not compared", () => {
  test("one fen for a 9.90 order arrives as one fen, for the order to judge", () => {
    expect(readPaid(account, paid(amount({ total: 1 })), NOW)).toMatchObject({
      value: { amount: { amountMinor: 1n } },
    });
  });
  test("another currency arrives as what it is", () => {
    expect(readPaid(account, paid(amount({ currency: "HKD" })), NOW)).toMatchObject({
      value: { amount: { currency: "HKD" } },
    });
  });
});

describe("attack 2: a foreign merchant, whose notices the same platform signs", () => {
  test("another merchant, another application", () => {
    expect(refusal(paid({ mchid: "1900000002" }))).toBe("other_account");
    expect(refusal(paid({ appid: "wx0000000000000000" }))).toBe("other_account");
    const refund = notice(event({ ...REFUNDED, mchid: "1900000002" }, "REFUND.SUCCESS"));
    expect(refusal(refund)).toBe("other_account");
  });
  test("sealed with his key: it does not open, and somebody must look", () => {
    const body = JSON.parse(event(PAID));
    body.resource = seal(JSON.stringify(PAID), { key: "x".repeat(32) });
    expect(refusal(notice(JSON.stringify(body)))).toBe("unknown_key");
  });
});

describe("attack 4: the sender picks the algorithm, or the key", () => {
  test("another signature type, another cipher", () => {
    expect(refusal(notice(event(PAID), { headers: { "wechatpay-signature-type": "WECHATPAY2-SM2-WITH-SM3" } }))).toBe(
      "bad_signature",
    );
    expect(refusal(notice(event(PAID).replace("AEAD_AES_256_GCM", "AEAD_SM4_GCM")))).toBe("malformed");
  });
  test("a serial number that we do not know is named", () => {
    expect(refusal(notice(event(PAID), { serial: "PUB_KEY_ID_0000000000" }))).toBe("unknown_key");
    expect(refusal(notice(event(PAID), { serial: "__proto__" }))).toBe("unknown_key");
  });
  test("signed by somebody else, ourselves among them", () =>
    expect(refusal(notice(event(PAID), { key: merchantKey }))).toBe("bad_signature"));
});

describe("attack 5: settings without a true key", () => {
  const problems = (changes: object) => {
    const opened = gatewayOf("wechat").openAccount({ ...SETTINGS, ...changes });
    return opened.ok ? "opened" : opened.error;
  };
  const none = { publicKeyId: "", publicKey: "" };
  test("the key that opens notices has 32 letters", () => {
    for (const apiV3Key of ["short", "x".repeat(31), "x".repeat(33), "密".repeat(32)]) {
      expect(problems({ apiV3Key })).toEqual(["api_v3_key_malformed"]);
    }
    expect(problems({ apiV3Key: "" })).toEqual(["api_v3_key_missing"]);
  });
  test("nobody who could speak for WeChat Pay: refused", () => {
    expect(problems(none)).toEqual(["public_key_missing"]);
    expect(problems({ publicKey: "" })).toEqual(["public_key_missing"]);
    expect(problems({ publicKeyId: "" })).toEqual(["public_key_id_missing"]);
    expect(problems({ publicKeyId: SETTINGS.merchantSerial })).toEqual(["public_key_id_malformed"]);
  });
  test("our own key or certificate in WeChat Pay's place is refused", () => {
    expect(problems({ publicKey: vectors.keys.merchant.publicSpkiPem })).toEqual(["public_key_insecure"]);
    expect(problems({ ...none, platformCertificates: ownCertificate })).toEqual(["platform_certificates_insecure"]);
  });
  test("broken keys and certificates are named", () => {
    expect(problems({ publicKey: "x" })).toEqual(["public_key_malformed"]);
    expect(problems({ privateKey: vectors.keys.merchant.publicSpkiPem })).toEqual(["private_key_malformed"]);
    expect(problems({ platformCertificates: "x" })).toEqual(["platform_certificates_malformed"]);
    expect(problems({ merchantSerial: "PUB_KEY_ID_1" })).toEqual(["merchant_serial_malformed"]);
    expect(problems({ endpoint: "http://api.mch.weixin.qq.com" })).toEqual(["endpoint_insecure"]);
  });
  test("platform certificates alone, or beside the public key, while one replaces the other", () => {
    for (const changes of [{ ...none, platformCertificates: certificate }, { platformCertificates: certificate }]) {
      const opened = gatewayOf("wechat").openAccount({ ...SETTINGS, ...changes });
      const serial = "20261120F0E1D2C3B4A5968778695A4B02";
      expect(opened.ok && readPaid(opened.value, notice(event(PAID), { serial }), NOW).ok).toBe(true);
      const byKey = opened.ok && readPaid(opened.value, notice(event(PAID)), NOW).ok;
      expect(byKey).toBe(!("publicKey" in changes));
    }
  });
});

describe("attack 7: amounts that are no whole number of fen", () => {
  for (const total of [9.9, "990", null, -1, 1e21, true, [990], Number.MAX_SAFE_INTEGER + 1]) {
    test(`total ${JSON.stringify(total)} is no amount`, () =>
      expect(refusal(paid(amount({ total })))).toBe("bad_amount"));
  }
  test("an unknown currency is no amount", () => {
    for (const currency of ["XXX", "cny", undefined, 1]) expect(refusal(paid(amount({ currency })))).toBe("bad_amount");
  });
});

describe("attack 9: a signature, but no success", () => {
  for (const state of ["NOTPAY", "CLOSED", "REFUND", "success", ""]) {
    test(`trade_state ${JSON.stringify(state)} pays for nothing`, () =>
      expect(refusal(paid({ trade_state: state }))).toBe("nothing"));
  }
  test("an event of another kind is taken and pays for nothing", () =>
    expect(refusal(notice(event(PAID, "COUPON.USE")))).toBe("nothing"));
});

describe("attack 10: a refund taken for a payment", () => {
  test("a refund's content in a payment's event pays for nothing", () =>
    expect(refusal(notice(event(REFUNDED)))).toBe("malformed"));
  for (const [type, status, state] of [
    ["REFUND.SUCCESS", "SUCCESS", "succeeded"],
    ["REFUND.CLOSED", "CLOSED", "failed"],
    ["REFUND.ABNORMAL", "ABNORMAL", "processing"],
  ] as const) {
    test(`${type} is a refund that is ${state}`, () => {
      const raw = notice(event({ ...REFUNDED, refund_status: status }, type));
      expect(account.readNotification(raw, NOW)).toMatchObject({ value: { kind: "refund", refund: { state } } });
    });
  }
});

describe("attack 12: repeated headers and parameters", () => {
  test("a header that came twice is none", () => {
    for (const name of ["wechatpay-signature", "wechatpay-serial", "wechatpay-timestamp", "wechatpay-nonce"]) {
      const raw = paid();
      expect(refusal({ ...raw, headers: [...raw.headers, [name, "x"]] })).toBe("malformed");
      expect(refusal({ ...raw, headers: raw.headers.filter(([given]) => given !== name) })).toBe("malformed");
    }
  });
  test("a GET, or an address with parameters, is refused", () => {
    expect(refusal({ ...paid(), method: "GET" })).toBe("malformed");
    expect(refusal({ ...paid(), query: [["a", "1"]] })).toBe("malformed");
  });
  test("numbers out of their grammar are refused", () => {
    for (const changes of [
      { out_trade_no: "WX1&a=b 1" },
      { out_trade_no: "" },
      { transaction_id: "" },
      { transaction_id: "4200/../1" },
      { out_trade_no: 1 },
    ]) {
      expect(refusal(paid(changes))).toBe("malformed");
    }
  });
});

describe("attack 18: the bytes that came are what was signed", () => {
  test("the same JSON written otherwise is refused", () => {
    const raw = paid();
    const rewritten = JSON.stringify(JSON.parse(Buffer.from(raw.body).toString()), null, 1);
    expect(refusal({ ...raw, body: new TextEncoder().encode(rewritten) })).toBe("bad_signature");
  });
  test("bytes that are not UTF-8, and a body past the bound, are refused", () => {
    expect(refusal({ ...paid(), body: Uint8Array.of(0xff) })).toBe("malformed");
    expect(refusal(notice(JSON.stringify({ x: "x".repeat(70_000) })))).toBe("malformed");
  });
});

describe("attack 19: the seal", () => {
  test("another event's nonce or data, a cut or an altered text do not open", () => {
    const body = JSON.parse(event(PAID));
    const { ciphertext } = body.resource;
    const altered = `${ciphertext.slice(0, 40)}${ciphertext[40] === "A" ? "B" : "A"}${ciphertext.slice(41)}`;
    for (const change of [
      { nonce: "otherotherot" },
      { nonce: "" },
      { associated_data: "refund" },
      { ciphertext: altered },
      { ciphertext: "AAAA" },
      { ciphertext: "" },
    ]) {
      const resource = { ...body.resource, ...change };
      expect(refusal(notice(JSON.stringify({ ...body, resource })))).toBe("unknown_key");
    }
  });
});

describe("attack 20: stale and future times", () => {
  test("five minutes either way, and no more", () => {
    for (const seconds of [-300, 0, 300])
      expect(refusal(notice(event(PAID), { at: NOW + seconds * 1_000 }))).toBe("accepted");
    for (const seconds of [-301, 301, 86_400])
      expect(refusal(notice(event(PAID), { at: NOW + seconds * 1_000 }))).toBe("stale");
  });
  test("a time that is no time is refused", () => {
    for (const time of ["", "abc", "1e9", "-1", " 1795168542"]) {
      expect(refusal(notice(event(PAID), { headers: { "wechatpay-timestamp": time } }))).not.toBe("accepted");
    }
  });
});

test("probes are refused with a failure, whatever else they carry", () => {
  const raw = notice(event(PAID), { headers: { "wechatpay-signature": "WECHATPAY/SIGNTEST/abc" } });
  expect(refusal(raw)).toBe("probe");
  expect(account.refused).toMatchObject({ status: 401, contentType: "application/json" });
  expect(JSON.parse(account.refused.body)).toMatchObject({ code: "FAIL" });
  expect(account.accepted).toMatchObject({ status: 204, body: "" });
});

describe("hostile input is a value", () => {
  test("no bytes make the notice reader throw or pay", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.dictionary(fc.string(), fc.string()), (body, headers) => {
        const raw = { method: "POST", query: [], headers: Object.entries(headers), body };
        expect(account.readNotification(raw, NOW).ok).toBe(false);
      }),
    );
  });
  test("no rightly signed event makes it throw, or pay without a whole amount", () => {
    const content = fc.dictionary(
      fc.constantFrom(...Object.keys(PAID)),
      fc.oneof(fc.constant("SUCCESS"), fc.jsonValue()),
    );
    fc.assert(
      fc.property(content, fc.constantFrom("TRANSACTION.SUCCESS", "REFUND.SUCCESS"), (changes, type) => {
        account.readNotification(notice(event({ ...PAID, ...changes }, type)), NOW);
        account.readNotification(notice(JSON.stringify(changes)), NOW);
      }),
      { numRuns: 60 },
    );
  });
  test("no reply makes the readers throw, or say yes without a signature", () => {
    const fields = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(fields, fc.constantFrom(200, 204, 404, 500), (text, status) => {
        const reply = readReply({ status, headers: new Headers(), body: Buffer.from(text) }, config, NOW);
        if (!reply.ok) return;
        expect(status).toBeGreaterThanOrEqual(400);
        expect(["unknown", "not_found"]).toContain(readTransaction(reply.value, "WX1234", config).state);
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (given) => {
        const reply = { status: 200, code: "", fields: given, isSigned: true, evidence: [] };
        expect(readTransaction(reply, "WX1234", config).state).toBe("unknown");
        expect(readRefund(reply, { outTradeNo: "WX1234", refundNo: "R1" }).state).toBe("unknown");
      }),
    );
  });
});

test("nothing of a key is in the account, whoever prints it", () => {
  const printed = `${JSON.stringify(account)}${JSON.stringify(config)}`;
  expect(printed).not.toContain(SETTINGS.apiV3Key);
  expect(printed).not.toContain(SETTINGS.privateKey.slice(40, 80));
});
