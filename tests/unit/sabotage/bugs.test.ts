import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FAULTS } from "@/chaos/faults";
import { broken } from "@/sabotage/apply";
import { BUGS } from "@/sabotage/bugs";

describe("the planted bugs", () => {
  test.for(BUGS.map((bug) => [bug.name, bug] as const))(
    "%s: the code it breaks is still there, and so is what looks for it",
    ([, bug]) => {
      for (const file of new Set(bug.patches.map((patch) => patch.file))) {
        const source = readFileSync(file, "utf8");
        expect(broken(bug, file, source)).not.toBe(source);
      }
      expect(bug.checks.length).toBeGreaterThan(0);
      for (const check of bug.checks) {
        if ("file" in check) expect(existsSync(check.file), check.file).toBe(true);
        else for (const fault of check.faults) expect(FAULTS.map(({ name }) => name)).toContain(fault);
      }
    },
  );

  test("are many, and none is named twice", () => {
    expect(BUGS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
  });

  test("fail loudly when the code has moved on", () => {
    const bug = { name: "moved", breaks: "", checks: [], patches: [{ file: "a.ts", find: "old", replace: "new" }] };
    expect(() => broken(bug, "a.ts", "const one = 1;")).toThrow(/0 places/);
    expect(() => broken(bug, "a.ts", "old old")).toThrow(/2 places/);
  });
});
