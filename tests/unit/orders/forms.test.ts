import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LinkForm, LookupForm, OrderForm } from "@/lib/features/orders/schema";
import { newOrderNumber } from "@/lib/kernel/id";

const good = {
  variantId: `var_${"a".repeat(32)}`,
  quantity: "3",
  email: " Buyer@Example.com ",
  password: "",
  gateway: "epay",
};

describe("what a browser's forms send", () => {
  test("an order form reads as an order; an empty password is none", () => {
    expect(OrderForm.parse(good)).toEqual({ ...good, quantity: 3, email: "buyer@example.com", password: undefined });
  });

  test.each([
    ["quantity", "0"],
    ["quantity", "-1"],
    ["quantity", "1.5"],
    ["quantity", "1e3"],
    ["quantity", "5001"],
    ["quantity", "1000000000"],
    ["quantity", ""],
    ["email", "nobody"],
    ["email", `${"a".repeat(250)}@example.com`],
    ["password", "short"],
    ["password", "x".repeat(129)],
    ["variantId", "ord_00000000000000000000000000000000"],
    ["gateway", ""],
  ])("%s %j is refused, by its own name", (field, value) => {
    const parsed = OrderForm.safeParse({ ...good, [field]: value });
    expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual([field]);
  });

  test("an order number is read however people write it down", () => {
    fc.assert(
      fc.property(fc.constantFrom(" ", "-", "–", ""), fc.boolean(), (mark, isLower) => {
        const number = newOrderNumber(Date.UTC(2026, 10, 21));
        const written = number.replaceAll("-", mark).replaceAll("0", "O").replaceAll("1", "l");
        const typed = isLower ? written.toLowerCase() : written;
        expect(LookupForm.parse({ number: typed, password: "x" }).number).toBe(number);
      }),
    );
  });

  test("a mailed link is read whole or by its token, and nothing else is", () => {
    const token = `${"A-_b".repeat(10)}abc`;
    expect(LinkForm.parse({ link: ` https://shop.example/zh/orders/link#${token} ` }).link).toBe(token);
    expect(LinkForm.parse({ link: token }).link).toBe(token);
    for (const link of ["", "https://shop.example/zh/orders/link", `${token}x`]) {
      expect(LinkForm.safeParse({ link }).success).toBe(false);
    }
  });
});
