import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Bar, barChart } from "./chart";
import type { Crash } from "./crash";
import { type Cost, type Summary, summarize } from "./figures";
import type { Flash } from "./flash";
import { formatReport, type Report } from "./report";
import type { Slope } from "./slope";

const rate = (value: number): string => Math.round(value).toLocaleString("en-US");

function rates(summaries: readonly Summary[], ours: string): Bar[] {
  return summaries
    .toSorted((a, b) => b.perSecond - a.perSecond)
    .map(({ contender, perSecond, soldTwice }) => ({
      label: contender,
      value: perSecond,
      text: soldTwice > 0 ? `${rate(perSecond)}/s, sells twice` : `${rate(perSecond)}/s`,
      isOurs: contender === ours,
    }));
}

function lastTold(sales: readonly Flash[]): Bar[] {
  return sales
    .toSorted((a, b) => a.lastToldMs - b.lastToldMs)
    .map(({ contender, lastToldMs, errors, soldTwice }) => ({
      label: contender,
      value: lastToldMs,
      text: `${(lastToldMs / 1_000).toFixed(1)} s${soldTwice > 0 ? ", sells twice" : ""}${errors > 0 ? ", errors" : ""}`,
      isOurs: contender === "ours",
    }));
}

const RATES = [
  { bench: "claim", products: 1, file: "claims.svg", ours: "ours", title: "Orders placed per second, one hot product" },
  {
    bench: "claim",
    products: 100,
    file: "claims-100.svg",
    ours: "ours",
    title: "Orders placed per second, 100 products",
  },
  {
    bench: "http",
    products: undefined,
    file: "http.svg",
    ours: "POST /api/v1/orders",
    title: "Requests answered per second, one process",
  },
  {
    bench: "quota",
    products: undefined,
    file: "quota.svg",
    ours: "use of one key",
    title: "Uses of keys counted per second, beside orders placed",
  },
] as const;

/** What is measured at several numbers in flight is shown at the highest. */
function atMost(summaries: readonly Summary[]): { own: Summary[]; inFlight: number } {
  const inFlight = Math.max(...summaries.map((summary) => summary.inFlight));
  return { own: summaries.filter((summary) => summary.inFlight === inFlight), inFlight };
}

function costs(summaries: readonly Summary[], pick: (cost: Cost) => number | null, unit: string): Bar[] {
  return summaries
    .flatMap(({ contender, cost }) => {
      const value = cost ? pick(cost) : null;
      return value === null
        ? []
        : [{ label: contender, value, text: `${rate(value)} ${unit}`, isOurs: contender === "ours" }];
    })
    .sort((a, b) => a.value - b.value);
}

function leftBehind(crashes: readonly Crash[]): Bar[] {
  return crashes
    .map((crash) => ({ ...crash, value: crash.lost + crash.soldTwice + crash.stranded + crash.neverSold }))
    .toSorted((a, b) => a.value - b.value)
    .map(({ contender, value, lost, soldTwice, stranded, neverSold }) => {
      const parts = [
        [lost, "lost"],
        [soldTwice, "sold twice"],
        [stranded, "stranded"],
        [neverSold, "never sold"],
      ] as const;
      const text = parts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(", ");
      return { label: contender, value, text: text || "nothing", isOurs: contender === "ours" };
    });
}

function slopes({ points }: Slope): Bar[] {
  return points.flatMap(({ card, underOldSnapshot, buffers, ms }) =>
    buffers === null
      ? []
      : [
          {
            label: `card ${rate(card)}${underOldSnapshot ? ", old snapshot" : ""}`,
            value: buffers,
            text: `${rate(buffers)}, ${ms.toFixed(1)} ms`,
            isOurs: !underOldSnapshot,
          },
        ],
  );
}

/** The charts of a run by file name, rates and costs from the figures at the highest number in flight. */
export function chartsOf({ samples, sales, crashes, slope }: Report): Map<string, string> {
  const charts = new Map<string, string>();
  const draw = (file: string, title: string, bars: readonly Bar[]): void => {
    if (bars.length > 0) charts.set(file, barChart(title, bars));
  };
  const summaries = summarize(samples);
  for (const { bench, products, file, ours, title } of RATES) {
    const { own, inFlight } = atMost(summaries.filter((one) => one.bench === bench && one.products === products));
    draw(file, `${title}, ${inFlight} in flight (more is better)`, rates(own, ours));
  }
  const hot = atMost(summaries.filter((one) => one.bench === "claim" && one.products === 1));
  const less = `for one sale, ${hot.inFlight} in flight (less is better)`;
  draw(
    "cpu.svg",
    `Processor time of Postgres ${less}`,
    costs(hot.own, (cost) => cost.cpuUs, "µs"),
  );
  draw(
    "wal.svg",
    `Write-ahead log ${less}`,
    costs(hot.own, (cost) => cost.walBytes, "bytes"),
  );
  const [first] = sales;
  const crowd = `${first?.cards} cards, ${rate(first?.buyers ?? 0)} buyers at once`;
  draw("flash-sale.svg", `${crowd}: until the last is told (less is better)`, lastTold(sales));
  draw(
    "crash.svg",
    `Left behind by ${crashes[0]?.kills} × kill -9 in the middle of selling (less is better)`,
    leftBehind(crashes),
  );
  if (slope) draw("slope.svg", "Buffers of one sale after so many (even is better)", slopes(slope));
  return charts;
}

const PAGE = "docs/benchmarks.md";
const FOLDER = "docs/benchmarks";

/** Writes the page of a run: charts, tables and every single figure, each from this run and none by hand. */
export function writePage(report: Report, howItRan: string): void {
  const text = formatReport(report);
  const jsonAt = text.indexOf("\n{");
  const charts = chartsOf(report);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path.join(FOLDER, "results.jsonl"), text.slice(jsonAt + 1));
  for (const [file, svg] of charts) writeFileSync(path.join(FOLDER, file), svg);
  const images = [...charts.keys()].map((file) => `![${file.replace(".svg", "")}](benchmarks/${file})`);
  writeFileSync(
    PAGE,
    `# Benchmarks

Written by ${howItRan}, which prints the same. Ratios mean something, absolute figures only on the machine below. Every
contender writes the same rows (order, line, payment attempt, ledger, outbox, card) into the same database, which waits for the
disk; the invariants are audited afterwards. "Sold twice" counts sales of a card that was somebody else's already: our schema's guard
threw them back, and a schema without one would have sold them. What a sale costs the database is the processor time of all of Postgres's processes and
the growth of its write-ahead log, over the sales made. Each single figure: [results.jsonl](benchmarks/results.jsonl). What \`SHORT\` falls short of, and where the time goes:
[limits.md](benchmarks/limits.md).

${images.join("\n\n")}

\`\`\`
${text.slice(0, jsonAt).trimEnd()}
\`\`\`
`,
  );
}
