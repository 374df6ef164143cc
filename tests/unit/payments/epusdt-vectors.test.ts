import { describe, expect, test } from "vitest";
import { isSigned } from "@/lib/features/payments/gateways/epusdt/codec";
import { readNotification } from "@/lib/features/payments/gateways/epusdt/notice";
import { type JsonField, textField, writeFlatJson } from "@/lib/features/payments/gateways/flat-json";
import { canonicalJsonText, goNumber, signatureOfText } from "@/lib/features/payments/gateways/json-signature";
import { Secret } from "@/lib/kernel/secret";
import { configOf, fieldsOf, post, vectors, withToken } from "./epusdt-fixtures";

const fieldsOfVector = (params: object): JsonField[] => fieldsOf(params as Record<string, string | number>);

describe("every published vector of the epusdt family", () => {
  for (const { name, params, token, stringToHash, signature } of vectors.epusdt) {
    test(name, () => {
      const fields = fieldsOfVector(params);
      const texts = [
        canonicalJsonText(fields, { name: "signature" }),
        canonicalJsonText(fields, { name: "signature" }, goNumber),
      ];
      expect(texts.map((text) => text + token)).toContain(stringToHash);
      expect(texts.map((text) => signatureOfText(text, { algorithm: "md5", token: new Secret(token) }))).toContain(
        signature,
      );
      expect(isSigned([...fields, textField("signature", signature)], withToken(token))).toBe(true);
      expect(isSigned([...fields, textField("signature", signature)].reverse(), withToken(token))).toBe(true);
      expect(isSigned([...fields, textField("signature", signature)], withToken(`${token}x`))).toBe(false);
    });
  }
  test("a million is signed as Go prints it, and the letters of the notice alone would not do", () => {
    const { params, token, signature, jsDefaultWouldBe } = vectors.epusdt[4]!;
    const literal = canonicalJsonText(fieldsOfVector(params), { name: "signature" });
    expect(signatureOfText(literal, { algorithm: "md5", token: new Secret(token) })).toBe(jsDefaultWouldBe);
    expect(signature).not.toBe(jsDefaultWouldBe);
  });
  test("HMAC-SHA256 over the text alone, as GMWalletApp's own test has it", () => {
    const fields = fieldsOf({ signature: "ignored", pid: "1000", empty: "", name: "VIP", amount: 100 });
    const text = canonicalJsonText([...fields, { name: "nil", text: "null", kind: "null" }], { name: "signature" });
    expect(signatureOfText(text, { algorithm: "hmac_sha256", token: new Secret("test-secret") })).toBe(
      "ced9141fab53a83d1178f903e7c22d8a2a7033520f31e319934e92455a008b6c",
    );
    expect(signatureOfText(text, { algorithm: "md5", token: new Secret("test-secret") })).toBe(
      "2203e5d2a13264c188f7fac194a632f8",
    );
  });
});

describe("notices of the vectors", () => {
  const read = (index: number) => {
    const { params, token, signature } = vectors.epusdt[index]!;
    const body = writeFlatJson([...fieldsOfVector(params), textField("signature", signature)]);
    return readNotification(post(body), { ...configOf("bepusdt"), token: new Secret(token) });
  };
  test("status 2 is a payment of the order's own amount; the coins are evidence", () => {
    expect(read(1)).toMatchObject({
      ok: true,
      value: {
        kind: "paid",
        payment: {
          accountRef: "usdt.example",
          outTradeNo: "A1",
          gatewayTradeNo: "202203251648208648961728",
          amount: { amountMinor: 10_000n, currency: "CNY" },
        },
      },
    });
    const notice = read(1);
    const evidence = notice.ok && notice.value.kind === "paid" ? notice.value.payment.evidence : [];
    expect(evidence).toContainEqual(["actual_amount", "15.625"]);
  });
  test("a million yuan", () => {
    expect(read(4)).toMatchObject({ value: { payment: { amount: { amountMinor: 100_000_000n } } } });
  });
  test("waiting and expired are rightly signed, and nothing", () => {
    expect(read(2)).toEqual({ ok: true, value: { kind: "nothing", what: "pending" } });
    expect(read(3)).toEqual({ ok: true, value: { kind: "nothing", what: "expired" } });
  });
});
