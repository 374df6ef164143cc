import { readFileSync } from "node:fs";
import { runAudit } from "@/lib/features/audit";
import { drainOutbox } from "@/lib/flows/drain-outbox";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { benchBills, goThroughBill } from "./bills";
import { benchClaims } from "./claims";
import { benchCrash, type Crash } from "./crash";
import { openBenchDatabase } from "./database";
import { estimateMinutes } from "./estimate";
import { describeMachine, type Sample } from "./figures";
import { benchFlash, type Flash } from "./flash";
import { benchHttp, ENDPOINTS } from "./http";
import { benchLedger, LEDGER_LEGEND } from "./ledger";
import { readReport } from "./lines";
import { readHostTicks } from "./meter";
import { benchNotices, NOTICES_LEGEND } from "./notices";
import { type Options, readOptions, USAGE } from "./options";
import { writePage } from "./page";
import { benchPages } from "./pages";
import { HOW_PAST_WAS_BUILT } from "./past";
import { openBenchRedis } from "./redis";
import { formatReport, type Report } from "./report";
import { sell } from "./seller";
import { serve } from "./serve";
import { type BenchShop, openBenchShop } from "./shop";
import { benchSlope } from "./slope";
import { benchSteps } from "./steps";

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

async function measure(shop: BenchShop, options: Options): Promise<Report> {
  const machine = await withClient(shop.urls.app, describeMachine);
  const samples: Sample[] = [];
  const legend: { name: string; what: string }[] = [];
  const notes: string[] = [];
  const ticks = readHostTicks();
  const sales: Flash[] = [];
  const crashes: Crash[] = [];
  const redis = await openBenchRedis();
  if (redis === null) notes.push("No redis-server on the PATH: the techniques that need one were left out.");
  try {
    if (options.parts.includes("claims")) {
      const claims = await benchClaims({ shop, redis }, options, tell);
      samples.push(...claims.samples);
      legend.push(...claims.contenders);
    }
    if (options.parts.includes("flash")) sales.push(...(await benchFlash({ shop, redis }, options, tell)));
    if (options.parts.includes("crash")) crashes.push(...(await benchCrash({ shop, redis }, options, tell)));
  } finally {
    await redis?.stop();
  }
  if (options.parts.includes("http")) {
    samples.push(...(await benchHttp(shop, options, tell)));
    legend.push(...ENDPOINTS);
  }
  const pages = options.parts.includes("pages") ? await benchPages(shop, options, tell) : null;
  if (pages) samples.push(...pages.samples);
  if (options.parts.includes("notices")) {
    samples.push(...benchNotices(options, tell));
    legend.push(...NOTICES_LEGEND);
  }
  if (options.parts.includes("ledger")) {
    samples.push(...(await benchLedger(shop, options, tell)));
    legend.push(...LEDGER_LEGEND);
  }
  const steps = options.parts.includes("steps") ? await benchSteps(shop, options, tell) : [];
  const bills = options.parts.includes("bills") ? await benchBills(shop, options, tell) : [];
  notes.push(await checkRows(shop));
  const slope = options.parts.includes("slope") ? await benchSlope(shop, options, tell) : null;
  if (slope) notes.push(HOW_PAST_WAS_BUILT);
  notes.push(...describeStolen(ticks));
  if (options.isSmoke) notes.push("A smoke run: it shows that everything runs, and its figures mean nothing.");
  return { machine, legend, samples, sales, pages, crashes, steps, slope, bills, notes };
}

async function measureAll(options: Options): Promise<Report> {
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

async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const isRead = options.from.length > 0;
  const report = isRead
    ? readReport(options.from.map((file) => readFileSync(file, "utf8")))
    : await measureAll(options);
  process.stdout.write(formatReport(report));
  if (options.writesPage) writePage(report, ["npm run bench --", ...args].join(" "));
}

const [command, argument = ""] = process.argv.slice(2);
if (command === "serve") await serve(JSON.parse(argument));
else if (command === "bill") await goThroughBill(JSON.parse(argument));
else if (command === "sell") await sell(JSON.parse(argument));
else {
  await run(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}\n`);
    process.exitCode = 1;
  });
}
