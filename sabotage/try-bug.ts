import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FAULTS } from "@/chaos/faults";
import { planOf } from "@/chaos/plan";
import { runChaos } from "@/chaos/run";
import { esbuildPlugin } from "./apply";
import { type Bug, type Check, nameOf } from "./bug";

export interface Verdict {
  /** The check that caught it and what it said; null when it escaped. */
  readonly caughtBy: { readonly check: Check; readonly words: string } | null;
  /** Why a check could say nothing: the broken file was never loaded, or nothing ran at all. */
  readonly troubles: readonly string[];
}

const CHECK_MS = 240_000;
const CHAOS_MS = 8_000;
/** A promise that is not kept by then is not kept: an honest shop comes to rest in three quarters of it. */
const CHAOS_REST_MS = 60_000;

const folderOf = (name: string): string => path.resolve(".build", "sabotage", name.replaceAll(/[^a-z0-9]+/gi, "-"));

/** Plants a bug and lets its checks look for it, the cheapest first. */
export async function tryBug(bug: Bug): Promise<Verdict> {
  const folder = folderOf(bug.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const troubles: string[] = [];
  for (const check of bug.checks) {
    const words = await ("file" in check ? runTests(bug, check, folder) : runShortChaos(bug, check, folder)).catch(
      (error: Error) => {
        troubles.push(`${nameOf(check)}: ${error.message}`);
        return null;
      },
    );
    if (words !== null) return { caughtBy: { check, words }, troubles };
  }
  return { caughtBy: null, troubles };
}

interface TestReport {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

/** The first test that failed, or null when all passed. Throws when the bug was not there to be found. */
async function runTests(bug: Bug, check: Extract<Check, { file: string }>, folder: string): Promise<string | null> {
  const [seenFile, reportFile] = [path.join(folder, "seen.txt"), path.join(folder, "report.json")];
  for (const file of [seenFile, reportFile]) rmSync(file, { force: true });
  const bugFile = path.join(folder, "bug.json");
  writeFileSync(bugFile, JSON.stringify(bug));
  const env = { KAPU_SABOTAGE_BUG: bugFile, KAPU_SABOTAGE_SEEN: seenFile };
  await vitest(
    ["--config", "sabotage/vitest.config.ts", "--bail=1", "--project", check.project, check.file],
    reportFile,
    env,
  );
  const seen = existsSync(seenFile) ? readFileSync(seenFile, "utf8").split("\n") : [];
  const missed = bug.patches.find(({ file }) => !seen.includes(file));
  if (missed) throw new Error(`${missed.file} was never loaded`);
  const report = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, "utf8")) as TestReport) : null;
  if (!report || report.numTotalTests === 0) throw new Error(report?.testResults[0]?.message ?? "ran no test");
  const failed = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === "failed");
  return failed?.title ?? null;
}

/** Every file of tests that some bug is looked for by, on the shop as it is: a test that always fails catches nothing. */
export async function findBrokenChecks(bugs: readonly Bug[]): Promise<string[]> {
  const files = new Set(bugs.flatMap(({ checks }) => checks.flatMap((check) => ("file" in check ? [check.file] : []))));
  const reportFile = path.join(folderOf("without-any"), "report.json");
  mkdirSync(path.dirname(reportFile), { recursive: true });
  rmSync(reportFile, { force: true });
  await vitest([...files], reportFile, {});
  const report = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, "utf8")) as TestReport) : null;
  if (!report || report.numTotalTests === 0) return ["no test ran"];
  const titles = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = titles.filter(({ status }) => status === "failed").map(({ title }) => title);
  const faults = [
    ...new Set(bugs.flatMap(({ checks }) => checks.flatMap((check) => ("faults" in check ? check.faults : [])))),
  ];
  if (failed.length > 0 || faults.length === 0) return failed;
  const words = await runShortChaos(null, { faults, seed: 1 }, folderOf("without-any"));
  return words === null ? [] : [words];
}

/** Vitest in a process of its own, bounded in time, with nothing of our environment but what it needs. */
function vitest(args: readonly string[], reportFile: string, env: Readonly<Record<string, string>>): Promise<void> {
  const program = path.resolve("node_modules/vitest/vitest.mjs");
  const report = ["--reporter=json", `--outputFile.json=${reportFile}`];
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [program, "run", ...report, ...args], {
    env: { PATH, HOME, TMPDIR, NODE_ENV: "test", ...env },
    stdio: "ignore",
    timeout: CHECK_MS * (env.KAPU_SABOTAGE_BUG ? 1 : 4),
  });
  return new Promise((resolve, reject) =>
    child
      .once("error", reject)
      .once("close", (_, signal) => (signal ? reject(new Error("the tests were not over in time")) : resolve())),
  );
}

/** The first broken promise of a short run against the server with the bug in it, or null. */
async function runShortChaos(
  bug: Bug | null,
  { faults, seed }: Extract<Check, { seed: number }>,
  folder: string,
): Promise<string | null> {
  const unknown = faults.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown) throw new Error(`There is no fault named ${unknown}`);
  mkdirSync(folder, { recursive: true });
  const programs = { server: path.resolve(".build", "server.js"), kapu: path.resolve("scripts", "kapu.mjs") };
  if (bug) programs.server = await bundle(bug);
  const plan = planOf({ seed, ms: CHAOS_MS, faults, buyersPerSecond: 8 });
  const home = path.resolve(".build", "sabotage-data");
  const world = { plan, folder, home, databaseUrl: undefined, allowRemoteHost: false, programs };
  const { violations } = await runChaos(world, () => {}, { restMs: CHAOS_REST_MS });
  const promises = [...new Set(violations.map(({ promise }) => promise))];
  return promises.length > 0 ? `${promises.join(", ")}; for one: ${violations[0]?.what.slice(0, 120)}` : null;
}

/** The server as it is shipped, but for the bug. It has to lie where the shipped one lies, one folder below the project. */
async function bundle(bug: Bug): Promise<string> {
  const { build } = await import("esbuild");
  const outfile = path.resolve(".build", `sabotaged-server.js`);
  await build({
    entryPoints: ["server/main.ts"],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "error",
    plugins: [esbuildPlugin(bug)],
  });
  return outfile;
}
