import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changedFields, firstIdAt, judgeTiers, toPage } from "@/lib/features/merchants/rules";
import { OrderListQuery, ProductForm, ProductListQuery, VariantForm } from "@/lib/features/merchants/schema";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { productForm, variantFields } from "../../integration/merchants/shops";

describe("wholesale prices", () => {
  test("that fall while quantities rise are taken, whatever they are", () => {
    const steps = fc.array(
      fc.record({ more: fc.integer({ min: 1, max: 50 }), less: fc.integer({ min: 1, max: 90 }) }),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(steps, (list) => {
        let quantityMin = 1;
        let unitPriceMinor = 1_000n;
        const tiers = list.map(({ more, less }) => {
          quantityMin += more;
          unitPriceMinor -= BigInt(less);
          return { quantityMin, unitPriceMinor };
        });
        expect(judgeTiers(tiers, { priceMinor: 1_000n, quantityMax: quantityMin }).ok).toBe(true);
        const swapped = [...tiers].reverse();
        if (tiers.length > 1)
          expect(judgeTiers(swapped, { priceMinor: 1_000n, quantityMax: quantityMin }).ok).toBe(false);
      }),
    );
  });
});

test("a title of 10,000 letters, and every other text beyond its bound, is refused by its field", () => {
  const field = (name: string, value: string) => {
    const parsed = ProductForm.safeParse({ ...productForm(), publishAt: "", [name]: value });
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}:${message}`);
  };
  for (const [name, max] of [
    ["titleZh", limits.titleLettersMax],
    ["titleEn", limits.titleLettersMax],
    ["descriptionZh", limits.descriptionLettersMax],
    ["usageNoteEn", limits.usageNoteLettersMax],
  ] as const) {
    expect(field(name, "字".repeat(max))).toEqual([]);
    expect(field(name, "字".repeat(Math.max(10_000, max + 1)))).toEqual([`${name}:too_long`]);
  }
});

describe("the variant form", () => {
  const codesOf = (fields: Record<string, string | string[]>) => {
    const parsed = VariantForm.safeParse(variantFields(fields));
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}:${message}`);
  };

  test.each(["0", "-1", "1e2", "1.005", "", "１２", "0.00", "1,5", "99999999999"])("refuses the price %j", (price) => {
    expect(codesOf({ price })).toContain("price:price_malformed");
  });

  test.each([
    [{ quantityMin: "0" }, "quantityMin:out_of_range"],
    [{ quantityMax: "5001" }, "quantityMax:out_of_range"],
    [{ quantityMin: "9", quantityMax: "8" }, "quantityMax:out_of_range"],
    [{ quantityMin: "1.5" }, "quantityMin:not_a_number"],
    [{ sku: "有中文" }, "sku:sku_malformed"],
    [{ titleZh: "  " }, "titleZh:required"],
    [{ tierQuantity: "ten", tierPrice: "9" }, "tierQuantity:not_a_number"],
    [{ tierQuantity: "10", tierPrice: "" }, "tierPrice:price_malformed"],
  ])("refuses %j", (fields, code) => expect(codesOf(fields)).toContain(code));

  test("reads the minor units of each currency", () => {
    const priceOf = (price: string, currency: string) =>
      VariantForm.parse(variantFields({ price, currency })).priceMinor;
    expect([priceOf("12.5", "CNY"), priceOf("12", "JPY"), priceOf("1.000001", "USDT")]).toEqual([
      1250n,
      12n,
      1_000_001n,
    ]);
  });
});

describe("queries of lists", () => {
  test("read every damaged part as not asked for", () => {
    expect(OrderListQuery.parse({ status: "x", exception: "", sort: "'; --", page: "-3", q: "a".repeat(999) })).toEqual(
      {
        q: "",
        status: undefined,
        exception: undefined,
        sort: "new",
        page: 1,
      },
    );
    expect(ProductListQuery.parse({ page: "2", sort: "stock" })).toMatchObject({ page: 2, sort: "stock" });
  });
});

test("an id made at a moment is not below the first id of that moment", () => {
  const before = Date.now();
  const id = newId();
  expect(id >= firstIdAt(before)).toBe(true);
  expect(id < firstIdAt(Date.now() + 1)).toBe(true);
});

test("one row too many says that there is another page, and is not shown", () => {
  expect(toPage([1, 2, 3], 1, 2)).toEqual({ rows: [1, 2], page: 1, hasMore: true });
  expect(toPage([1, 2], 1, 2)).toMatchObject({ hasMore: false });
});

test("the trail names fields that differ, and no others", () => {
  expect(changedFields({ a: 1n, b: "x", c: null }, { a: 1n, b: "y", c: "" })).toEqual(["b"]);
});
