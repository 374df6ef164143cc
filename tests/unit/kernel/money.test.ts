import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add, CURRENCIES, money, multiply, parseDecimal, toDecimal } from "@/lib/kernel/money";
import vectors from "@/tests/fixtures/payment-vectors.json";

const CNY = "CNY";

describe("money", () => {
  test("amounts are read in one grammar, and everything else is refused, never rounded", () => {
    for (const { yuan, fen } of vectors.amountParsing as { yuan: string; fen: number | string | null }[]) {
      const read = parseDecimal(yuan, CNY);
      expect(read.ok ? read.value.amountMinor.toString() : null, JSON.stringify(yuan)).toBe(
        /^\d+$/.test(String(fen)) ? String(fen) : null,
      );
    }
    for (const text of [
      "1e2",
      "-1",
      "1.005",
      " 1",
      "1 ",
      "１",
      "+1",
      "01",
      ".5",
      "1.",
      "",
      "NaN",
      "100000000",
      "1,000",
      "1\n",
    ]) {
      expect(parseDecimal(text, CNY).ok, JSON.stringify(text)).toBe(false);
    }
  });

  test("what is written is read back the same, in every currency", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 99_999_999n), fc.constantFrom(...CURRENCIES), (amountMinor, currency) => {
        const read = parseDecimal(toDecimal(money(amountMinor, currency)), currency);
        expect(read).toEqual({ ok: true, value: { amountMinor, currency } });
      }),
    );
  });

  test("10, 10.0 and 10.00 are the same money", () => {
    for (const text of ["10", "10.0", "10.00"])
      expect(parseDecimal(text, CNY)).toEqual({ ok: true, value: money(1000n, CNY) });
  });

  test("currencies never mix, and a fraction of a piece has no price", () => {
    expect(() => add(money(1n, "CNY"), money(1n, "USD"))).toThrow();
    expect(() => multiply(money(1n, "CNY"), 1.5)).toThrow();
    expect(() => multiply(money(1n, "CNY"), -1)).toThrow();
    expect(multiply(money(1999n, "CNY"), 100)).toEqual(money(199_900n, "CNY"));
  });
});
