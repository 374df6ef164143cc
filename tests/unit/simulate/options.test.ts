import { describe, expect, test } from "vitest";
import { readOptions } from "@/simulate/options";

describe("the command line of a simulation", () => {
  test("what is not said has a default", () => {
    expect(readOptions([])).toEqual({ seed: 1, minutes: 1, path: undefined, allowRemoteHost: false });
  });

  test.each([
    [["--sed", "1"]],
    [["--seed", "-1"]],
    [["--seed", ""]],
    [["--minutes", "0"]],
    [["--minutes", "many"]],
    [["--path", "1:x"]],
    [["7"]],
  ])("%j is refused", (args) => {
    expect(() => readOptions(args)).toThrow();
  });
});
