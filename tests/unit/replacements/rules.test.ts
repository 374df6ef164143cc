import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { badPerMille, judgeWarranty, warrantyEnd } from "@/lib/features/replacements/rules";

const deliveredAt = new Date("2026-11-21T12:00:00.000Z");
const after = (ms: number) => new Date(deliveredAt.getTime() + ms);
const HOUR = 3_600_000;
const claim = (ms: number, used = 0) => ({ deliveredAt, quantity: 3, used, now: after(ms) });

describe("the warranty", () => {
  test("covers up to its last millisecond and not the one after", () => {
    const warranty = { hours: 24, countMax: null };
    expect(judgeWarranty(warranty, claim(24 * HOUR - 1))).toEqual({ ok: true, value: null });
    expect(judgeWarranty(warranty, claim(24 * HOUR))).toEqual({ ok: false, error: "warranty_over" });
    expect(warrantyEnd(24, deliveredAt)).toEqual(after(24 * HOUR));
    expect(warrantyEnd(null, deliveredAt)).toBeNull();
  });

  test("of no hours is over at once; nothing said sets no end", () => {
    expect(judgeWarranty({ hours: 0, countMax: null }, claim(0))).toEqual({ ok: false, error: "warranty_over" });
    expect(judgeWarranty({ hours: null, countMax: null }, claim(100_000 * HOUR)).ok).toBe(true);
  });

  test("never gives more than its count, or than the order has cards where no count was said", () => {
    fc.assert(
      fc.property(fc.nat(10), fc.option(fc.nat(10), { nil: null }), (used, countMax) => {
        const judged = judgeWarranty({ hours: null, countMax }, claim(0, used));
        expect(judged.ok).toBe(used < (countMax ?? 3));
      }),
    );
  });

  test("a bad rate is told only where something was sold", () => {
    expect([badPerMille(0, 0), badPerMille(1, 3), badPerMille(2, 2)]).toEqual([null, 333, 1_000]);
  });
});
