import { expect, test } from "vitest";
import { createLine } from "@/lib/platform/waiting-line";

test("tasks of one key run one after another, of two keys side by side, and a failure lets the next one go", async () => {
  const line = createLine();
  const seen: string[] = [];
  const task =
    (name: string, fails = false) =>
    async () => {
      seen.push(`start ${name}`);
      await new Promise((wake) => setImmediate(wake));
      seen.push(`end ${name}`);
      if (fails) throw new Error(name);
      return name;
    };
  const answers = await Promise.allSettled([
    line.run("a", task("a1", true)),
    line.run("a", task("a2")),
    line.run("b", task("b1")),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(seen.indexOf("start a2")).toBeGreaterThan(seen.indexOf("end a1"));
  expect(seen.indexOf("start b1")).toBeLessThan(seen.indexOf("end a1"));
});
