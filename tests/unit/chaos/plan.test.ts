import { describe, expect, test } from "vitest";
import { FAULTS, NOT_INJECTED } from "@/chaos/faults";
import { readOptions } from "@/chaos/options";
import { planOf } from "@/chaos/plan";

const names = FAULTS.map(({ name }) => name);
const planned = (seed: number) => planOf({ seed, ms: 120_000, faults: names, buyersPerSecond: 10 });

describe("the plan of a chaos run", () => {
  test("is the seed's: the same seed, the same plan; another seed, another", () => {
    expect(planned(5)).toEqual(planned(5));
    expect(planned(5)).not.toEqual(planned(6));
  });

  test("leaves no fault out of a run that is long enough", () => {
    expect(new Set(planned(5).faults.map(({ fault }) => fault))).toEqual(new Set(names));
  });

  test("every fault is named once and belongs to something listed", () => {
    expect(new Set(names).size).toBe(names.length);
    for (const { listed, reason } of [...NOT_INJECTED, ...FAULTS.map(({ listed }) => ({ listed, reason: listed }))])
      expect(listed && reason).not.toBe("");
  });
});

describe("the command line of a chaos run", () => {
  test.for([
    [["--faults", "kill:everything"], /no fault named kill:everything/],
    [["--minutes", "0"], /--minutes must be from/],
    [["--seed", "3000000000"], /--seed must be from/],
    [["--speed", "2"], /--speed/],
  ] as const)("refuses %s", ([args, sentence]) => {
    expect(() => readOptions(args)).toThrow(sentence);
  });
});
