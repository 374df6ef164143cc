import { describe, expect, test } from "vitest";
import { canonicalText, isSignedBy, signatureOf } from "@/lib/features/payments/gateways/epay/codec";
import { readOrderReply } from "@/lib/features/payments/gateways/epay/query";
import { parseDecimal } from "@/lib/kernel/money";
import { readPaid } from "@/tests/support/gateways";
import { account, get, getUrl, KEY, pairsOf, post, vectors } from "./epay-fixtures";

describe("every published vector of EPay v1", () => {
  for (const { name, params, key, stringToHash, sign } of vectors.epayV1) {
    test(name, () => {
      const pairs = pairsOf(params);
      expect(canonicalText(pairs) + key).toBe(stringToHash);
      expect(signatureOf(pairs, key)).toBe(sign);
      expect(isSignedBy(pairs, sign, key)).toBe(true);
      expect(isSignedBy([...pairs].reverse(), sign, key)).toBe(true);
    });
  }

  const [basic] = vectors.epayV1;
  for (const { name, sign } of vectors.epayV1Negative) {
    test(`refused: ${name}`, () => {
      expect(isSignedBy(pairsOf(basic!.params), sign, basic!.key)).toBe(false);
    });
  }

  test("re-formatting the money breaks the signature: it is checked over what was received", () => {
    const [padded, unpadded] = [vectors.epayV1[5]!, vectors.epayV1[4]!];
    expect(isSignedBy(pairsOf(padded.params), unpadded.sign, KEY)).toBe(false);
  });
});

describe("bytes that real servers sent", () => {
  test("Rainbow EPay: money 10.00 comes back as 10, the name as a constant", () => {
    const { url } = vectors.captured.epayV1Notify;
    expect(readPaid(account, getUrl(url))).toMatchObject({
      ok: true,
      value: {
        accountRef: "1000",
        outTradeNo: "T1001",
        gatewayTradeNo: "2026112017500275163",
        amount: { amountMinor: 1000n, currency: "CNY" },
        method: "alipay",
      },
    });
  });

  test("Rainbow EPay: money 0.10 comes back as 0.1", () => {
    const notice = readPaid(account, getUrl(vectors.captured.epayV1Notify01.url));
    expect(notice).toMatchObject({ ok: true, value: { outTradeNo: "T1004", amount: { amountMinor: 10n } } });
  });

  test("a server of the family that posts a form, and signs fields we do not know", () => {
    const { body, contentType } = vectors.captured.lunafirNotifyPost;
    const notice = readPaid(account, post(body, contentType));
    expect(notice).toMatchObject({ ok: true, value: { outTradeNo: "L1001", amount: { amountMinor: 1000n } } });
  });

  test("a v2 notice signed with RSA is no v1 notice, whatever its sign_type says", () => {
    expect(readPaid(account, getUrl(vectors.captured.epayV2Notify.url))).toEqual({
      ok: false,
      error: "bad_signature",
    });
  });

  test("an unpaid order's query reply, numbers, texts and nulls mixed", () => {
    expect(readOrderReply(vectors.captured.epayV1OrderUnpaid, "T1001", { pid: "1000" })).toEqual({ state: "pending" });
  });
});

describe("amounts", () => {
  for (const { yuan, fen } of vectors.amountParsing) {
    const isAmount = fen !== null && /^\d+$/.test(fen);
    test(`"${yuan}" ${isAmount ? `is ${fen} fen` : "is refused"}`, () => {
      const parsed = parseDecimal(yuan, "CNY");
      expect(parsed.ok ? parsed.value.amountMinor : null).toBe(isAmount ? BigInt(fen) : null);
    });
  }
});

test("two field sets with one canonical text: the forged one passes the signature and falls at the grammar", () => {
  const { signedMap, forgedMap, sign, key } = vectors.canonicalAmbiguity;
  expect(isSignedBy(pairsOf(signedMap), sign, key)).toBe(true);
  expect(isSignedBy(pairsOf(forgedMap), sign, key)).toBe(true);
  const forged = pairsOf({ ...forgedMap, pid: "1000", trade_no: "1" });
  const notice = get([...forged, ["sign", signatureOf(forged, KEY)]]);
  expect(readPaid(account, notice)).toEqual({ ok: false, error: "bad_amount" });
});
