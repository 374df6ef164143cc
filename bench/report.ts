import { type Sample, type Summary, summarize } from "./figures";
import type { Flash } from "./flash";
import { describeDelays, type PageFigures, slowdownOf } from "./pages";

/** What the design expects of the ratio of two medians at the highest number in flight. */
const BARS = [
  { bench: "claim", of: "ours", over: "single statement", atLeast: 2.5 },
  { bench: "claim", of: "ours", over: "FOR UPDATE", atLeast: 20 },
  { bench: "http", of: "POST /api/v1/orders", over: "one SELECT", atLeast: 1 },
  { bench: "http", of: "notice, delivered", over: "one SELECT", atLeast: 1 },
  { bench: "http", of: "POST /api/v1/orders", over: "no-op Next route", atLeast: 5 },
  { bench: "pages", of: "home page, kept", over: "home page, rendered", atLeast: 10 },
  { bench: "pages", of: "product page, kept", over: "product page, rendered", atLeast: 10 },
  { bench: "ledger", of: "entries sealed", over: "ours, sealed later", atLeast: 2 },
] as const;

const FLASH_TIMES_SOONER = 5;

const cell = (value: number | null, digits = 1): string => (value === null ? "–" : value.toFixed(digits));

function table(summaries: readonly Summary[]): string[] {
  const head = ["", "in flight", "per second", "p50 ms", "p99 ms", "failed", "sold twice"];
  const rows = summaries.map((s) => [
    s.contender,
    `${s.inFlight}`,
    cell(s.perSecond, 0),
    cell(s.p50Ms),
    cell(s.p99Ms),
    `${s.failed}`,
    `${s.soldTwice}`,
  ]);
  return columns([head, ...rows]);
}

function flashTable(sales: readonly Flash[]): string[] {
  const head = ["", "sold", "sold twice", "left", "errors", "last told ms", "refusal p99 ms"];
  const rows = sales.map((s) => [
    s.contender,
    ...[s.sold, s.soldTwice, s.left, s.errors].map(String),
    cell(s.lastToldMs, 0),
    cell(s.refusedP99Ms, 0),
  ]);
  return columns([head, ...rows]);
}

function columns(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join("  "),
  );
}

export interface Verdict {
  readonly ratio: string;
  readonly inFlight: number;
  readonly measured: number;
  readonly expected: number;
  readonly isMet: boolean;
}

/** The expected ratios beside the measured ones; what falls short is said, not hidden. */
export function judgeBars(summaries: readonly Summary[]): Verdict[] {
  return BARS.flatMap(({ bench, of, over, atLeast }) => {
    const inFlight = Math.max(...summaries.filter((s) => s.bench === bench).map((s) => s.inFlight));
    const find = (contender: string) =>
      summaries.find((s) => s.bench === bench && s.contender === contender && s.inFlight === inFlight);
    const [mine, other] = [find(of), find(over)];
    if (!mine || !other) return [];
    const measured = mine.perSecond / other.perSecond;
    return [{ ratio: `${of} / ${over}`, inFlight, measured, expected: atLeast, isMet: measured >= atLeast }];
  });
}

/** The last buyer of the flash sale against the one behind a lock, and how long a refusal takes at most. */
export function judgeFlash(sales: readonly Flash[]): Verdict[] {
  const [ours, other] = ["ours", "FOR UPDATE"].map((name) => sales.find((sale) => sale.contender === name));
  if (!ours || !other) return [];
  const sooner = other.lastToldMs / ours.lastToldMs;
  return [
    {
      ratio: "flash sale: FOR UPDATE / ours, time until the last buyer is told",
      inFlight: ours.buyers,
      measured: sooner,
      expected: FLASH_TIMES_SOONER,
      isMet: sooner >= FLASH_TIMES_SOONER,
    },
  ];
}

const DELAY_SHARE = 1 / 5;

/** How much of its pace an order keeps while pages are rendered as fast as they can be. */
export function judgePages(pages: PageFigures | null): Verdict[] {
  if (!pages) return [];
  const measured = 1 / slowdownOf(pages);
  const ratio = "p99 of an order, pages at rest / pages rendered flat out";
  return [{ ratio, inFlight: 8, measured, expected: DELAY_SHARE, isMet: measured >= DELAY_SHARE }];
}

export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly legend: readonly { readonly name: string; readonly what: string }[];
  readonly samples: readonly Sample[];
  readonly sales: readonly Flash[];
  /** Null when the pages were not measured. */
  readonly pages: PageFigures | null;
  readonly notes: readonly string[];
}

/** Two decimals say all that such a measurement knows. */
const line = (type: string, fields: object): string =>
  JSON.stringify({ type, ...fields }, (_name, value) =>
    typeof value === "number" ? Math.round(value * 100) / 100 : value,
  );

const TITLES = { claim: "Orders placed", http: "Over HTTP", pages: "Pages", ledger: "The sealed ledger" } as const;

/** For people first: the machine, the medians, the bars. Then one JSON line per sample, median and bar, for programs. */
export function formatReport({ machine, legend, samples, sales, pages, notes }: Report): string {
  const summaries = summarize(samples).sort((a, b) => a.bench.localeCompare(b.bench) || a.inFlight - b.inFlight);
  const verdicts = [...judgeBars(summaries), ...judgeFlash(sales), ...judgePages(pages)];
  const sections = [
    Object.entries(machine).map(([name, value]) => `${name.padEnd(9)} ${value}`),
    legend.map(({ name, what }) => `${name}: ${what}`),
    ...(["claim", "http", "pages", "ledger"] as const).map((bench) => {
      const own = summaries.filter((summary) => summary.bench === bench);
      return own.length === 0 ? [] : [TITLES[bench], ...table(own)];
    }),
    pages ? describeDelays(pages) : [],
    sales.length === 0
      ? []
      : [`Flash sale: ${sales[0]?.cards} cards, ${sales[0]?.buyers} buyers in the same instant`, ...flashTable(sales)],
    verdicts.map(
      ({ ratio, inFlight, measured, expected, isMet }) =>
        `${isMet ? "met  " : "SHORT"}  ${ratio} at ${inFlight} in flight: ${measured.toFixed(2)} (expected at least ${expected})`,
    ),
    notes,
    [
      line("machine", machine),
      ...samples.map((sample) => line("sample", sample)),
      ...summaries.map((summary) => line("median", summary)),
      ...sales.map((sale) => line("flash", sale)),
      ...(pages?.delays ?? []).map((delay) => line("delay", delay)),
      ...(pages?.seenAfterMs ?? []).map((ms) => line("price seen", { ms })),
      ...verdicts.map((verdict) => line("bar", verdict)),
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}
