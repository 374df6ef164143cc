import { mkdirSync } from "node:fs";
import path from "node:path";
import { planOf } from "@/chaos/plan";
import { formatReport } from "@/chaos/report";
import { runChaos } from "@/chaos/run";
import { ensureBuilt } from "@/tests/support/server";
import { makeTemporaryFolder, removeFolder } from "@/tests/support/temporary-folder";
import { describe, expect, test } from "@/tests/support/test";

/** Few of the faults, so that it stays short; `npm run chaos` injects all of them for as long as you like. */
const FAULTS = ["kill:settle.committed", "kill:place.running", "eat:place-reply", "postgres:immediate", "redis:lying"];

describe("two real processes, killed and cut off", () => {
  test("every client has what it was told, and every promise is kept within two minutes of rest", {
    timeout: 240_000,
  }, async () => {
    await ensureBuilt();
    const home = makeTemporaryFolder("chaos");
    const folder = path.join(home, "run");
    mkdirSync(folder);
    try {
      const plan = planOf({ seed: 20260115, ms: 7_000, faults: FAULTS, buyersPerSecond: 8 });
      const programs = { server: path.resolve(".build/server.js"), kapu: path.resolve("scripts/kapu.mjs") };
      const world = { plan, folder, home, databaseUrl: undefined, allowRemoteHost: false, programs };
      const told: string[] = [];
      const outcome = await runChaos(world, (line) => told.push(line));
      expect(outcome.violations, `${told.join("\n")}\n${formatReport(outcome)}`).toEqual([]);
      const happened = Object.values(outcome.faults).reduce((sum, { happened }) => sum + happened, 0);
      expect(happened, told.join("\n")).toBeGreaterThanOrEqual(3);
      expect(outcome.history.filter(({ op, type }) => op === "reveal" && type === "ok").length).toBeGreaterThan(20);
    } finally {
      removeFolder(home);
    }
  });
});
