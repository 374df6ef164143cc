// Over 300 lines: the attacks of one protocol read best as one list.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isCertificateUrl, signerOf } from "@/lib/features/payments/gateways/paypal/certificate";
import { readPaypalSettings } from "@/lib/features/payments/gateways/paypal/settings";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { limits } from "@/lib/kernel/limits";
import { transportWith } from "@/tests/support/gateways";
import {
  account,
  CAPTURE,
  CERTIFICATE_URL,
  certificates,
  eventOf,
  headersOf,
  NOW,
  NUMBER,
  post,
  read,
  readCapture,
  readEvent,
  SETTINGS,
} from "./paypal-fixtures";

const BODY = eventOf("PAYMENT.CAPTURE.COMPLETED", CAPTURE);
const refusal = (result: ReturnType<typeof read>): string => (result.ok ? result.value.kind : result.error);
const HEADERS = headersOf(BODY);
const withHeaders = (headers: [string, string][], body: string | Uint8Array = BODY) =>
  refusal(read(post(body, headers)));
const replaced = (name: string, value: string) =>
  HEADERS.map((header): [string, string] => (header[0] === name ? [name, value] : header));

test("the true event is read, so that every refusal below means something", () => {
  expect(withHeaders(HEADERS)).toBe("paid");
});

describe("attack 1: the amount is not compared", () => {
  test("a rightly signed cent arrives as one cent, for the order to judge", () => {
    expect(readCapture({ amount: { currency_code: "USD", value: "0.01" } })).toMatchObject({
      value: { payment: { amount: { amountMinor: 1n } } },
    });
  });
  test("an amount changed after signing is refused", () => {
    expect(withHeaders(HEADERS, BODY.replace("19.99", "99.99"))).toBe("bad_signature");
  });
});

describe("attack 2: a foreign merchant, whose notices the same PayPal signs", () => {
  test("signed for his webhook: refused by its number, which is ours by configuration", () => {
    expect(withHeaders(headersOf(BODY, { webhookId: "0AB12345CD678901E" }))).toBe("bad_signature");
  });
  test("another program's capture on the same account is nothing", () => {
    for (const number of [null, "", "cart 17", "order-17", "short", "CLOSED-", `${NUMBER}0`]) {
      expect(readCapture({ custom_id: number })).toEqual({ ok: true, value: { kind: "nothing", what: "other" } });
    }
  });
});

describe("attack 3: an old notice is replayed", () => {
  test("it reads as the same capture each time", () => {
    expect(read(post(BODY, HEADERS))).toEqual(read(post(BODY, HEADERS)));
  });
  test("moved to another order, or under a fresh time, it is refused", () => {
    expect(withHeaders(HEADERS, BODY.replaceAll(NUMBER, "K1123456789ABCDEFGHJKMNPQRSTVWXY"))).toBe("bad_signature");
    expect(withHeaders(replaced("paypal-transmission-time", "2026-11-20T10:00:01Z"))).toBe("bad_signature");
    expect(withHeaders(replaced("paypal-transmission-id", "69cd13f0-d67a-11e5-baa3-778b53f4ae56"))).toBe(
      "bad_signature",
    );
  });
});

describe("attack 4: the sender picks the algorithm", () => {
  for (const algorithm of ["SHA1withRSA", "MD5withRSA", "none", "sha256withrsa", ""]) {
    test(`paypal-auth-algo ${algorithm || "(empty)"} is refused`, () => {
      expect(withHeaders(replaced("paypal-auth-algo", algorithm))).toBe("malformed");
    });
  }
});

describe("attack 5: an account without true keys", () => {
  const problemsOf = (changes: Record<string, unknown>) => {
    const opened = gatewayOf("paypal").openAccount({ ...SETTINGS, ...changes });
    return opened.ok ? "opened" : opened.error;
  };
  test("empty, short and wrong settings are refused", () => {
    expect(problemsOf({ clientSecret: "" })).not.toBe("opened");
    expect(problemsOf({ clientSecret: "short" })).toEqual(["client_secret_too_short"]);
    expect(problemsOf({ clientId: "" })).toEqual(["client_id_missing"]);
    expect(problemsOf({ clientId: "a b" })).toEqual(["client_id_malformed"]);
    expect(problemsOf({ webhookId: undefined })).toEqual(["webhook_id_missing"]);
    expect(problemsOf({ webhookId: "https://shop.test/api/pay/paypal/a" })).toEqual(["webhook_id_malformed"]);
    expect(problemsOf({ environment: "production" })).toEqual(["environment_malformed"]);
    expect(problemsOf({ endpoint: "http://api-m.paypal.com" })).toEqual(["endpoint_insecure"]);
  });
  test("nobody sets a root of his own for PayPal itself", () => {
    expect(problemsOf({ testRootCertificate: certificates.root })).toEqual(["test_root_certificate_insecure"]);
    expect(problemsOf({ testRootCertificate: certificates.root, endpoint: "https://evil.test" })).toEqual([
      "test_root_certificate_insecure",
    ]);
    expect(problemsOf({ testRootCertificate: "x", endpoint: "http://127.0.0.1:9" })).toEqual([
      "test_root_certificate_malformed",
    ]);
    expect(problemsOf({ testRootCertificate: certificates.root, endpoint: "http://127.0.0.1:9" })).toBe("opened");
  });
});

describe("attack 7: amounts that are floats, tricks or other spellings", () => {
  for (const value of ["1e1", "NaN", "19.999", "-19.99", "+1", " 1", "１", "", "0", "0.00", "1,00", "999999999"]) {
    test(`${JSON.stringify(value)} is no amount`, () => {
      expect(refusal(readCapture({ amount: { currency_code: "USD", value } }))).toBe("bad_amount");
    });
  }
  test("numbers, other currencies, none", () => {
    for (const amount of [
      { currency_code: "GBP", value: "1.00" },
      { currency_code: "usd", value: "1.00" },
      { currency_code: "USDT", value: "1.00" },
      { currency_code: "__proto__", value: "1.00" },
      { currency_code: "JPY", value: "1.50" },
      null,
      undefined,
    ]) {
      expect(["bad_amount", "malformed"]).toContain(refusal(readCapture({ amount })));
    }
    expect(refusal(readCapture({ amount: { currency_code: "USD", value: 19.99 } }))).toBe("malformed");
  });
});

describe("attack 9: a signature, but no money", () => {
  for (const status of ["PENDING", "DECLINED", "completed", "REFUNDED", "PARTIALLY_REFUNDED", ""]) {
    test(`a "completed" event about a capture that is ${status || "(empty)"}: PayPal is asked`, () => {
      expect(readCapture({ status })).toEqual({ ok: true, value: { kind: "ask", outTradeNo: NUMBER } });
    });
  }
  test("an approval is a promise, not a payment", () => {
    expect(refusal(readCapture({}, "CHECKOUT.ORDER.APPROVED"))).not.toBe("paid");
  });
});

describe("attack 10: a refund in a payment's clothes", () => {
  test("no event about refunds or disputes is ever a payment, whatever its resource is", () => {
    for (const type of ["PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED", "CUSTOMER.DISPUTE.CREATED"]) {
      expect(refusal(readCapture({}, type))).not.toBe("paid");
    }
  });
});

describe("attacks 11 and 12: headers that are shifted, repeated, missing", () => {
  test("a bar inside a field would move the border between two signed fields", () => {
    expect(withHeaders(replaced("paypal-transmission-id", "69cd13f0|2026-11-20T10:00:00Z"))).toBe("malformed");
    expect(withHeaders(replaced("paypal-transmission-time", "2026-11-20T10:00:00Z|1"))).toBe("malformed");
  });
  test("each header once", () => {
    for (const [name] of HEADERS.slice(1)) {
      expect(withHeaders(HEADERS.filter(([other]) => other !== name))).toBe("malformed");
      expect(withHeaders([...HEADERS, [name, "x"]])).toBe("malformed");
    }
  });
  test("an address with parameters, another verb", () => {
    const raw = post(BODY, HEADERS);
    expect(refusal(read({ ...raw, query: [["a", "1"]] }))).toBe("malformed");
    for (const method of ["GET", "PUT", "post"]) expect(refusal(read({ ...raw, method }))).toBe("malformed");
  });
});

describe("attack 13: signatures in every wrong spelling", () => {
  const good = HEADERS.find(([name]) => name === "paypal-transmission-sig")?.[1] ?? "";
  for (const [label, signature] of [
    ["cut", good.slice(4)],
    ["with a blank", ` ${good}`],
    ["url-safe", good.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")],
    ["hexadecimal", Buffer.from(good, "base64").toString("hex")],
    ["zeros", Buffer.alloc(256).toString("base64")],
    ["a word", "true"],
  ] as const) {
    test(label, () => expect(withHeaders(replaced("paypal-transmission-sig", signature))).toBe("bad_signature"));
  }
});

describe("attack 18: the body is the bytes that came", () => {
  test("written again it is another body", () => {
    const pretty = JSON.stringify(JSON.parse(BODY), null, 2);
    expect(withHeaders(headersOf(pretty), pretty)).toBe("paid");
    expect(withHeaders(HEADERS, pretty)).toBe("bad_signature");
  });
  test("not UTF-8, not an event, too long", () => {
    const bytes = new TextEncoder().encode(BODY);
    bytes[10] = 0xff;
    expect(withHeaders(headersOf(bytes), bytes)).toBe("malformed");
    for (const body of ["", "[]", "null", "{}", '{"id":"x","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":[]}']) {
      expect(withHeaders(headersOf(body), body)).toBe("malformed");
    }
    const long = eventOf("PAYMENT.CAPTURE.COMPLETED", { ...CAPTURE, x: "x".repeat(70_000) });
    expect(withHeaders(headersOf(long), long)).toBe("malformed");
  });
});

describe("attack 20: stale and future notices", () => {
  const at = (ms: number) => {
    const time = new Date(NOW + ms).toISOString();
    return withHeaders(headersOf(BODY, { time }));
  };
  test("PayPal repeats for three days; longer ago, or not yet, is refused", () => {
    expect([at(-3 * 86_400_000), at(300_000)]).toEqual(["paid", "paid"]);
    expect([at(-4 * 86_400_000 - 1), at(300_001)]).toEqual(["stale", "stale"]);
  });
  for (const time of [
    "1795168503",
    "2026-11-20",
    "2026-11-20T10:00:00",
    "2026-11-20T10:00:00+00:00",
    "2026-13-20T10:00:00Z",
  ]) {
    test(`${time} is no time`, () => expect(withHeaders(headersOf(BODY, { time }))).toBe("malformed"));
  }
});

describe("attack 21: the certificate's address is the sender's", () => {
  const sandbox = { endpoint: "https://api-m.sandbox.paypal.com", environment: "sandbox" } as const;
  const live = { endpoint: "https://api-m.paypal.com", environment: "live" } as const;
  test("PayPal's own hosts, each in its world, and one folder", () => {
    const path = "/v1/notifications/certs/CERT-1-a";
    expect(isCertificateUrl(`https://api.paypal.com${path}`, live)).toBe(true);
    expect(isCertificateUrl(`https://api-m.paypal.com${path}`, live)).toBe(true);
    expect(isCertificateUrl(`https://api.sandbox.paypal.com${path}`, sandbox)).toBe(true);
    expect(isCertificateUrl(`https://api.sandbox.paypal.com${path}`, live)).toBe(false);
    expect(isCertificateUrl(`https://api.paypal.com${path}`, sandbox)).toBe(false);
  });
  const path = "/v1/notifications/certs/CERT-1";
  for (const url of [
    `http://api.paypal.com${path}`,
    `https://evil.test${path}`,
    `https://api.paypal.com.evil.test${path}`,
    `https://evilpaypal.com${path}`,
    `https://www.paypal.com${path}`,
    `https://api.paypal.com@evil.test${path}`,
    `https://api.paypal.com:444${path}`,
    `https://api.paypal.com\\@evil.test${path}`,
    `https://api.paypal.com${path}?x=1`,
    `https://api.paypal.com${path}#x`,
    `https://api.paypal.com/v1/notifications/certs/../../oauth2/token`,
    `https://api.paypal.com/v1/notifications/certs/%2e%2e/x`,
    `https://api.paypal.com/other/CERT-1`,
    `http://127.0.0.1${path}`,
    `http://169.254.169.254${path}`,
    `file:///etc/passwd`,
    `javascript:alert(1)`,
    "",
  ]) {
    test(`never fetched: ${url || "(empty)"}`, () => expect(isCertificateUrl(url, live)).toBe(false));
  }
});

describe("attack 21: the certificate itself", () => {
  let serial = 0;
  /** A server's certificate file at an address of its own; what was asked for is remembered. */
  async function signed(
    pem: string,
    changes: { now?: number; issuer?: string; environment?: "live" | "sandbox" } = {},
  ) {
    const { now = NOW, environment = "sandbox" } = changes;
    const config = readPaypalSettings({
      ...SETTINGS,
      environment,
      endpoint: "http://127.0.0.1:9",
      testRootCertificate: certificates.root,
    });
    if (!config.ok) throw new Error(config.error.join());
    serial += 1;
    const url = `http://127.0.0.1:9/v1/notifications/certs/CERT-${serial}`;
    const asked: string[] = [];
    const transport = transportWith({
      now: () => now,
      fetch: async (input) => {
        asked.push(String(input));
        return new Response(asked.length === 1 ? pem : (changes.issuer ?? ""), { status: 200 });
      },
    });
    const signer = await signerOf(url, config.value, transport);
    return { signer, asked, again: () => signerOf(url, config.value, transport) };
  }
  test("the true one, with its issuer behind it, is fetched once and kept", async () => {
    const { signer, asked, again } = await signed(certificates.leaf + certificates.issuer);
    expect(signer?.key.asymmetricKeyType).toBe("rsa");
    expect(await again()).toBe(signer);
    expect(asked).toHaveLength(1);
  });
  test("the bare one is proved by the issuer that it names, which is fetched from the authority only", async () => {
    const { signer, asked } = await signed(certificates.bareLeaf, { issuer: certificates.issuer });
    expect(signer).not.toBeNull();
    expect(asked[1]).toBe("http://cacerts.digicert.com/KapuTestIssuer.crt");
    expect((await signed(certificates.bareLeaf, { issuer: certificates.forgedLeaf })).signer).toBeNull();
    expect((await signed(certificates.leaf)).signer).toBeNull();
  });
  for (const [label, pem] of [
    ["self-made in PayPal's name", certificates.forgedLeaf],
    ["self-made, with the true issuer beside it", certificates.forgedLeaf + certificates.issuer],
    [
      "issued by a certificate that may issue none",
      certificates.leafUnderLeaf + certificates.leaf + certificates.issuer,
    ],
    ["of the other world", certificates.liveLeaf + certificates.issuer],
    ["over", certificates.expiredLeaf + certificates.issuer],
    ["with a key of 1024 bits", certificates.shortLeaf + certificates.issuer],
    ["the issuer in the signer's place", certificates.issuer],
    ["no certificate", "<html>"],
    ["a private key", certificates.leafKey],
    ["nothing", ""],
  ] as const) {
    test(`refused: ${label}`, async () => expect((await signed(pem)).signer).toBeNull());
  }
  test("the live one in its own world", async () => {
    const found = await signed(certificates.liveLeaf + certificates.issuer, { environment: "live" });
    expect(found.signer).not.toBeNull();
  });
  test("what could not be had is not asked for again within a minute, and forged addresses have a bound", async () => {
    const config = readPaypalSettings(SETTINGS);
    if (!config.ok) throw new Error(config.error.join());
    let now = NOW + 3_600_000;
    let asked = 0;
    const transport = transportWith({
      now: () => now,
      fetch: async () => {
        asked += 1;
        throw new Error("no network");
      },
    });
    const at = (name: string) => signerOf(CERTIFICATE_URL.replace(/CERT-.*/, `CERT-${name}`), config.value, transport);
    await at("gone");
    await at("gone");
    expect(asked).toBe(1);
    for (let forged = 0; forged < 200; forged += 1) await at(`forged-${forged}`);
    expect(asked).toBeLessThanOrEqual(limits.noticeCertificatesMax);
    now += 60_000;
    const before = asked;
    await at("gone");
    expect(asked).toBe(before + 1);
  });
  test("a notice that is none makes us fetch nothing", async () => {
    const transport = transportWith({
      fetch: () => {
        throw new Error("must not ask");
      },
    });
    const evil = post(BODY, headersOf(BODY, { certificateUrl: "https://evil.test/v1/notifications/certs/CERT-1" }));
    expect(await account.prepareNotification?.(evil, transport)).toBeNull();
    expect(refusal(read(evil, null))).toBe("bad_signature");
    expect(await account.prepareNotification?.(post(BODY, []), transport)).toBeNull();
  });
});

describe("attack 2 again: a stranger's own certificate", () => {
  test("his signature under PayPal's certificate is none", () => {
    expect(withHeaders(headersOf(BODY, { key: certificates.strangerKey }))).toBe("bad_signature");
  });
});

test("attack 17: the three answers differ in their status, which is all that PayPal reads", () => {
  expect([account.accepted.status, account.refused.status, account.deferred.status]).toEqual([200, 400, 503]);
});

describe("whatever comes", () => {
  test("no bytes and no headers make the reader throw or pay", () => {
    const name = fc.constantFrom(...HEADERS.map(([header]) => header), "x");
    const value = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...HEADERS.map(([, text]) => text)));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.tuple(name, value), { maxLength: 8 }),
        (body, headers) => {
          expect(read(post(body, headers)).ok).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });
  test("no signed JSON makes the reader throw, or pay for another number than it names", () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(...Object.values(CAPTURE)));
    const resource = fc.record(Object.fromEntries(Object.keys(CAPTURE).map((name) => [name, value])), {
      requiredKeys: [],
    });
    const type = fc.constantFrom(
      "PAYMENT.CAPTURE.COMPLETED",
      "CHECKOUT.ORDER.APPROVED",
      "PAYMENT.CAPTURE.REFUNDED",
      "PAYMENT.CAPTURE.REVERSED",
      "CUSTOMER.DISPUTE.RESOLVED",
    );
    fc.assert(
      fc.property(resource, type, fc.boolean(), (object, name, isWhole) => {
        const notice = readEvent(name, isWhole ? { ...CAPTURE, ...object } : object);
        if (notice.ok && notice.value.kind === "paid") {
          expect(notice.value.payment.outTradeNo).toBe(object.custom_id ?? NUMBER);
        }
      }),
      { numRuns: 300 },
    );
  });
});
