import { expect, test } from "vitest";
import { readShopTime, writeShopTime } from "@/lib/i18n/shop-time";

test("a date field means the shop's clock, and reads back as it was typed, at any time of the year", () => {
  for (const text of ["2026-11-25T20:00", "2026-06-01T00:00", "2028-02-29T23:59", "2026-12-31T08:00"])
    expect(writeShopTime(readShopTime(text))).toBe(text);
  expect(readShopTime("2026-11-25T20:00")?.toISOString()).toBe("2026-11-25T12:00:00.000Z");
});

test("a text that is no moment is refused and never read as another one", () => {
  for (const text of ["", "2026-02-31T10:00", "2026-11-25", "2026-11-25T25:00", "tomorrow", "2026-11-25T20:00Z"])
    expect([text, readShopTime(text)]).toEqual([text, null]);
});
