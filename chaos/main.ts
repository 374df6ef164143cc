import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readOptions, USAGE } from "./options";
import { planOf } from "./plan";
import { formatReport } from "./report";
import { runChaos } from "./run";

const tell = (line: string): void => void process.stderr.write(`  ${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  const { seed, minutes, buyersPerSecond, faults, allowRemoteHost } = readOptions(args);
  const plan = planOf({ seed, ms: minutes * 60_000, faults, buyersPerSecond });
  const folder = path.resolve(".build", "chaos", `${new Date().toISOString().replace(/[:.]/g, "-")}-seed-${seed}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "plan.json"), JSON.stringify(plan, null, 1));
  tell(`Seed ${seed}. The plan, the history and the logs: ${path.relative(process.cwd(), folder)}`);
  const programs = {
    server: path.resolve(process.env.KAPU_CHAOS_SERVER ?? ".build/server.js"),
    kapu: path.resolve("scripts/kapu.mjs"),
  };
  const home = path.resolve(".build", "chaos-data");
  const world = { plan, folder, home, databaseUrl: process.env.DATABASE_URL || undefined, allowRemoteHost, programs };
  const outcome = await runChaos(world, tell);
  const report = formatReport(outcome);
  writeFileSync(path.join(folder, "report.txt"), report);
  process.stdout.write(report);
  return outcome.violations.length === 0 ? 0 : 1;
}

const exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}\n`);
  return 2;
});
// The gateway and some buyers go on asking a shop that is closed, for minutes: nobody waits for them.
process.stdout.write("", () => process.exit(exitCode));
