import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeBulk } from "@/lib/features/merchants/bulk-edit";
import { changePrice, readPriceChange } from "@/lib/features/merchants/price-change";

function changed(text: string, priceMinor: bigint, currency: "CNY" | "JPY" | "USDT" = "CNY") {
  const change = readPriceChange(text);
  return change.ok ? changePrice(change.value, priceMinor, currency) : change;
}
const to = (value: bigint) => ({ ok: true, value });
const REFUSED = { ok: false, error: "price_malformed" };

describe("one wish for many prices", () => {
  test.each([
    ["", 1000n, 1000n],
    ["12.50", 1000n, 1250n],
    ["+1", 1000n, 1100n],
    ["-0.50", 1000n, 950n],
    ["−0.50", 1000n, 950n],
    ["+5%", 1000n, 1050n],
    ["-12.25%", 1000n, 878n],
    ["+0.01%", 10_000n, 10_001n],
    ["＋５％", 1000n, 1050n],
    ["+0%", 999n, 999n],
  ])("%j of %s is %s", (text, before, after) => {
    expect(changed(text, before)).toEqual(to(after));
  });

  test.each([
    "1e2",
    "abc",
    "12,50",
    "5%",
    "--1",
    "+",
    "+5%%",
    "0",
    "-100%",
    "-10.00",
    "1.005",
    "+1000.001%",
    "∞",
    "99999999999",
  ])("%j is refused and never rounded into a price", (text) => {
    expect(changed(text, 1000n)).toEqual(REFUSED);
  });

  test("keeps to the currency's own places", () => {
    expect(changed("12.5", 1000n, "JPY")).toEqual(REFUSED);
    expect(changed("0.000001", 1000n, "USDT")).toEqual(to(1n));
  });

  test("a share is rounded half up, to at most half a unit from the exact price", () => {
    fc.assert(
      fc.property(fc.bigInt(100n, 10_000_000n), fc.integer({ min: -9_900, max: 30_000 }), (price, points) => {
        const sign = points < 0 ? "-" : "+";
        const size = Math.abs(points);
        const after = changed(`${sign}${Math.floor(size / 100)}.${String(size % 100).padStart(2, "0")}%`, price);
        if (!after.ok) return;
        const exact = price * BigInt(10_000 + points);
        const off = after.value * 10_000n - exact;
        expect(off >= -5_000n && off <= 5_000n).toBe(true);
      }),
    );
  });
});

describe("a preview", () => {
  const row = {
    id: "v",
    productId: "p",
    merchantId: "m",
    sku: "S",
    titleZh: "",
    titleEn: "",
    priceMinor: 1000n,
    currency: "CNY",
    status: "published",
    version: 1,
    categoryId: "c",
    changedAt: 0n,
    tiers: [{ quantityMin: 10, unitPriceMinor: "900" }],
  };

  test("moves wholesale prices along with a share, and leaves them with a plain price", () => {
    expect(judgeBulk(row, { price: { kind: "scale", basisPoints: 1_000n } })).toMatchObject({
      ok: true,
      value: { priceMinor: 1100n, tiers: [{ quantityMin: 10, unitPriceMinor: 990n }] },
    });
    expect(judgeBulk(row, { price: { kind: "set", decimal: "12.00" } })).toMatchObject({
      ok: true,
      value: { priceMinor: 1200n, tiers: [{ quantityMin: 10, unitPriceMinor: 900n }] },
    });
  });

  test("refuses a price that its wholesale prices do not fit", () => {
    expect(judgeBulk(row, { price: { kind: "set", decimal: "8.00" } })).toEqual({ ok: false, error: "tier_price" });
  });
});
