import { describe, expect, test } from "vitest";
import { rules } from "./rules";
import { readSources } from "./sources";

const sources = readSources();

test("the project's files are seen", () => {
  expect(sources.length).toBeGreaterThan(100);
});

describe.each(rules)("$name", (rule) => {
  test("and nothing breaks it", () => {
    expect(sources.filter((source) => rule.isBroken(source)).map(({ file }) => file)).toEqual([]);
  });

  test("and code that breaks it is found", () => {
    expect([rule.isBroken(rule.bad), rule.isBroken(rule.good)]).toEqual([true, false]);
  });
});
