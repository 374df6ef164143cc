import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Bar, barChart } from "./chart";
import { type Summary, summarize } from "./figures";
import type { Flash } from "./flash";
import { formatReport, type Report } from "./report";

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

/** The charts of a run by file name, each from the figures at the highest number in flight. */
function chartsOf({ samples, sales }: Report): Map<string, string> {
  const charts = new Map<string, string>();
  const summaries = summarize(samples);
  for (const [bench, file, ours, title] of [
    ["claim", "claims.svg", "ours", "Orders placed per second, one hot product"],
    ["http", "http.svg", "POST /api/v1/orders", "Requests answered per second, one process"],
  ] as const) {
    const own = summaries.filter((summary) => summary.bench === bench);
    if (own.length === 0) continue;
    const inFlight = Math.max(...own.map((summary) => summary.inFlight));
    const bars = rates(
      own.filter((summary) => summary.inFlight === inFlight),
      ours,
    );
    charts.set(file, barChart(`${title}, ${inFlight} in flight (more is better)`, bars));
  }
  const [first] = sales;
  if (first) {
    const title = `${first.cards} cards, ${rate(first.buyers)} buyers at once: until the last is told (less is better)`;
    charts.set("flash-sale.svg", barChart(title, lastTold(sales)));
  }
  return charts;
}

const PAGE = "docs/benchmarks.md";
const FOLDER = "docs/benchmarks";

/** Writes the page of a run: charts, tables and every single figure, each from this run and none by hand. */
export function writePage(report: Report, command: string): void {
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

Written by \`${command}\`, which prints the same. Ratios mean something, absolute figures only on the machine below. Every
contender writes the same rows (order, line, payment attempt, ledger, outbox, card) into the same database, which waits for the
disk; the invariants are audited afterwards. "Sold twice" counts sales of a card that was somebody else's already: our schema's guard
threw them back, and a schema without one would have sold them. Each single figure: [results.jsonl](benchmarks/results.jsonl).

${images.join("\n\n")}

\`\`\`
${text.slice(0, jsonAt).trimEnd()}
\`\`\`
`,
  );
}
