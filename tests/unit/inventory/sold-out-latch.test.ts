import { describe, expect, test } from "vitest";
import { dropLatch, isSoldOut, startCount } from "@/lib/features/inventory/sold-out-latch";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";

describe("the sold-out latch", () => {
  const place = { variantId: "v", poolId: "p" };
  function deskAt() {
    const time = { now: 0, elapsed: 0 };
    return { time, deps: { clock: { now: () => time.now, elapsed: () => time.elapsed } } as Deps };
  }

  test("answers for a moment, and only for more than was counted", () => {
    const { deps, time } = deskAt();
    startCount(deps, place)(2);
    expect([isSoldOut(deps, place, 2), isSoldOut(deps, place, 3)]).toEqual([false, true]);
    time.elapsed = limits.soldOutLatchMs;
    expect(isSoldOut(deps, place, 3)).toBe(false);
  });

  test("does not close over a count that a restock overtook", () => {
    const { deps } = deskAt();
    const latch = startCount(deps, place);
    dropLatch(deps, place.variantId);
    latch(0);
    expect(isSoldOut(deps, place, 1)).toBe(false);
  });

  test("opens at once when cards arrive, and by itself within a second", () => {
    const { deps } = deskAt();
    startCount(deps, place)(0);
    expect(isSoldOut(deps, place, 1)).toBe(true);
    dropLatch(deps, place.variantId);
    expect(isSoldOut(deps, place, 1)).toBe(false);
    expect(limits.soldOutLatchMs).toBeLessThanOrEqual(1_000);
  });

  test("opens by the time that passes, whatever is done to the time of day", () => {
    const { deps, time } = deskAt();
    startCount(deps, place)(0);
    time.now = -7_200_000;
    time.elapsed = limits.soldOutLatchMs;
    expect(isSoldOut(deps, place, 1)).toBe(false);
  });
});
