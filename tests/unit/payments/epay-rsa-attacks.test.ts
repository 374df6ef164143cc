import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText, withSignature } from "@/lib/features/payments/gateways/epay/codec";
import { isSignedForUs, signedPairs } from "@/lib/features/payments/gateways/epay/signing";
import type { Pair } from "@/lib/features/payments/gateways/port";
import { readPairs } from "@/lib/features/payments/gateways/raw-http";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { isSignedByRsa, readPublicKey } from "@/lib/features/payments/gateways/rsa";
import { readPaid } from "@/tests/support/gateways";
import { get, pairsOf, post, vectors } from "./epay-fixtures";
import { NOW, RSA_NOTICE, RSA_SETTINGS, rsaAccount, rsaConfig, signedByPlatform, strangers } from "./epay-rsa-fixtures";

const refusal = (pairs: readonly Pair[], now = NOW) => {
  const notice = readPaid(rsaAccount, get(pairs), now);
  return notice.ok ? "accepted" : notice.error;
};

describe("every vector of EPay v2", () => {
  const [request, notice, listed] = vectors.epayV2;
  test("the request is signed with the merchant's key, to the letter", () => {
    const pairs = pairsOf(request!.params as unknown as Record<string, string>);
    expect(canonicalText(pairs)).toBe(request!.stringToSign);
    expect(new Map(signedPairs(pairs, rsaConfig)).get("sign")).toBe(request!.sign);
  });
  test("the notice is believed under the platform's key, and read", () => {
    expect(readPaid(rsaAccount, get([...pairsOf(RSA_NOTICE), ["sign", notice!.sign]]), NOW)).toMatchObject({
      ok: true,
      value: { accountRef: "1001", outTradeNo: "20160806151343351", amount: { amountMinor: 100n }, method: "alipay" },
    });
  });
  test("lists stand outside the signature", () => {
    const pairs: Pair[] = [
      ["code", "0"],
      ["timestamp", "1721206072"],
    ];
    expect(canonicalText(pairs)).toBe(listed!.stringToSign);
    expect(isSignedForUs(pairs, listed!.sign, rsaConfig)).toBe(true);
  });
  test("bytes of a real server: signed under its own key, HTML-escaped, without the pair of the address", () => {
    const { url, stringToSign, platformPublicKeySpkiBase64 } = vectors.captured.epayV2Notify;
    const pairs = readPairs(url.slice(url.indexOf("?") + 1));
    const own = pairs.filter(([name]) => name !== "tenant");
    const key = readPublicKey(platformPublicKeySpkiBase64);
    const sign = new Map(own).get("sign")!;
    expect(canonicalText(own)).toBe(stringToSign);
    expect(key.ok && isSignedByRsa(canonicalText(own), sign, key.value)).toBe(true);
    expect(key.ok && isSignedByRsa(canonicalText(pairs), sign, key.value)).toBe(false);
  });
});

describe("attack 2: a foreign merchant of the same platform pays himself and shows us the notice", () => {
  test("rightly signed by the platform for his number: refused by the account", () => {
    expect(refusal(signedByPlatform())).toBe("accepted");
    for (const pid of ["1002", "01001", "1001 "]) expect(refusal(signedByPlatform({ pid }))).toBe("other_account");
  });
  test("signed by a stranger, or by ourselves: refused", () => {
    expect(refusal(signedByPlatform({}, strangers.privateKey))).toBe("bad_signature");
    expect(refusal(signedPairs(pairsOf({ ...RSA_NOTICE, sign_type: undefined }), rsaConfig))).toBe("bad_signature");
  });
});

describe("attack 4: the sender picks the algorithm", () => {
  for (const signType of ["MD5", "none", "", "RSA2", "rsa"]) {
    test(`sign_type=${signType || "(empty)"} changes nothing`, () => {
      const renamed = signedByPlatform().map(
        (pair): Pair => (pair[0] === "sign_type" ? ["sign_type", signType] : pair),
      );
      expect(refusal(renamed)).toBe("accepted");
      expect(refusal(renamed.map((pair): Pair => (pair[0] === "sign" ? ["sign", "0".repeat(32)] : pair)))).toBe(
        "bad_signature",
      );
    });
  }
  test("an MD5 keyed with the text of a public key, or with nothing, is refused", () => {
    for (const key of [RSA_SETTINGS.platformPublicKey, RSA_SETTINGS.merchantPrivateKey, ""])
      expect(refusal(withSignature(pairsOf({ ...RSA_NOTICE, sign_type: undefined }), key))).toBe("bad_signature");
  });
});

describe("attack 20: a stale or future time", () => {
  test("five minutes either way are now; a second more is not", () => {
    for (const seconds of [-300, 0, 300]) expect(refusal(signedByPlatform(), NOW + seconds * 1000)).toBe("accepted");
    for (const seconds of [-301, 301, 86_400]) expect(refusal(signedByPlatform(), NOW + seconds * 1000)).toBe("stale");
  });
  test("a time that is none is stale, rightly signed or not", () => {
    for (const timestamp of [undefined, "", "0", "1721206072.0", "1721206072000", "now", "+172120607"])
      expect(refusal(signedByPlatform({ timestamp }))).toBe("stale");
  });
});

describe("attacks 9, 11 and 12: what v1 refuses, v2 refuses too", () => {
  test("no success, an amount that is none, a field that swallowed its neighbour", () => {
    expect(refusal(signedByPlatform({ trade_status: "TRADE_CLOSED" }))).toBe("not_success");
    expect(refusal(signedByPlatform({ money: "1e1" }))).toBe("bad_amount");
    expect(refusal(signedByPlatform({ trade_no: "1&trade_status=TRADE_SUCCESS" }))).toBe("malformed");
  });
  test("repeats and arrays", () => {
    expect(refusal([...signedByPlatform(), ["money", "1"]])).toBe("malformed");
    expect(refusal([...signedByPlatform(), ["sign[]", "x"]])).toBe("malformed");
  });
});

test("no bytes make the reader throw or pay", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 400 }), (bytes, sign) => {
      expect(readPaid(rsaAccount, post(bytes), NOW).ok).toBe(false);
      expect(refusal([...pairsOf(RSA_NOTICE), ["sign", sign]])).not.toBe("accepted");
    }),
    { numRuns: 300 },
  );
});

describe("attack 5: an account without true keys", () => {
  const problemsOf = (changes: Record<string, unknown>) => {
    const opened = gatewayOf("epay").openAccount({ ...RSA_SETTINGS, ...changes });
    return opened.ok ? "opened" : opened.error;
  };
  const { merchantPrivateKey, platformPublicKey } = RSA_SETTINGS;
  test("keys are taken as PEM and as bare base64, broken into lines or not", () => {
    const bare = platformPublicKey.replace(/-----[^-]+-----|\s/g, "");
    expect(problemsOf({ platformPublicKey: bare })).toBe("opened");
    expect(problemsOf({ platformPublicKey: bare.replace(/(.{64})/g, "$1\r\n") })).toBe("opened");
    const pkcs1 = strangers.privateKey.export({ format: "der", type: "pkcs1" }).toString("base64");
    expect(problemsOf({ merchantPrivateKey: pkcs1 })).toBe("opened");
    expect(problemsOf({ merchantPrivateKey: strangers.privateKey.export({ format: "pem", type: "pkcs8" }) })).toBe(
      "opened",
    );
  });
  test("a missing, empty or swapped key is named", () => {
    expect(problemsOf({ merchantPrivateKey: undefined, platformPublicKey: "" })).toEqual([
      "merchant_private_key_missing",
      "platform_public_key_missing",
    ]);
    expect(problemsOf({ merchantPrivateKey: platformPublicKey, platformPublicKey: merchantPrivateKey })).toEqual([
      "merchant_private_key_malformed",
      "platform_public_key_malformed",
    ]);
  });
  test("our own public key in the platform's place is refused: no notice would ever be believed, or ours would", () => {
    expect(problemsOf({ platformPublicKey: vectors.keys.merchant.publicSpkiPem })).toEqual([
      "platform_public_key_malformed",
    ]);
  });
  test("a dialect without a second version does not take RSA", () => {
    expect(problemsOf({ profile: "lunafir" })).toEqual(["sign_mode_malformed"]);
    expect(problemsOf({ signMode: "HMAC" })).toContain("sign_mode_malformed");
  });
});
