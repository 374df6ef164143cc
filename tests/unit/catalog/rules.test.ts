import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unitPriceMinor } from "@/lib/features/catalog/pricing";
import {
  bestBand,
  escapeLike,
  formatCursor,
  matchesTerms,
  parseCursor,
  STOCK_BANDS,
  searchTerms,
} from "@/lib/features/catalog/rules";
import { ListingQuery } from "@/lib/features/catalog/schema";

describe("what a buyer is told", () => {
  test("a product is as well stocked as its best variant, and sold out without any", () => {
    expect(bestBand([])).toBe("sold_out");
    expect(bestBand(["sold_out", "low"])).toBe("low");
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STOCK_BANDS)), (bands) => {
        expect(bestBand([...bands, "in_stock"])).toBe("in_stock");
      }),
    );
  });

  test("the price is that of the highest tier reached, whatever the order of the tiers", () => {
    const tiers = [
      { quantityMin: 100, unitPriceMinor: 80n },
      { quantityMin: 10, unitPriceMinor: 90n },
    ];
    const price = (quantity: number) => unitPriceMinor(100n, tiers, quantity);
    expect([1, 9, 10, 99, 100, 5000].map(price)).toEqual([100n, 100n, 90n, 90n, 80n, 80n]);
  });
});

describe("what a visitor types", () => {
  test("a cursor comes back as it was written, and anything else reads as none", () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.uuid(), (position, id) => {
        expect(parseCursor(formatCursor({ position, id }))).toEqual({ position, id });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => parseCursor(text) === null || formatCursor(parseCursor(text)!) === text),
    );
  });

  test("is never a wildcard", () => {
    expect(escapeLike("100%_\\")).toBe("100\\%\\_\\\\");
  });

  test("makes at most eight terms, with full-width signs read as plain ones", () => {
    expect(searchTerms("  ＡＢＣ　点卡 ")).toEqual(["ABC", "点卡"]);
    expect(searchTerms("a ".repeat(500))).toHaveLength(8);
  });

  test("a damaged query reads as one that asks for nothing", () => {
    expect(ListingQuery.parse({ category: "../x", q: ["a"], cursor: "?", limit: "1e9" })).toEqual({});
    expect(ListingQuery.parse({ q: "   " })).toEqual({});
  });
});

test("typing on the shelf finds what every word occurs in, in either language and width", () => {
  expect(matchesTerms(["星河点卡", "Star River credits"], searchTerms("river 点卡"))).toBe(true);
  expect(matchesTerms(["星河点卡", "Star River credits"], searchTerms("ＲＩＶＥＲ"))).toBe(true);
  expect(matchesTerms(["星河点卡"], searchTerms("星河 咖啡"))).toBe(false);
  expect(matchesTerms([], [])).toBe(true);
});
