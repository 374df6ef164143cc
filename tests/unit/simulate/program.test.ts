import fc from "fast-check";
import { expect, test } from "vitest";
import { formatProgram, programs, sizeOf } from "@/simulate/program";

test("a seed is a program, the same on every machine and each time", () => {
  const [first, second] = [1, 2].map(() => fc.sample(programs, { seed: 7, numRuns: 20 }));
  expect(first).toEqual(second);
  expect(new Set(first?.map((program) => JSON.stringify(program))).size).toBeGreaterThan(15);
});

test("a failing program becomes as small as what makes it fail", async () => {
  const hasLateCancel = fc.property(
    programs,
    ({ bursts }) =>
      !bursts.some(
        ({ lapsed, commands }) => lapsed.length > 0 && commands.some(({ command }) => command.do === "cancel"),
      ),
  );
  const { counterexample } = fc.check(hasLateCancel, { seed: 1, numRuns: 500 });
  const [smallest] = counterexample ?? [];
  expect(smallest && sizeOf(smallest)).toBe(2);
  expect(smallest && formatProgram(smallest)).toContain("lapsed: 0\n  process 0: cancel order=0 by=buyer");
});
