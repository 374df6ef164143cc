import { bugNamed } from "@/sabotage/bugs";
import { tryBug } from "@/sabotage/try-bug";
import { describe, expect, test } from "@/tests/support/test";

/** Two of the planted bugs, to show that planting works; `npm run sabotage` plants all of them. */
describe("a shop with a bug in it", () => {
  test.for(["AAD dropped", "any account will do"])(
    "%s: is caught by the first check",
    { timeout: 120_000 },
    async (name) => {
      const bug = bugNamed(name);
      if (!bug) throw new Error("it is not planted any more");
      const { caughtBy, troubles } = await tryBug(bug);
      expect(troubles).toEqual([]);
      expect(caughtBy?.check).toBe(bug.checks[0]);
    },
  );

  test("a change that breaks nothing is not caught", { timeout: 120_000 }, async () => {
    const [patch] = bugNamed("AAD dropped")?.patches ?? [];
    if (!patch) throw new Error("it is not planted any more");
    const harmless = { ...patch, replace: `${patch.find} ` };
    const { caughtBy, troubles } = await tryBug({
      name: "harmless",
      breaks: "nothing",
      patches: [harmless],
      checks: bugNamed("AAD dropped")?.checks ?? [],
    });
    expect({ caughtBy, troubles }).toEqual({ caughtBy: null, troubles: [] });
  });
});
