import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { limits } from "@/lib/kernel/limits";
import { cacheKeyOf, maxAgeOf } from "@/server/page-cache-key";

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
  ["/en/products/starriver/cards", "/en/products/starriver/cards"],
  [
    "/zh/products/starriver/cards?variant=var_0199f0c2a4b87c3e9d5f1a2b3c4d5e6f&cursor=500.0199f0c2a4b87c3e9d5f1a2b3c4d5e6f",
    "/zh/products/starriver/cards?cursor=500.0199f0c2a4b87c3e9d5f1a2b3c4d5e6f&variant=var_0199f0c2a4b87c3e9d5f1a2b3c4d5e6f",
  ],
])("%s is kept as %s", (url, key) => {
  expect(keyOf(url)).toBe(key);
  expect(keyOf(url, {}, "HEAD")).toBe(key);
});

test("a list of single cards is kept for moments, the other pages until something changes", () => {
  const ages = ["/zh", "/zh/products/cards", "/zh/products/a/cards", "/zh/products/a/cards?variant=x"].map(maxAgeOf);
  const [whole, moments] = [limits.pageCacheAgeMs, limits.previewListMs];
  expect(ages).toEqual([whole, whole, moments, moments]);
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
    ["/zh/products/starriver?card=pck_0199f0c2a4b87c3e9d5f1a2b3c4d5e6f"],
    ["/zh/products/starriver/cards?q=888"],
    ["/zh/products/starriver/cards?variant=var_1"],
    ["/zh/products/starriver/cards?cursor=x"],
    ["/zh/products/starriver/cards?category=games"],
    ["/zh/products/starriver/cards/"],
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
