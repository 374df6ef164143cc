import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";

const folder = makeTemporaryFolder("lock");
const journal = path.join(folder, "journal");
const lockModule = path.resolve(import.meta.dirname, "../../../scripts/lock.mjs");
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  removeFolder(folder);
});

/** A command that builds: it writes when it begins, stays for a while, and writes when it ends. */
function build(name: string, milliseconds: number): ChildProcess {
  const program = `
    import { appendFileSync } from "node:fs";
    import { withBuildLock } from ${JSON.stringify(lockModule)};
    const note = (what) => appendFileSync(${JSON.stringify(journal)}, what + " ${name}\\n");
    await withBuildLock(process.stdout, async () => {
      note("begin");
      await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));
      note("end");
    }, ${JSON.stringify(folder)});`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "ignore" });
  children.push(child);
  return child;
}

const lines = (): string[] => (existsSync(journal) ? readFileSync(journal, "utf8").trim().split("\n") : []);

test("commands build one after another, and one that was killed hands its turn on", async () => {
  const killed = build("killed", 60_000);
  await expect.poll(lines, { timeout: 10_000 }).toEqual(["begin killed"]);
  const waiting = ["a", "b", "c"].map((name) => build(name, 100));
  const ended = Promise.all(waiting.map((child) => once(child, "exit")));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(lines()).toEqual(["begin killed"]);
  killed.kill("SIGKILL");
  expect((await ended).map(([code]) => code)).toEqual([0, 0, 0]);
  const turns = lines().slice(1);
  expect(turns).toHaveLength(6);
  for (let turn = 0; turn < 6; turn += 2) expect(turns[turn]?.replace("begin", "end")).toBe(turns[turn + 1]);
  expect(existsSync(path.join(folder, "lock"))).toBe(false);
});

test("a lock without a living heart is not waited for, though its number belongs to a stranger", async () => {
  const lock = path.join(folder, "lock");
  writeFileSync(lock, `${process.pid}`);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  expect(await once(build("late", 1), "exit")).toEqual([0, null]);
  expect(lines().slice(-2)).toEqual(["begin late", "end late"]);
});
