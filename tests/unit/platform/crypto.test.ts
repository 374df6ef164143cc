import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import {
  batchAad,
  cardAad,
  deriveKeys,
  fingerprint,
  isTokenOf,
  newDataKey,
  open,
  openDataKey,
  orderToken,
  seal,
  sha256,
} from "@/lib/platform/crypto";

const keys = deriveKeys(new Secret("k".repeat(40)));
const place = { merchantId: newId(), variantId: newId(), batchId: newId(), cardId: newId() };

describe("sealing", () => {
  test("what was sealed opens under its own key and place, byte for byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (plain) => {
        expect(
          Buffer.compare(open(keys.master.key, seal(keys.master.key, plain, cardAad(place)), cardAad(place)), plain),
        ).toBe(0);
      }),
    );
  });

  test("under another row's place, another key, or with any byte changed, it does not open", () => {
    const sealed = seal(keys.master.key, Buffer.from("secret"), cardAad(place));
    for (const part of ["merchantId", "variantId", "batchId", "cardId"] as const) {
      expect(() => open(keys.master.key, sealed, cardAad({ ...place, [part]: newId() }))).toThrow();
    }
    expect(() => open(keys.orderToken, sealed, cardAad(place))).toThrow();
    for (let n = 0; n < sealed.length; n++) {
      const changed = Buffer.from(sealed);
      changed[n] = (changed[n] as number) ^ 1;
      expect(() => open(keys.master.key, changed, cardAad(place))).toThrow();
    }
  });

  test("the same text is sealed differently each time", () => {
    const texts = Array.from({ length: 100 }, () =>
      seal(keys.master.key, Buffer.from("same"), "place").toString("hex"),
    );
    expect(new Set(texts).size).toBe(100);
  });

  test("a batch's data key unwraps for its own batch only", () => {
    const { dataKey, wrapped } = newDataKey(keys, place);
    expect(openDataKey(keys, wrapped, place).equals(dataKey)).toBe(true);
    expect(() => openDataKey(keys, wrapped, { ...place, batchId: newId() })).toThrow();
    expect(batchAad(place)).not.toBe(cardAad(place));
  });
});

describe("derived values", () => {
  test("equal cards of one merchant have equal fingerprints, of two merchants different ones", () => {
    const [one, other] = [keys.fingerprint(newId()), keys.fingerprint(newId())];
    expect(fingerprint(one, Buffer.from("CARD")).equals(fingerprint(one, Buffer.from("CARD")))).toBe(true);
    expect(fingerprint(one, Buffer.from("CARD")).equals(fingerprint(other, Buffer.from("CARD")))).toBe(false);
    expect(fingerprint(one, Buffer.from("CARD"))).toHaveLength(16);
  });

  test("an order's token is the same each time, another order's is not, and another shop's secret makes another", () => {
    const id = newId();
    expect(orderToken(keys, id).reveal()).toBe(orderToken(keys, id).reveal());
    expect(orderToken(keys, newId()).reveal()).not.toBe(orderToken(keys, id).reveal());
    expect(orderToken(deriveKeys(new Secret("o".repeat(40))), id).reveal()).not.toBe(orderToken(keys, id).reveal());
    expect(isTokenOf(orderToken(keys, id), sha256(orderToken(keys, id).reveal()))).toBe(true);
    expect(isTokenOf(new Secret("x"), sha256(orderToken(keys, id).reveal()))).toBe(false);
  });
});
