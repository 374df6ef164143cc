// Over 300 lines: the attacks of one protocol read best as one list.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { Secret } from "@/lib/kernel/secret";
import {
  account,
  accountWith,
  eventOf,
  headerOf,
  NOW,
  NUMBER,
  OLD_SECRET,
  post,
  read,
  readEvent,
  readSession,
  SECRET,
  SESSION,
  SETTINGS,
} from "./stripe-fixtures";

const BODY = eventOf("checkout.session.completed", SESSION);
const refusal = (result: ReturnType<typeof read>): string => (result.ok ? result.value.kind : result.error);
const withHeader = (header: string | undefined, body: string | Uint8Array = BODY) => refusal(read(post(body, header)));

test("the true event is read, so that every refusal below means something", () => {
  expect(withHeader(headerOf(BODY))).toBe("paid");
});

describe("attack 1: the amount is not compared", () => {
  test("a rightly signed cent for an order of 19.99 arrives as one cent, for the order to judge", () => {
    expect(readSession({ amount_total: 1 })).toMatchObject({ value: { payment: { amount: { amountMinor: 1n } } } });
  });
  test("an amount changed after signing is refused", () => {
    expect(withHeader(headerOf(BODY), BODY.replace('"amount_total":1999', '"amount_total":1'))).toBe("bad_signature");
  });
});

describe("attack 2: a foreign merchant", () => {
  test("signed with his secret: refused", () => {
    expect(withHeader(headerOf(BODY, { secret: "whsec_of_another_merchant" }))).toBe("bad_signature");
  });
  test("an event of a connected account, rightly signed: another account's money", () => {
    const body = eventOf("checkout.session.completed", SESSION, { account: "acct_other" });
    expect(withHeader(headerOf(body), body)).toBe("other_account");
  });
  test("another program's session on the same account is nothing", () => {
    for (const changes of [
      { client_reference_id: null },
      { client_reference_id: "order-17" },
      { client_reference_id: "cus_1" },
      { client_reference_id: "" },
      { metadata: { out_trade_no: "K1123456789ABCDEFGHJKMNPQRSTVWXY" } },
    ]) {
      expect(readSession(changes)).toEqual({ ok: true, value: { kind: "nothing", what: "other" } });
    }
  });
});

describe("attack 3: an old event is replayed", () => {
  test("twice within its time it is the same payment by the same number", () => {
    expect(read(post(BODY, headerOf(BODY)))).toEqual(read(post(BODY, headerOf(BODY))));
  });
  test("moved to another order it is refused", () => {
    const moved = BODY.replaceAll(NUMBER, "K1123456789ABCDEFGHJKMNPQRSTVWXY");
    expect(withHeader(headerOf(BODY), moved)).toBe("bad_signature");
  });
  test("with a fresh time and its old signature it is refused", () => {
    expect(withHeader(headerOf(BODY).replace(/^t=\d+/, `t=${NOW / 1_000 + 1}`))).toBe("bad_signature");
  });
});

describe("attack 4: the sender picks the algorithm", () => {
  for (const scheme of ["v0", "v2", "V1", "none", "sha1", "v1 ", "v1\u00a0"]) {
    test(`a signature under ${JSON.stringify(scheme)} is none`, () => {
      expect(withHeader(headerOf(BODY).replace("v1=", `${scheme}=`))).toBe("malformed");
    });
  }
});

describe("attack 5: an account without true secrets", () => {
  const problemsOf = (changes: Record<string, unknown>) => {
    const opened = gatewayOf("stripe").openAccount({ ...SETTINGS, ...changes });
    return opened.ok ? "opened" : opened.error;
  };
  test("no webhook secret, an empty one, a short one, one of another kind", () => {
    expect(problemsOf({ webhookSecrets: [] })).toEqual(["webhook_secrets_missing"]);
    expect(problemsOf({ webhookSecrets: "" })).toEqual(["webhook_secrets_missing"]);
    expect(problemsOf({ webhookSecrets: undefined })).toEqual(["webhook_secrets_missing"]);
    expect(problemsOf({ webhookSecrets: ["whsec_short"] })).toEqual(["webhook_secrets_too_short"]);
    for (const secret of ["", "x".repeat(40), SETTINGS.secretKey, "whsec_密钥密钥密钥密钥密钥密钥密钥密钥", 5, null]) {
      expect(problemsOf({ webhookSecrets: [secret] })).toEqual(["webhook_secrets_malformed"]);
    }
  });
  test("secrets may come one per line, as texts or as Secrets", () => {
    expect(problemsOf({ webhookSecrets: `${SECRET}\n ${OLD_SECRET}\r\n` })).toBe("opened");
    expect(problemsOf({ webhookSecrets: [new Secret(SECRET)], secretKey: new Secret(SETTINGS.secretKey) })).toBe(
      "opened",
    );
  });
  test("no key, a publishable one, a short one", () => {
    expect(problemsOf({ secretKey: "" })).toEqual(["secret_key_missing"]);
    expect(problemsOf({ secretKey: undefined })).toEqual(["secret_key_missing"]);
    expect(problemsOf({ secretKey: "sk_test_short" })).toEqual(["secret_key_too_short"]);
    for (const key of ["pk_test_51AbCdEfGhIjKlMnOpQrStUv", "x".repeat(32), `${SETTINGS.secretKey} x`, 7]) {
      expect(problemsOf({ secretKey: key })).toEqual(["secret_key_malformed"]);
    }
  });
  test("the key is told to nobody over plain http, but on this machine", () => {
    expect(problemsOf({ endpoint: "http://api.stripe.com" })).toEqual(["endpoint_insecure"]);
    expect(problemsOf({ endpoint: "ftp://api.stripe.com" })).toEqual(["endpoint_malformed"]);
    expect(problemsOf({ endpoint: "http://127.0.0.1:9" })).toBe("opened");
    expect(problemsOf({ endpoint: "" })).toBe("opened");
  });
  test("a setting that nobody knows is refused", () => expect(problemsOf({ isLive: true })).toEqual(["unreadable"]));
});

describe("attack 7: amounts that are floats, tricks or other spellings", () => {
  for (const amount of [19.99, -1999, 0, "1999", null, 1e21, 2 ** 53, true, [1999]]) {
    test(`amount_total ${JSON.stringify(amount)} pays for nothing`, () => {
      expect(["bad_amount", "malformed"]).toContain(refusal(readSession({ amount_total: amount })));
    });
  }
  for (const currency of ["gbp", "usdt", "", "us", "__proto__", "constructor", null]) {
    test(`currency ${JSON.stringify(currency)} is none of ours`, () => {
      expect(refusal(readSession({ currency }))).toBe("bad_amount");
    });
  }
});

describe("attack 9: a session that completed, and nobody paid", () => {
  test("unpaid: the money may come in days", () => {
    expect(readSession({ payment_status: "unpaid" })).toEqual({
      ok: true,
      value: { kind: "nothing", what: "pending" },
    });
  });
  for (const status of ["no_payment_required", "PAID", "paid ", "", "a_word_of_next_year"]) {
    test(`payment_status ${JSON.stringify(status)} pays for nothing`, () => {
      expect(readSession({ payment_status: status })).toEqual({ ok: true, value: { kind: "nothing", what: "other" } });
    });
  }
  test("without payment_status it is no session", () => {
    expect(refusal(readSession({ payment_status: undefined }))).toBe("malformed");
  });
  test("told that it succeeded, yet unpaid: Stripe is asked", () => {
    expect(readSession({ payment_status: "unpaid" }, "checkout.session.async_payment_succeeded")).toEqual({
      ok: true,
      value: { kind: "ask", outTradeNo: NUMBER },
    });
  });
});

describe("attack 10: a refund in a payment's clothes", () => {
  test("no event about refunds or disputes is ever a payment, whatever its object is", () => {
    for (const type of [
      "charge.refunded",
      "refund.created",
      "refund.updated",
      "refund.failed",
      "charge.dispute.created",
    ]) {
      expect(refusal(readEvent(type, SESSION))).toBe("malformed");
    }
  });
  test("a paid event whose object is a refund is malformed", () => {
    const refund = {
      id: "re_1",
      object: "refund",
      amount: 1999,
      currency: "usd",
      status: "succeeded",
      payment_intent: "pi_1",
    };
    expect(refusal(readEvent("checkout.session.completed", refund))).toBe("malformed");
  });
});

describe("attack 12: repeated and poisoned headers and members", () => {
  const header = headerOf(BODY);
  test("two signature headers, or two times in one, are refused", () => {
    const raw = post(BODY, header);
    expect(refusal(read({ ...raw, headers: [...raw.headers, ["stripe-signature", header]] }))).toBe("malformed");
    expect(withHeader(`${header},t=1`)).toBe("malformed");
    expect(withHeader(`t=1,${header}`)).toBe("malformed");
  });
  test("__proto__ in the object changes nothing", () => {
    const body = BODY.replace('"payment_status":"paid"', '"__proto__":{"payment_status":"paid"}');
    expect(withHeader(headerOf(body), body)).toBe("malformed");
  });
  test("an address with parameters, another verb, no header", () => {
    const raw = post(BODY, header);
    expect(refusal(read({ ...raw, query: [["a", "1"]] }))).toBe("malformed");
    for (const method of ["GET", "PUT", "post", ""]) expect(refusal(read({ ...raw, method }))).toBe("malformed");
    expect(withHeader(undefined)).toBe("malformed");
  });
  test("ten thousand signatures are not tried", () => {
    expect(withHeader(`${header}${`,v1=${"0".repeat(64)}`.repeat(10_000)}`)).toBe("malformed");
    expect(withHeader(`${header}${`,v1=${"0".repeat(64)}`.repeat(16)}`)).toBe("malformed");
  });
});

describe("attack 13: signatures in every wrong spelling", () => {
  const good = headerOf(BODY).split("v1=")[1] ?? "";
  for (const sign of [
    good.toUpperCase(),
    good.slice(1),
    `${good}0`,
    "",
    "0",
    "null",
    good.replace(/./, "．"),
    `0x${good}`,
  ]) {
    test(`v1=${JSON.stringify(sign)} is refused`, () => {
      expect(withHeader(`t=${NOW / 1_000},v1=${sign}`)).toBe("bad_signature");
    });
  }
  for (const time of ["", "-1", "1.8e9", "NaN", "１７９５", `${NOW / 1_000}n`, "9".repeat(13)]) {
    test(`t=${time} is no time`, () => expect(withHeader(`t=${time},v1=${good}`)).toBe("malformed"));
  }
});

describe("attack 18: the body is the bytes that came", () => {
  test("spaces, escapes and order of members are signed as they are", () => {
    const pretty = JSON.stringify(JSON.parse(BODY), null, 2);
    expect(withHeader(headerOf(pretty), pretty)).toBe("paid");
    expect(withHeader(headerOf(BODY), pretty)).toBe("bad_signature");
  });
  test("bytes that are not UTF-8 are no event, rightly signed or not", () => {
    const body = new TextEncoder().encode(BODY);
    body[BODY.indexOf("buyer@")] = 0xff;
    expect(withHeader(headerOf(body), body)).toBe("malformed");
  });
  test("signed, and no event: not JSON, an array, null, a text, a thin event of another interface", () => {
    for (const body of ["", "[]", "null", '"paid"', "{}", "<html>", `{"object":"v2.core.event","id":"evt_1"}`]) {
      expect(withHeader(headerOf(body), body)).toBe("malformed");
    }
  });
  test("a body past the bound is refused, rightly signed or not", () => {
    const body = BODY.replace("A Buyer", "A".repeat(70_000));
    expect(withHeader(headerOf(body), body)).toBe("malformed");
  });
});

describe("attack 20: stale and future events", () => {
  const at = (seconds: number) => withHeader(headerOf(BODY, { at: NOW / 1_000 + seconds }));
  test("five minutes either way, and not a second more", () => {
    expect([at(-300), at(300)]).toEqual(["paid", "paid"]);
    expect([at(-301), at(301), at(-86_400), at(86_400 * 365)]).toEqual(["stale", "stale", "stale", "stale"]);
  });
});

describe("attack 29: events of the other world", () => {
  test("a test event on a live account, a live one on a test account", () => {
    const live = accountWith({ secretKey: "sk_live_51AbCdEfGhIjKlMnOpQrStUv" });
    expect(refusal(read(post(BODY, headerOf(BODY)), live))).toBe("other_account");
    const body = eventOf("checkout.session.completed", { ...SESSION, livemode: true }, { livemode: true });
    expect(refusal(read(post(body, headerOf(body)), live))).toBe("paid");
    expect(withHeader(headerOf(body), body)).toBe("other_account");
  });
  test("a refund of the other world, whose object does not name it", () => {
    const refund = {
      id: "re_1",
      object: "refund",
      amount: 1,
      currency: "usd",
      status: "succeeded",
      payment_intent: "pi_1",
    };
    expect(refusal(readEvent("refund.updated", refund))).toBe("refund");
    expect(refusal(readEvent("refund.updated", refund, { livemode: true }))).toBe("other_account");
  });
  test("an event and a session that disagree", () => {
    expect(refusal(readSession({ livemode: true }))).toBe("other_account");
  });
});

test("attack 17: the three answers differ in their status, which is all that Stripe reads", () => {
  expect(account.accepted.status).toBe(200);
  expect(account.refused.status).toBe(400);
  expect(account.deferred.status).toBe(503);
});

describe("secrets that are being changed", () => {
  test("the one before is still good, a third is not", () => {
    expect(withHeader(headerOf(BODY, { secret: OLD_SECRET }))).toBe("paid");
    expect(withHeader(`${headerOf(BODY, { secret: "whsec_a_third_secret_here" })},v1=${"0".repeat(64)}`)).toBe(
      "bad_signature",
    );
  });
});

describe("whatever comes", () => {
  test("no bytes make the reader throw or pay", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "binary" }), (body, header) => {
        expect(read(post(body, header)).ok).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
  test("no signed JSON makes the reader throw, or pay for another number than it names", () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(SESSION)));
    const session = fc.record(Object.fromEntries(Object.keys(SESSION).map((name) => [name, value])), {
      requiredKeys: [],
    });
    const type = fc.constantFrom(
      "checkout.session.completed",
      "refund.updated",
      "charge.refunded",
      "charge.dispute.closed",
    );
    fc.assert(
      fc.property(session, type, fc.boolean(), (object, name, isWhole) => {
        const notice = readEvent(name, isWhole ? { ...SESSION, ...object } : object);
        if (notice.ok && notice.value.kind === "paid")
          expect(notice.value.payment.outTradeNo).toBe(object.client_reference_id ?? NUMBER);
      }),
      { numRuns: 1_000 },
    );
  });
  test("one byte changed anywhere, and it is never the payment it was", () => {
    const bytes = new TextEncoder().encode(BODY);
    const header = headerOf(BODY);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = bytes.slice();
        altered[at] = (altered[at] ?? 0) ^ change;
        expect(withHeader(header, altered)).toBe("bad_signature");
      }),
    );
  });
});
