import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLocale, negotiateLocale } from "@/lib/i18n/locale";

describe("the language of a visitor", () => {
  test.each([
    ["zh-CN,zh;q=0.9,en;q=0.8", "zh"],
    ["en-GB,en;q=0.9", "en"],
    ["fr-FR,fr;q=0.9,en;q=0.5,zh;q=0.4", "en"],
    ["en;q=0.1,zh;q=0.9", "zh"],
    ["en;q=0,zh-TW;q=0.2", "zh"],
    ["ZH-hant", "zh"],
    ["fr", "zh"],
    ["", "zh"],
    [null, "zh"],
  ])("%s reads as %s", (header, expected) => {
    expect(negotiateLocale(header)).toBe(expected);
  });

  test("any header, however long or strange, gives a language of the shop", () => {
    fc.assert(fc.property(fc.string({ maxLength: 2000 }), (header) => isLocale(negotiateLocale(header))));
  });
});
