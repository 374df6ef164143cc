import {
  describeVerdict,
  judgeBars,
  judgeFlash,
  judgeNotices,
  judgePages,
  judgeSlope,
  judgeWholeSales,
  type Verdict,
} from "./bars";
import type { BillFigure } from "./bills";
import { type ComparisonFigure, judgeComparisons } from "./comparison-bars";
import type { Crash } from "./crash";
import { type Sample, type Summary, summarize } from "./figures";
import type { Flash } from "./flash";
import { type ImportFigure, judgeImports } from "./import-bars";
import { describeDelays, type PageFigures } from "./pages";
import type { Slope } from "./slope";
import type { StatementCost } from "./steps";
import { batchTable, billTable, crashTable, flashTable, rateTable, slopeTable, stepTable, workTables } from "./tables";

export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly legend: readonly { readonly name: string; readonly what: string }[];
  readonly samples: readonly Sample[];
  readonly sales: readonly Flash[];
  /** Null when the pages were not measured. */
  readonly pages: PageFigures | null;
  readonly crashes: readonly Crash[];
  /** Empty when the statements were not explained. */
  readonly steps: readonly StatementCost[];
  /** Null when the slope was not measured. */
  readonly slope: Slope | null;
  /** Empty when no bill was gone through. */
  readonly bills: readonly BillFigure[];
  readonly imports: readonly ImportFigure[];
  readonly comparisons: readonly ComparisonFigure[];
  readonly notes: readonly string[];
}

const onProducts = (products: number): string => (products === 1 ? "one hot product" : `${products} products`);

/** The tables of rates: one for each bench, and for each number of products that was asked for. */
function rateSections(summaries: readonly Summary[]): string[][] {
  const titles = {
    claim: "Orders placed",
    http: "Over HTTP",
    pages: "Pages",
    notices: "Notices read, by one core's time",
    ledger: "The sealed ledger",
    vault: "Pages of the vault, one after the other",
    quota: "Uses of keys beside orders placed",
  } as const;
  return (["claim", "http", "pages", "notices", "ledger", "vault", "quota"] as const).flatMap((bench) => {
    const own = summaries.filter((summary) => summary.bench === bench);
    const counts = [...new Set(own.map(({ products }) => products))].sort((a, b) => (a ?? 0) - (b ?? 0));
    return counts.map((products) => [
      products === undefined ? titles[bench] : `${titles[bench]}, ${onProducts(products)}`,
      ...rateTable(own.filter((summary) => summary.products === products)),
    ]);
  });
}

const CRASHES = `kill -9 of the selling process
Heard sold: sales a buyer had heard of. Lost: those of them that the database does not know. Unheard: written, but the process died before
it said so. Stranded: cards that are not sold and that the next process could not sell either. Never sold: orders that a buyer was told
are accepted, and that nobody ever wrote. Next sale: the longest wait for the next process's first sale.`;

const describeStatement = ({ statement, batch, us, buffers, walBytes }: StatementCost): string =>
  `Where ${statement} spends Postgres's time, for each order of a batch of ${batch}: ${us.toFixed(0)} µs, ${buffers.toFixed(1)} buffers, ${walBytes.toFixed(0)} bytes of write-ahead log
(as its own EXPLAIN ANALYZE tells, which costs time itself: read the shares)`;

function slopeSections(slope: Slope): string[][] {
  return [
    ["One sale after so many, by itself, through the shop's own code", ...slopeTable(slope)],
    ["The statement by the size of its batch", ...batchTable(slope)],
  ];
}

/** Every bar that the figures at hand can say something about. */
export const judge = ({ samples, sales, pages, slope, imports, comparisons }: Report): Verdict[] => [
  ...judgeBars(summarize(samples)),
  ...judgeWholeSales(summarize(samples)),
  ...judgeNotices(summarize(samples)),
  ...judgeFlash(sales),
  ...judgeSlope(slope),
  ...judgePages(pages),
  ...judgeImports(imports),
  ...judgeComparisons(comparisons),
];

/** Five digits say all that such a measurement knows; what was counted is whole. */
const line = (type: string, fields: object): string =>
  JSON.stringify({ type, ...fields }, (_name, value) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value,
  );

/** One line for each thing the report says, for programs; `readReport` makes the report of them again. */
function jsonLines({
  machine,
  legend,
  samples,
  sales,
  pages,
  crashes,
  steps,
  slope,
  bills,
  imports,
  comparisons,
  notes,
}: Report): string[] {
  return [
    line("machine", machine),
    ...legend.map((entry) => line("legend", entry)),
    ...samples.map((sample) => line("sample", sample)),
    ...sales.map((sale) => line("flash", sale)),
    ...(pages?.delays ?? []).map((delay) => line("delay", delay)),
    ...(pages?.seenAfterMs ?? []).map((ms) => line("price seen", { ms })),
    ...crashes.map((crash) => line("crash", crash)),
    ...steps.map((cost) => line("steps", cost)),
    ...(slope?.points ?? []).map((point) => line("slope", point)),
    ...(slope?.batches ?? []).map((batch) => line("batch", batch)),
    ...bills.map((bill) => line("bill", bill)),
    ...imports.map((figure) => line("import", figure)),
    ...comparisons.map((figure) => line("comparison", figure)),
    ...notes.map((text) => line("note", { text })),
  ];
}

/** For people first: the machine, the medians, the bars. Then one JSON line per figure, median and bar, for programs. */
export function formatReport(report: Report): string {
  const { machine, legend, samples, sales, pages, crashes, steps, slope, bills, imports, comparisons, notes } = report;
  const summaries = summarize(samples).sort((a, b) => a.inFlight - b.inFlight);
  const verdicts = judge(report);
  const sections = [
    Object.entries(machine).map(([name, value]) => `${name.padEnd(9)} ${value}`),
    legend.map(({ name, what }) => `${name}: ${what}`),
    ...rateSections(summaries),
    pages && pages.delays.length > 0 ? describeDelays(pages) : [],
    sales.length === 0
      ? []
      : [`Flash sale: ${sales[0]?.cards} cards, ${sales[0]?.buyers} buyers in the same instant`, ...flashTable(sales)],
    crashes.length === 0 ? [] : [CRASHES, ...crashTable(crashes)],
    ...steps.map((cost) => [describeStatement(cost), ...stepTable(cost)]),
    ...(slope ? slopeSections(slope) : []),
    bills.length === 0 ? [] : ["A gateway's statement, from the file to the rows", ...billTable(bills)],
    ...workTables(
      {
        work: "A file of cards, from its first byte until it is on sale",
        waits: "What is waited for beside an import",
      },
      imports,
    ),
    ...workTables(
      {
        work: "Everything compared with everything, and with the gateway's books",
        waits: "What is waited for beside a comparison, and in the inbox",
      },
      comparisons,
    ),
    verdicts.map(describeVerdict),
    notes,
    [
      ...jsonLines(report),
      ...summaries.map((summary) => line("median", summary)),
      ...verdicts.map((verdict) => line("bar", verdict)),
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}
