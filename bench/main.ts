import { readFileSync } from "node:fs";
import path from "node:path";
import { runAudit } from "@/lib/features/audit";
import { drainOutbox } from "@/lib/flows/drain-outbox";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { benchBills, goThroughBill } from "./bills";
import { HOW_BOOKS_WERE_BUILT } from "./books";
import { benchClaims } from "./claims";
import { benchComparison, compareBooks } from "./comparison";
import { benchCrash } from "./crash";
import { openBenchDatabase } from "./database";
import { estimateMinutes } from "./estimate";
import { describeMachine } from "./figures";
import { benchFlash } from "./flash";
import { benchHttp, ENDPOINTS } from "./http";
import { benchImports, importFile } from "./imports";
import { benchLedger, LEDGER_LEGEND } from "./ledger";
import { markNotes, readReport } from "./lines";
import { readHostTicks } from "./meter";
import { benchNotices, NOTICES_LEGEND } from "./notices";
import { type Options, type Part, readOptions, USAGE } from "./options";
import { writePage } from "./page";
import { benchPages } from "./pages";
import { HOW_PAST_WAS_BUILT } from "./past";
import { benchQuota, QUOTA_LEGEND } from "./quota";
import { type BenchRedis, openBenchRedis } from "./redis";
import { formatReport, type Report } from "./report";
import { sell } from "./seller";
import { serve } from "./serve";
import { type BenchShop, openBenchShop } from "./shop";
import { benchSlope } from "./slope";
import { benchSteps } from "./steps";
import { benchVault } from "./vault";

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer One)[] ? One[] : T[K] };

const tell = (line: string): void => void process.stderr.write(`  ${line}\n`);

/** Every contender wrote orders of the same rows, or the ratios mean nothing: the invariants are the witness. */
async function checkRows({ deps, urls }: BenchShop): Promise<string> {
  // Nobody took up the announcements so far, because no worker runs beside the measurement.
  await withClient(urls.owner, (client) =>
    client.query("UPDATE outbox SET drained_at = now() WHERE drained_at IS NULL AND kind = 'order.placed'"),
  );
  while ((await drainOutbox(deps, async () => {})) > 0);
  const { results } = await runAudit(urls.audit);
  const broken = results
    .filter((result) => !result.ok)
    .map(({ id, failure, rows }) => `${id} ${failure ?? JSON.stringify(rows[0])}`);
  if (broken.length > 0) throw new Error(`a contender wrote other rows than the shop does: ${broken.join("; ")}`);
  const { rows } = await withClient(urls.owner, (client) =>
    client.query<{ orders: string }>("SELECT count(*)::text AS orders FROM orders"),
  );
  return `${rows[0]?.orders} orders by all contenders; the audit finds ${results.length} of ${results.length} invariants kept.`;
}

/** A virtual machine whose host is busy measures its neighbours too; whoever reads the figures should know how much. */
function describeStolen(before: ReturnType<typeof readHostTicks>): string[] {
  const after = readHostTicks();
  if (!before || !after) return [];
  const share = (100 * (after.stolen - before.stolen)) / (after.all - before.all);
  return [`The host of this machine gave ${share.toFixed(1)} % of the processors' time to others meanwhile.`];
}

interface Place {
  readonly shop: BenchShop;
  readonly redis: BenchRedis | null;
}

/** Rows of a past that was written in bulk come last: they are not the shop's, and the audit must not see them. */
const BEFORE_THE_AUDIT: readonly Part[] = [
  "claims",
  "flash",
  "crash",
  "http",
  "pages",
  "notices",
  "ledger",
  "quota",
  "steps",
  "bills",
  "import",
];

function partsOf(
  { shop, redis }: Place,
  options: Options,
  report: Writable<Report>,
): Record<Part, () => Promise<void>> {
  return {
    claims: async () => {
      const { samples, contenders } = await benchClaims({ shop, redis }, options, tell);
      report.samples.push(...samples);
      report.legend.push(...contenders);
    },
    flash: async () => void report.sales.push(...(await benchFlash({ shop, redis }, options, tell))),
    crash: async () => void report.crashes.push(...(await benchCrash({ shop, redis }, options, tell))),
    http: async () => {
      report.samples.push(...(await benchHttp(shop, options, tell)));
      report.legend.push(...ENDPOINTS);
    },
    pages: async () => {
      report.pages = await benchPages(shop, options, tell);
      report.samples.push(...report.pages.samples);
    },
    notices: async () => {
      report.samples.push(...benchNotices(options, tell));
      report.legend.push(...NOTICES_LEGEND);
    },
    ledger: async () => {
      report.samples.push(...(await benchLedger(shop, options, tell)));
      report.legend.push(...LEDGER_LEGEND);
    },
    quota: async () => {
      report.samples.push(...(await benchQuota(shop, options, tell)));
      report.legend.push(...QUOTA_LEGEND);
    },
    steps: async () => void report.steps.push(...(await benchSteps(shop, options, tell))),
    bills: async () => void report.bills.push(...(await benchBills(shop, options, tell))),
    reconcile: async () => {
      report.comparisons.push(...(await benchComparison(shop, options, tell)));
      report.notes.push(HOW_BOOKS_WERE_BUILT);
    },
    import: async () => void report.imports.push(...(await benchImports(shop, options, tell))),
    slope: async () => {
      report.slope = await benchSlope(shop, options, tell);
      report.notes.push(HOW_PAST_WAS_BUILT);
    },
    vault: async () => {
      const { samples, note } = await benchVault(shop, options, tell);
      report.samples.push(...samples);
      report.notes.push(note);
    },
  };
}

interface Measured {
  readonly report: Report;
  /** Parts that broke off, each with why; what the others found is in the report all the same. */
  readonly brokenOff: readonly string[];
}

async function measure(shop: BenchShop, options: Options): Promise<Measured> {
  const report: Writable<Report> = {
    machine: await withClient(shop.urls.app, describeMachine),
    legend: [],
    samples: [],
    sales: [],
    pages: null,
    crashes: [],
    steps: [],
    slope: null,
    bills: [],
    imports: [],
    comparisons: [],
    notes: [],
  };
  const ticks = readHostTicks();
  const redis = await openBenchRedis();
  if (redis === null) report.notes.push("No redis-server on the PATH: the techniques that need one were left out.");
  const brokenOff: string[] = [];
  const parts = partsOf({ shop, redis }, options, report);
  const run = async (part: Part): Promise<void> => {
    if (!options.parts.includes(part)) return;
    await parts[part]().catch((error: unknown) => {
      brokenOff.push(`${part}: ${error instanceof Error ? error.message : error}`);
    });
  };
  try {
    for (const part of BEFORE_THE_AUDIT) await run(part);
    report.notes.push(await checkRows(shop));
    await run("reconcile");
    await run("slope");
    await run("vault");
  } finally {
    await redis?.stop();
  }
  report.notes.push(...describeStolen(ticks));
  if (options.isSmoke) report.notes.push("A smoke run: it shows that everything runs, and its figures mean nothing.");
  return { report, brokenOff };
}

async function measureAll(options: Options): Promise<Measured> {
  tell(`This takes about ${estimateMinutes(options)} minutes on two cores.`);
  const { allowRemoteHost } = options;
  const database = await openBenchDatabase(process.env.DATABASE_URL || undefined, { allowRemoteHost });
  try {
    const shop = await openBenchShop(database.urls);
    try {
      return await measure(shop, options);
    } finally {
      await closeDeps(shop.deps);
    }
  } finally {
    await database.stop();
  }
}

const nameOf = (file: string): string => path.parse(file).name;
const readOutput = (file: string): string => markNotes(nameOf(file), readFileSync(file, "utf8"));

/** How the figures of a page came about: in Markdown, and with no path of this machine. */
const describeRun = ({ from }: Options, args: readonly string[]): string =>
  from.length === 0
    ? `\`${["npm run bench --", ...args].join(" ")}\``
    : `\`npm run bench -- --page\` from the output (\`--from\`) of one run for each part, nothing else on the machine: ${from.map(nameOf).join(", ")}`;

async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const { report, brokenOff }: Measured =
    options.from.length > 0
      ? { report: readReport(options.from.map(readOutput)), brokenOff: [] }
      : await measureAll(options);
  process.stdout.write(formatReport(report));
  if (brokenOff.length > 0) {
    const rest = brokenOff.map((part) => part.split(":")[0]).join(",");
    const how = `--only ${rest} measures the rest, --from joins both`;
    process.stderr.write(`\nThese parts broke off (${how}):\n${brokenOff.map((line) => `  ${line}\n`).join("")}`);
    process.exitCode = 1;
  } else if (options.writesPage) writePage(report, describeRun(options, args));
}

const [command, argument = ""] = process.argv.slice(2);
if (command === "serve") await serve(JSON.parse(argument));
else if (command === "bill") await goThroughBill(JSON.parse(argument));
else if (command === "compare") await compareBooks(JSON.parse(argument));
else if (command === "import") await importFile(JSON.parse(argument));
else if (command === "sell") await sell(JSON.parse(argument));
else {
  await run(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}\n`);
    process.exitCode = 1;
  });
}
