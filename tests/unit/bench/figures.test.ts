import { describe, expect, test } from "vitest";
import { judgeBars } from "@/bench/bars";
import { createRandom, median, percentile, type Sample, shuffle, summarize } from "@/bench/figures";
import { readOptions } from "@/bench/options";
import { formatReport } from "@/bench/report";
import { readSources } from "../../architecture/sources";

const sample = (contender: string, perSecond: number, round = 1): Sample => ({
  bench: "claim",
  contender,
  inFlight: 64,
  round,
  done: 1,
  failed: 0,
  soldTwice: 0,
  perSecond,
  p50Ms: null,
  p99Ms: null,
});

describe("the bench's arithmetic", () => {
  test("a median is the middle one, or between the two middle ones", () => {
    expect([median([5, 1, 9]), median([4, 1, 3, 2]), median([7])]).toEqual([5, 2.5, 7]);
  });

  test("a percentile of few values is one of them", () => {
    expect([percentile([1, 2, 3, 4], 0.5), percentile([1], 0.99), percentile([], 0.5)]).toEqual([3, 1, null]);
  });

  test("the same seed gives the same order, another seed another, and nothing is lost", () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const drawn = shuffle(items, createRandom(7));
    expect(drawn).toEqual(shuffle(items, createRandom(7)));
    expect(drawn).not.toEqual(shuffle(items, createRandom(8)));
    expect([...drawn].sort()).toEqual(items);
  });

  test("one slow round does not move the median, and failures of all rounds are counted", () => {
    const [summary] = summarize([
      sample("ours", 10, 1),
      sample("ours", 9_000, 2),
      { ...sample("ours", 11, 3), failed: 2 },
    ]);
    expect(summary).toMatchObject({ perSecond: 11, rounds: 3, failed: 2, p50Ms: null });
  });

  test("a bar that is not reached is said to be short", () => {
    const samples = [sample("ours", 500), sample("single statement", 100), sample("FOR UPDATE", 50)];
    expect(judgeBars(summarize(samples)).map(({ ratio, measured, isMet }) => [ratio, measured, isMet])).toEqual([
      ["ours / single statement", 5, true],
      ["ours / FOR UPDATE", 10, false],
    ]);
    const report = formatReport({
      machine: { cores: 2 },
      legend: [],
      samples,
      sales: [],
      pages: null,
      steps: [],
      crashes: [],
      slope: null,
      bills: [],
      imports: [],
      comparisons: [],
      notes: ["a note"],
    });
    expect(report).toContain("SHORT  ours / FOR UPDATE at 64 in flight: 10.00 (expected at least 20)");
    const json = report.split("\n").filter((line) => line.startsWith("{"));
    expect(json.map((line) => JSON.parse(line).type)).toEqual([
      "machine",
      "sample",
      "sample",
      "sample",
      "note",
      "median",
      "median",
      "median",
      "bar",
      "bar",
    ]);
  });
});

describe("the bench's command line", () => {
  test("has its defaults", () => {
    expect(readOptions([])).toEqual({
      rounds: 3,
      seconds: 1,
      inFlight: [1, 16, 64, 256],
      kills: 3,
      seed: 1,
      orders: 1_000_000,
      parts: [
        "claims",
        "flash",
        "http",
        "pages",
        "notices",
        "ledger",
        "crash",
        "steps",
        "slope",
        "bills",
        "vault",
        "import",
        "reconcile",
        "quota",
      ],
      from: [],
      isSmoke: false,
      writesPage: false,
      allowRemoteHost: false,
    });
  });

  test("takes several parts, and several files to put together", () => {
    const options = readOptions(["--only", "slope,claims", "--from", "a.jsonl", "--from", "b.jsonl"]);
    expect(options).toMatchObject({ parts: ["claims", "slope"], from: ["a.jsonl", "b.jsonl"] });
  });

  test.each([
    ["--rounds=0"],
    ["--rounds=x"],
    ["--seconds=1e9"],
    ["--in-flight=1,,2"],
    ["--in-flight=9999"],
    ["--only=all"],
    ["--only=claims,"],
    ["--kills=0"],
    ["--fast"],
  ])("refuses %s", (argument) => {
    expect(() => readOptions([argument])).toThrow();
  });
});

test("no part of the shop imports the bench or has one of its addresses", () => {
  const offenders = readSources().filter(
    ({ file, text }) =>
      /^(app|components|lib|server|sandbox|cli)\//.test(file) && /@\/bench\/|["'`]\/bench\//.test(text),
  );
  expect(offenders.map(({ file }) => file)).toEqual([]);
});
