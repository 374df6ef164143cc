import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorSentence, getMessages } from "@/lib/i18n";
import { fill, formatAgo, formatMinor, formatMoney } from "@/lib/i18n/format";
import { money } from "@/lib/kernel/money";

type Tree = { readonly [key: string]: string | Tree };

const leaves = (tree: Tree, path = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : leaves(value, `${path}${key}.`),
  );
/** Places that hold a sum, a name, or a limit of the shop that is never one. */
const NO_COUNTS: readonly (string | undefined)[] = [
  "amount",
  "paid",
  "total",
  "currency",
  "limits",
  "who",
  "min",
  "max",
];
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("the two languages", () => {
  const zh = new Map(leaves(getMessages("zh")));
  const en = new Map(leaves(getMessages("en")));

  test("say the same things with the same places to fill", () => {
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
    for (const [key, text] of zh) expect([key, places(en.get(key) ?? "")]).toEqual([key, places(text)]);
  });

  test("count one thing as one: a number with its plural behind it chooses the word", () => {
    const plural = /\{(\w+)\} (?:(?:[a-z]+ )?[a-z]{2,}s|are|were|have|do)\b/g;
    const amiss = [...en].flatMap(([key, text]) =>
      [...text.matchAll(plural)].filter(([, name]) => !NO_COUNTS.includes(name)).map(([words]) => `${key}: ${words}`),
    );
    expect(amiss).toEqual([]);
  });

  test("leave no sentence empty, and no Chinese in the English but the name of the other language", () => {
    for (const [key, text] of [...zh, ...en]) expect([key, text.trim()]).not.toEqual([key, ""]);
    const chinese = [...en].filter(([, text]) => /\p{Script=Han}/u.test(text)).map(([key]) => key);
    expect(chinese).toEqual(["shop.common.switchLanguage"]);
  });
});

describe("sentences and amounts", () => {
  test("an unknown code gets the honest general sentence, never its own name", () => {
    expect(errorSentence("toString", "en")).toBe(getMessages("en").errors.unexpected);
    expect(errorSentence("insufficient_stock", "zh")).toBe(getMessages("zh").errors.insufficient_stock);
  });

  test("how long ago something was is said in the largest unit that is full, and never in the future", () => {
    const ago = (ms: number) => formatAgo(new Date(1_000_000_000_000 - ms), 1_000_000_000_000, "en");
    expect([12_000, 300_000, 3 * 3_600_000, 3 * 86_400_000, -5_000].map(ago)).toEqual([
      "12 seconds ago",
      "5 minutes ago",
      "3 hours ago",
      "3 days ago",
      "0 seconds ago",
    ]);
  });

  test("a place without a value stays visible", () => {
    expect(fill("{a} of {b}", { a: 3 })).toBe("3 of {b}");
    expect(fill("{b|card|cards}", { a: 3 })).toBe("{b|card|cards}");
  });

  test("one is said in the singular and every other number in the plural", () => {
    const said = (n: number | string) => fill("{n} {n|card waits|cards wait}", { n });
    expect([0, 1, "1", 2, "1,001"].map(said)).toEqual([
      "0 cards wait",
      "1 card waits",
      "1 card waits",
      "2 cards wait",
      "1,001 cards wait",
    ]);
  });

  test("an amount beyond the exact range of floats keeps its last digit", () => {
    expect(formatMoney(money(9_007_199_254_740_993_07n, "CNY"), "en")).toBe("¥9,007,199,254,740,993.07");
    expect(formatMinor("1500000", "USDT", "en")).toBe("1.50 USDT");
    expect(formatMinor("1234567", "USDT", "zh")).toBe("1.234567 USDT");
  });

  test("every amount shows exactly its minor units", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (amountMinor) => {
        const digits = formatMoney(money(amountMinor, "CNY"), "zh").replace(/[^0-9]/g, "");
        expect(BigInt(digits)).toBe(amountMinor);
      }),
    );
  });
});
