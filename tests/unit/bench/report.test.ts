import { describe, expect, test } from "vitest";
import { judgeBars, judgeFlash, judgeSlope } from "@/bench/bars";
import { COMPARED, judgeComparisons } from "@/bench/comparison-bars";
import { addUp } from "@/bench/crash";
import { type Sample, summarize } from "@/bench/figures";
import { IMPORT_WAYS, judgeImports } from "@/bench/import-bars";
import { markNotes, readReport } from "@/bench/lines";
import { readStat } from "@/bench/meter";
import { chartsOf } from "@/bench/page";
import { formatReport, type Report } from "@/bench/report";
import type { SlopePoint } from "@/bench/slope";
import { addSteps } from "@/bench/steps";

const sample = (contender: string, perSecond: number, products: number): Sample => ({
  bench: "claim",
  contender,
  products,
  inFlight: 256,
  round: 1,
  done: 10,
  failed: 0,
  soldTwice: 0,
  perSecond,
  p50Ms: 1,
  p99Ms: 2,
  cost: { cpuUs: 100 + products, walBytes: null },
});

const crash = {
  contender: "Redis DECR first",
  acknowledged: 20,
  lost: 0,
  unheard: 1,
  soldTwice: 0,
  stranded: 3,
  neverSold: 0,
  firstSaleMs: 40,
};

const point = (card: number, buffers: number | null, underOldSnapshot = false): SlopePoint => ({
  card,
  underOldSnapshot,
  buffers,
  ms: 1,
  firstBuffers: buffers,
  firstMs: 1,
  fromStartBuffers: buffers,
  fromStartMs: 1,
});

const flash = {
  contender: "ours",
  cards: 100,
  buyers: 5_000,
  sold: 100,
  soldTwice: 0,
  left: 0,
  errors: 0,
  lastToldMs: 200,
  refusedP99Ms: 150,
};

const report: Report = {
  machine: { cores: 2 },
  legend: [{ name: "ours", what: "what the shop does" }],
  samples: [sample("ours", 900, 1), sample("single statement", 300, 1), sample("ours", 10, 100)],
  sales: [flash, { ...flash, contender: "FOR UPDATE", lastToldMs: 2_000 }],
  pages: null,
  crashes: [addUp([crash, { ...crash, firstSaleMs: 90 }])],
  steps: [{ statement: "place", batch: 64, us: 200, buffers: 50, walBytes: 2_000, steps: [{ step: "req", us: 20 }] }],
  slope: { points: [point(1, 60), point(1_000_000, 96)], batches: [{ size: 64, buffers: 50.5, ms: 0.2 }] },
  bills: [{ way: "kept by the shop", rows: 1_000_000, seconds: 40, peakMb: 200 }],
  imports: [
    { way: IMPORT_WAYS.first, rows: 1_000_000, seconds: 50, peakMb: 300 },
    { way: IMPORT_WAYS.again, rows: 1_000_000, seconds: 10, peakMb: 250 },
    { way: IMPORT_WAYS.copy, rows: 1_000_000, seconds: 15, peakMb: null },
  ],
  comparisons: [
    { way: COMPARED.whole, rows: 100_000, seconds: 8, peakMb: 150 },
    { way: COMPARED.whole, rows: 1_000_000, seconds: 130, peakMb: 200 },
    { way: COMPARED.fresh, rows: 10_000, seconds: 2, peakMb: 150 },
    { way: COMPARED.alone, rows: 1_000_000, seconds: 0.004, peakMb: null },
    { way: COMPARED.beside, rows: 1_000_000, seconds: 0.005, peakMb: null },
    { way: COMPARED.inbox, rows: 100_000, seconds: 0.02, peakMb: null },
    { way: COMPARED.counts, rows: 100_000, seconds: 0.25, peakMb: null },
    { way: COMPARED.story, rows: 100_000, seconds: 0.03, peakMb: null },
  ],
  notes: ["a note"],
};

describe("the bars", () => {
  test("compare contenders on the one hot product, whatever they do on many", () => {
    expect(judgeBars(summarize(report.samples))).toMatchObject([
      { ratio: "ours / single statement", inFlight: 256, measured: 3, expected: 4, isMet: false },
    ]);
  });

  test("of a flash sale are a ratio that must be reached and a delay that must not be passed", () => {
    expect(judgeFlash(report.sales)).toMatchObject([
      { measured: 10, isCeiling: false, isMet: true },
      { measured: 150, expected: 100, isCeiling: true, isMet: false },
    ]);
  });

  test("of the slope are about buffers, with and without an old snapshot, and silent where buffers cannot be counted", () => {
    const points = [point(1, 60), point(1_000_000, 96), point(1, 60, true), point(1_000_000, 66, true)];
    expect(judgeSlope({ points, batches: [] }).map(({ measured, isMet }) => [measured, isMet])).toEqual([
      [1.6, false],
      [1.1, true],
    ]);
    expect(judgeSlope({ points: [point(1, null), point(1_000_000, null)], batches: [] })).toEqual([]);
  });
});

test("the bars of an import are its time, its memory, COPY of the same rows, and the same file again", () => {
  expect(judgeImports(report.imports).map(({ measured, isMet }) => [measured, isMet])).toEqual([
    [50, true],
    [300, true],
    [0.3, false],
    [5, true],
  ]);
  expect(judgeImports([])).toEqual([]);
});

test("the bars of a comparison are its time, its memory, its growth, what is new, the buyers beside it, and the inbox", () => {
  expect(judgeComparisons(report.comparisons).map(({ measured, isMet }) => [measured, isMet])).toEqual([
    [130, false],
    [200, true],
    [1.625, false],
    [2, true],
    [1.25, true],
    [0.25, false],
  ]);
  expect(judgeComparisons([])).toEqual([]);
});

describe("a report", () => {
  const text = formatReport(report);

  test("has a table for each number of products, and says what falls short in which direction", () => {
    expect(text).toContain("Orders placed, one hot product");
    expect(text).toContain("Orders placed, 100 products");
    expect(text).toContain("SHORT  flash sale: p99 of a refusal, ms at 5000 in flight: 150.00 (expected at most 100)");
    expect(text).toContain("SHORT  buffers of a sale, card 1,000,000 / card 1: 1.60 (expected at most 1.5)");
  });

  test("is the same again after it was read back from what it printed", () => {
    expect(readReport([text])).toEqual(report);
    expect(formatReport(readReport([text]))).toBe(text);
  });

  test("is put together of the parts of several runs", () => {
    const none = {
      samples: [],
      sales: [],
      crashes: [],
      steps: [],
      slope: null,
      bills: [],
      imports: [],
      comparisons: [],
    };
    const parts = [
      { ...report, ...none, samples: report.samples },
      {
        ...report,
        ...none,
        sales: report.sales,
        crashes: report.crashes,
        steps: report.steps,
        slope: report.slope,
        bills: report.bills,
        imports: report.imports,
        comparisons: report.comparisons,
      },
    ];
    expect(readReport(parts.map(formatReport))).toEqual(report);
  });

  test("tells the notes of several runs apart by their names", () => {
    const [first, second] = ["claims", "http"].map((name) =>
      markNotes(name, formatReport({ ...report, notes: ["quiet"] })),
    );
    expect(readReport([first ?? "", second ?? ""]).notes).toEqual(["claims: quiet", "http: quiet"]);
  });

  test("is never of two machines, nor of nothing", () => {
    const other = formatReport({ ...report, machine: { cores: 64 } });
    expect(() => readReport([text, other])).toThrow("different machines");
    expect(() => readReport(["no figures here"])).toThrow("no figures");
  });

  test("has a chart for everything that it has figures of, and none of what it has not", () => {
    const charts = chartsOf(report);
    expect([...charts.keys()]).toEqual([
      "claims.svg",
      "claims-100.svg",
      "cpu.svg",
      "flash-sale.svg",
      "crash.svg",
      "slope.svg",
    ]);
    expect(charts.get("crash.svg")).toContain("6 stranded");
    expect(chartsOf({ ...report, samples: [], sales: [], crashes: [], slope: null }).size).toBe(0);
  });
});

test("kills add up, and the longest wait is the one that is told", () => {
  expect(report.crashes[0]).toEqual({ ...crash, kills: 2, acknowledged: 40, unheard: 2, stranded: 6, firstSaleMs: 90 });
});

test("a process's times are read past a name with spaces and parentheses", () => {
  const fields = ["S", "4321", ...Array.from({ length: 9 }, () => "0"), "11", "22", "33", "44", "20", "0"];
  expect(readStat(`77 (postgres: (io) worker 0) ${fields.join(" ")}`)).toEqual({
    parent: 4321,
    ownTicks: 33,
    childTicks: 77,
  });
});

describe("the steps of a statement", () => {
  test("are its expressions by what each does itself: a scan of one tells again what stands in the plan already", () => {
    const leaf = (type: string, ms: number, loops = 1) => ({
      "Node Type": type,
      "Actual Total Time": ms,
      "Actual Loops": loops,
    });
    const plan = {
      ...leaf("Sort", 100),
      Plans: [
        { ...leaf("Aggregate", 30), "Subplan Name": "CTE req", Plans: [leaf("Function Scan", 20)] },
        {
          ...leaf("ModifyTable", 60),
          "Subplan Name": "CTE placed",
          Plans: [{ ...leaf("Hash Join", 45), Plans: [leaf("CTE Scan", 32), leaf("Index Scan", 1, 10)] }],
        },
        { ...leaf("Hash Join", 95), Plans: [leaf("CTE Scan", 33), leaf("CTE Scan", 61)] },
      ],
    };
    const sums = new Map<string, number>();
    addSteps(plan, "the answer", sums);
    expect(Object.fromEntries(sums)).toEqual({ "the answer": 6, req: 30, placed: 28 });
  });
});
