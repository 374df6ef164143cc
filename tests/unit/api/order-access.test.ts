import { describe, expect, test } from "vitest";
import {
  isSameOrigin,
  orderCookieName,
  orderCookieOptions,
  orderCookiesToDrop,
  orderOfCookie,
  readToken,
} from "@/lib/entry/order-access";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";

const SHOP = "https://shop.example";

describe("the cookie of an order", () => {
  test("is named after its order and names it back", () => {
    const orderId = newId();
    expect(orderCookieName(orderId)).toMatch(/^kapu_order_[0-9a-f]{32}$/);
    expect(orderOfCookie(orderCookieName(orderId))).toBe(orderId);
    expect(orderOfCookie("kapu_order_nonsense")).toBeNull();
    expect(orderOfCookie("kapu_device")).toBeNull();
  });

  test("is out of reach of scripts, and of plain http where the shop has https", () => {
    expect(orderCookieOptions({ publicUrl: SHOP })).toMatchObject({ httpOnly: true, sameSite: "lax", secure: true });
    expect(orderCookieOptions({ publicUrl: "http://localhost:3000" })).toMatchObject({ secure: false });
  });

  test("makes room by dropping the oldest orders, and nothing that is not an order", () => {
    const orders = Array.from({ length: limits.orderCookiesMax + 2 }, (_, index) =>
      orderCookieName(`00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`),
    );
    const dropped = orderCookiesToDrop(["theme", ...orders.toReversed()]);
    expect(dropped).toEqual(orders.slice(0, 3));
    expect(orderCookiesToDrop(orders.slice(0, limits.orderCookiesMax - 1))).toEqual([]);
  });
});

test("a token is 256 bits in base64url and nothing else", () => {
  expect(readToken("a".repeat(43))?.reveal()).toBe("a".repeat(43));
  for (const text of [undefined, "", "a".repeat(42), "a".repeat(44), `${"a".repeat(42)}=`, `${"a".repeat(42)} `]) {
    expect(readToken(text)).toBeNull();
  }
});

describe("a request that changes something counts as sent by our page", () => {
  const host = "shop.example";
  test.each([
    ["its origin is the shop's address", { origin: SHOP, secFetchSite: undefined, host: "10.0.0.5:3000" }, true],
    [
      "its origin is the host it asked",
      { origin: "http://127.0.0.1:3000", secFetchSite: undefined, host: "127.0.0.1:3000" },
      true,
    ],
    ["it names no origin and the browser says so", { origin: undefined, secFetchSite: "same-origin", host }, true],
    ["it names no origin", { origin: undefined, secFetchSite: undefined, host }, false],
    ["its origin is null", { origin: "null", secFetchSite: undefined, host }, false],
    ["its origin is elsewhere", { origin: "https://evil.example", secFetchSite: "cross-site", host }, false],
    [
      "its origin only begins like ours",
      { origin: "https://shop.example.evil.example", secFetchSite: undefined, host },
      false,
    ],
    ["it comes from a sibling", { origin: "https://other.shop.example", secFetchSite: "same-site", host }, false],
  ])("when %s: %#", (_, sender, expected) => {
    expect(isSameOrigin(sender, SHOP)).toBe(expected);
  });
});
