import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addFigures,
  addMerchants,
  canonicalClose,
  dayAfter,
  differenceOf,
  duePart,
  type Figure,
  monthSpan,
  NOBODY,
} from "@/lib/features/reports/rules";
import { ClosesFileForm, ReportDay, ReportsQuery } from "@/lib/features/reports/schema";

const figure = (changes: Partial<Figure> = {}): Figure => ({
  name: "received",
  merchantId: NOBODY,
  label: "CNY",
  quantity: 1n,
  amountMinor: 100n,
  ...changes,
});
const figures = fc.array(
  fc.record({
    name: fc.constantFrom("received", "refunded", "sold"),
    merchantId: fc.constantFrom("m1", "m2"),
    label: fc.constantFrom("CNY", "USDT"),
    quantity: fc.bigInt({ min: -5n, max: 5n }),
    amountMinor: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  }),
);

describe("figures", () => {
  test("of two currencies are never added, however large", () => {
    const sums = addMerchants([figure({ merchantId: "a" }), figure({ merchantId: "b" }), figure({ label: "USD" })]);
    expect(sums).toEqual([figure({ quantity: 2n, amountMinor: 200n }), figure({ label: "USD" })]);
  });

  test("and a difference give the other figures exactly", () => {
    const total = (list: readonly Figure[]) =>
      addFigures(list)
        .filter(({ quantity, amountMinor }) => quantity !== 0n || amountMinor !== 0n)
        .map((one) => JSON.stringify(one, (_, value) => (typeof value === "bigint" ? `${value}` : value)))
        .sort();
    fc.assert(
      fc.property(figures, figures, (before, now) => {
        expect(total([...before, ...differenceOf(before, now)])).toEqual(total(now));
      }),
    );
  });

  test("leave to be paid out what came in less what went back, and nothing of a merchant's own account", () => {
    const day = [
      figure({ amountMinor: 1000n }),
      figure({ name: "refunded", amountMinor: 300n }),
      figure({ name: "received_direct", amountMinor: 9000n }),
      figure({ name: "sold", amountMinor: 10_000n }),
    ];
    expect(duePart(day)).toBe(700n);
  });
});

describe("the text of a close", () => {
  const span = { day: "2026-11-21", timeZone: "Asia/Shanghai", beginsAt: new Date(0), endsAt: new Date(86_400_000) };

  test("is the same in whatever order its rows come, and another for any other figure", () => {
    const rows = [figure(), figure({ name: "sold" }), figure({ label: "USD" })];
    const text = canonicalClose(span, rows, []);
    expect(canonicalClose(span, rows.toReversed(), [])).toBe(text);
    expect(canonicalClose(span, rows.slice(1), [])).not.toBe(text);
    expect(canonicalClose(span, [figure({ amountMinor: 101n }), ...rows.slice(1)], [])).not.toBe(text);
    expect(canonicalClose(span, rows, [{ ...figure(), ofDay: "2026-11-20" }])).not.toBe(text);
  });
});

describe("what an address says", () => {
  test.each(["2026-02-31", "2026-13-01", "1999-01-01", "2026-1-1", "../etc", "2026-11-21T00:00"])(
    "%s is no day",
    (text) => expect(ReportDay.safeParse(text).success).toBe(false),
  );

  test("a list ignores what it does not know, and a file refuses it", () => {
    expect(ReportsQuery.parse({ before: "x", days: "7" })).toEqual({ before: undefined, days: 30 });
    const span = (from: string, to: string) => ClosesFileForm.safeParse({ from, to }).success;
    expect([
      span("2026-01-01", "2026-12-31"),
      span("2026-01-02", "2026-01-01"),
      span("2024-01-01", "2026-01-01"),
    ]).toEqual([true, false, false]);
  });

  test("a month ends where the next begins, in December too", () => {
    expect(monthSpan("2026-12")).toEqual({ from: "2026-12-01", until: "2027-01-01" });
    expect(["2026-02-28", "2026-12-31"].map(dayAfter)).toEqual(["2026-03-01", "2027-01-01"]);
    expect(monthSpan("2026-09")).toEqual({ from: "2026-09-01", until: "2026-10-01" });
  });
});
