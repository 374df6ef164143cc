import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const ATTACKS = 30;

interface Held {
  readonly file: string;
  readonly title: string;
}

/** The rows of the page by their number: which tests hold off which attack. */
const rows = new Map<number, Held[]>(
  readFileSync(path.join(root, "docs/payment-attacks.md"), "utf8")
    .split("\n")
    .flatMap((line): [number, Held[]][] => {
      const cells = /^\| (\d+) \|.*\| ([^|]+) \|$/.exec(line);
      if (!cells) return [];
      const tests = (cells[2] ?? "").split("<br>").map((text) => {
        const [, file = "", title = ""] = /^`([^`]+)` › (.+)$/.exec(text.trim()) ?? [];
        return { file, title };
      });
      return [[Number(cells[1]), tests]];
    }),
);

const isTitleOf = ({ file, title }: Held): boolean => {
  const source = readFileSync(path.join(root, "tests", file), "utf8");
  return title !== "" && ['"', "`", "'"].some((quote) => source.includes(quote + title + quote));
};

describe("docs/payment-attacks.md", () => {
  test("has a row for each of the thirty attacks", () => {
    expect([...rows.keys()]).toEqual(Array.from({ length: ATTACKS }, (_, index) => index + 1));
  });

  test.each([...rows])(
    "attack %i is held off by tests that exist, and one of them has it in its name",
    (number, tests) => {
      expect(tests.filter((held) => !isTitleOf(held))).toEqual([]);
      const isNamed = new RegExp(`^attacks? (?:\\d+,? (?:and )?)*${number}\\b`);
      expect(tests.map(({ title }) => title)).toContainEqual(expect.stringMatching(isNamed));
    },
  );

  test("and a test that is gone would be found", () => {
    expect(isTitleOf({ file: "unit/kernel/id.test.ts", title: "no test of this name" })).toBe(false);
  });
});
