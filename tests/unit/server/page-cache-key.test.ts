import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { cacheKeyOf } from "@/server/page-cache-key";

const keyOf = (url: string, headers: Record<string, string> = {}, method = "GET") =>
  cacheKeyOf({ url, headers, method } as unknown as IncomingMessage);

test.each([
  ["/zh", "/zh"],
  ["/en", "/en"],
  ["/zh/products/starriver", "/zh/products/starriver"],
  ["/zh?category=games", "/zh?category=games"],
  [
    "/zh?cursor=3.0199f0c2a4b87c3e9d5f1a2b3c4d5e6f&category=games",
    "/zh?category=games&cursor=3.0199f0c2a4b87c3e9d5f1a2b3c4d5e6f",
  ],
])("%s is kept as %s", (url, key) => {
  expect(keyOf(url)).toBe(key);
  expect(keyOf(url, {}, "HEAD")).toBe(key);
});

describe("not kept", () => {
  test.each([
    ["/"],
    ["/fr"],
    ["/zh/"],
    ["/zh/orders/ord_0199f0c2a4b87c3e9d5f1a2b3c4d5e6f"],
    ["/zh/lookup"],
    ["/zh?q=steam"],
    ["/zh?category=games&q=steam"],
    ["/zh?category=games&category=books"],
    ["/zh?category=%00"],
    ["/zh?anything=1"],
    ["/zh?__proto__=1"],
    ["/zh/products/starriver?variant=1"],
    ["/zh/products/..%2f..%2fmerchant"],
    ["/zh/products/Star"],
    ["/zh/products/a/b"],
    ["/zh#x"],
  ])("%s", (url) => {
    expect(keyOf(url)).toBeNull();
  });

  test.each([
    ["cookie"],
    ["authorization"],
    ["rsc"],
    ["next-router-prefetch"],
    ["next-router-state-tree"],
    ["next-action"],
    ["range"],
  ])("anything with %s", (name) => {
    expect(keyOf("/zh", { [name]: "x" })).toBeNull();
  });

  test("anything but reading", () => {
    expect(keyOf("/zh", {}, "POST")).toBeNull();
  });
});
