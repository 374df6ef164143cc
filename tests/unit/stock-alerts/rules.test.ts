import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stockWords } from "@/lib/features/notifications/stock-letters";
import { clearBound } from "@/lib/features/stock-alerts/rules";
import { ChannelForm, RestockForm } from "@/lib/features/stock-alerts/schema";
import { limits } from "@/lib/kernel/limits";

describe("a stock that runs low", () => {
  test("is filled up only above the bound that it was told of at", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: null }), (low, clear) => {
        expect(clearBound(low, clear)).toBeGreaterThan(low);
      }),
    );
    expect([clearBound(10, null), clearBound(0, null), clearBound(10, 15), clearBound(10, 3)]).toEqual([20, 1, 15, 11]);
  });
});

describe("what a bot says", () => {
  test("fits into a message of Telegram's, however much runs low and however long its names are, and counts what it leaves out", () => {
    const long = { sku: "S".repeat(63), titleZh: "长".repeat(240), titleEn: "L".repeat(240), available: 0 };
    const text = stockWords(
      Array.from({ length: 50 }, () => long),
      "https://shop.example/zh/merchant/stock",
      limits.messageListLettersMax,
    );
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(text).toMatch(/… \+4\d\n/);
    expect(stockWords([long], "x")).not.toContain("…");
  });
});

describe("what forms take", () => {
  test("a bot's token and a chat in Telegram's own shapes, and nothing that could become part of an address", () => {
    const judge = (telegramToken: string, telegramChat: string) =>
      ChannelForm.safeParse({ telegramToken, telegramChat }).success;
    expect(judge("1234567890:AAEhBP0av28fVE2Ss_Tn4uKzpZkVxxxxxxx", "-1001234567890")).toBe(true);
    expect(judge("", "@kapu_shop")).toBe(true);
    for (const token of ["1/../x:AAEhBP0av28fVE2Ss_Tn4uKzpZkVxxxxxxx", "12345", "1234567890:short", "a:b"])
      expect(judge(token, "1")).toBe(false);
    for (const chat of ["1 OR 1", "@x", "https://t.me/x", "--1"]) expect(judge("", chat)).toBe(false);
  });

  test("an address for a restock mail is one address, in small letters", () => {
    const parsed = RestockForm.safeParse({ variantId: "var_x", email: "  Buyer@Example.COM " });
    expect(parsed.success && parsed.data.email).toBe("buyer@example.com");
    for (const email of ["", "a", "a@b@c", "a@example.com, b@example.com", "a@example.com\nbcc: b@example.com"])
      expect(RestockForm.safeParse({ variantId: "v", email }).success).toBe(false);
  });
});
