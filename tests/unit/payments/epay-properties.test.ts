import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalText, isSignedBy, signatureOf, withSignature } from "@/lib/features/payments/gateways/epay/codec";
import { readOrderReply } from "@/lib/features/payments/gateways/epay/query";
import type { Pair } from "@/lib/features/payments/gateways/port";
import { readPairs } from "@/lib/features/payments/gateways/raw-http";
import { readPaid } from "@/tests/support/gateways";
import { account, get, KEY, NOTICE, pairsOf, post, signed } from "./epay-fixtures";

const name = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/)
  .filter((text) => text !== "sign" && text !== "sign_type");
const value = fc.string({ unit: "binary", maxLength: 40 });
const fields = fc.uniqueArray(fc.tuple(name, value), { selector: ([field]) => field, maxLength: 12 });
const key = fc.stringMatching(/^[\x21-\x7e]{8,64}$/);

test("what is signed verifies, in any order of its fields", () => {
  fc.assert(
    fc.property(fields, key, fc.infiniteStream(fc.nat()), (pairs, secret, order) => {
      const sign = signatureOf(pairs, secret);
      const shuffled = pairs
        .map((pair) => [order.next().value, pair] as const)
        .sort(([a], [b]) => a - b)
        .map(([, pair]) => pair);
      expect(isSignedBy(shuffled, sign, secret)).toBe(true);
    }),
  );
});

test("another key refuses", () => {
  fc.assert(
    fc.property(fields, key, key, (pairs, secret, other) => {
      fc.pre(secret !== other && !secret.endsWith(other) && !other.endsWith(secret));
      expect(isSignedBy(pairs, signatureOf(pairs, secret), other)).toBe(false);
    }),
  );
});

test("blank values are outside the signature exactly when PHP's trim() empties them", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[ \t\n\r\0\v]{0,6}$/),
      fc.constantFrom("\u00a0", "\u3000", "\f", "\ufeff", "0"),
      (blank, solid) => {
        const plain = canonicalText([["a", "1"]]);
        expect(
          canonicalText([
            ["a", "1"],
            ["b", blank],
          ]),
        ).toBe(plain);
        expect(
          canonicalText([
            ["a", "1"],
            ["b", blank + solid],
          ]),
        ).not.toBe(plain);
      },
    ),
  );
});

test("a notice with any one letter changed, in any field or in the signature, is never the payment it was", () => {
  const pairs = signed({ param: "a b+c" });
  const before = readPaid(account, get(pairs));
  expect(before.ok).toBe(true);
  fc.assert(
    fc.property(
      fc.nat(pairs.length - 2),
      fc.nat(),
      fc.string({ unit: "binary", minLength: 1, maxLength: 2 }),
      (at, position, letter) => {
        const [field, text] = pairs[at]!;
        const index = position % (text.length || 1);
        const changed = text.slice(0, index) + letter + text.slice(index + 1);
        fc.pre(changed !== text);
        const after = readPaid(account, get(pairs.map((pair, i): Pair => (i === at ? [field, changed] : pair))));
        expect(after.ok).toBe(false);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("no pairs, however made, make the reader throw or pay without the key", () => {
  const anyName = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(...Object.keys(NOTICE), "sign", "sign_type", "__proto__"),
  );
  const anyValue = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(...Object.values(NOTICE), "0".repeat(32), "NaN"),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyName, anyValue), { maxLength: 20 }),
      fc.constantFrom("GET", "POST", "PUT"),
      (query, method) => {
        expect(readPaid(account, { ...get(query), method }).ok).toBe(false);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("no bytes in a body make the reader throw or pay", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(readPaid(account, post(bytes)).ok).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test("what we sign survives the way through an address and back", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 30 }),
      fc.bigInt({ min: 1n, max: 9_999_999_999n }),
      (param, fen) => {
        const text = `${fen / 100n}.${String(fen % 100n).padStart(2, "0")}`;
        const pairs = withSignature(pairsOf({ ...NOTICE, money: text, param }), KEY);
        const query = readPairs(new URLSearchParams(pairs.map(([field, content]) => [field, content])).toString());
        fc.pre(!param.includes("\0"));
        expect(readPaid(account, get(query))).toMatchObject({
          ok: true,
          value: { amount: { amountMinor: fen } },
        });
      },
    ),
  );
});

test("no reply text makes the query reader throw, or pay without naming our order", () => {
  const reply = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ code: fc.anything(), status: fc.anything(), out_trade_no: fc.anything(), money: fc.anything() })
      .map((o) => {
        try {
          return JSON.stringify(o) ?? "";
        } catch {
          return "";
        }
      }),
  );
  fc.assert(
    fc.property(reply, (text) => {
      const { state } = readOrderReply(text, "T1001", { pid: "1000" });
      expect(["unknown", "not_found"]).toContain(state);
    }),
    { numRuns: 2_000 },
  );
});
