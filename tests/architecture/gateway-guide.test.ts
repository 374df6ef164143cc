import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const read = (file: string): string => readFileSync(path.resolve(import.meta.dirname, "../..", file), "utf8");

/** The words of a union of texts in the gateways' port. */
function wordsOf(name: string): string[] {
  const [, union = ""] =
    new RegExp(`export type ${name} =([^;]+);`).exec(read("lib/features/payments/gateways/port.ts")) ?? [];
  return [...union.matchAll(/\| "(\w+)"/g)].map(([, word = ""]) => word);
}

/** The guide's two halves. */
const [chinese = "", english = ""] = read("docs/gateways.md").split("\n## Start here\n");

describe("docs/gateways.md tells what every code means that an operator may meet, in both languages", () => {
  test.each(["NoticeRefusal", "CheckFinding"])("%s", (name) => {
    const words = wordsOf(name);
    expect(words.length).toBeGreaterThanOrEqual(6);
    for (const word of words) {
      expect(chinese, word).toContain(`\`${word}\``);
      expect(english, word).toContain(`\`${word}\``);
    }
  });
});
