import type { BillFigure } from "./bills";
import { COMPARED } from "./comparison-bars";
import type { Crash } from "./crash";
import type { Summary } from "./figures";
import type { Flash } from "./flash";
import { IMPORT_WAYS } from "./import-bars";
import type { Slope } from "./slope";
import type { StatementCost } from "./steps";

/** What is told in milliseconds: what somebody waits for, not what work takes. */
const WAITS: ReadonlySet<string> = new Set([
  ...[COMPARED.alone, COMPARED.beside, COMPARED.inbox, COMPARED.counts, COMPARED.story],
  ...[IMPORT_WAYS.alone, IMPORT_WAYS.beside, IMPORT_WAYS.aloneInOne, IMPORT_WAYS.besideInOne],
]);

const cell = (value: number | null | undefined, digits = 1): string =>
  value === null || value === undefined ? "–" : value.toFixed(digits);
/** Microseconds as such: a signature takes few of them. */
const millis = (value: number | null): string => cell(value, value !== null && value < 1 ? 3 : 1);

/** Aligned for a reader with one width of letters: the first column to the left, the others to the right. */
function columns(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join("  "),
  );
}

/** Rates and delays; what a sale costs the database beside them where it was measured. */
export function rateTable(summaries: readonly Summary[]): string[] {
  const hasCost = summaries.some(({ cost }) => cost);
  const costs = hasCost ? ["database CPU µs", "WAL bytes"] : [];
  const head = ["", "in flight", "per second", "p50 ms", "p99 ms", "failed", "sold twice", ...costs];
  const rows = summaries.map((s) => [
    s.contender,
    `${s.inFlight}`,
    cell(s.perSecond, 0),
    millis(s.p50Ms),
    millis(s.p99Ms),
    `${s.failed}`,
    `${s.soldTwice}`,
    ...(hasCost ? [cell(s.cost?.cpuUs, 0), cell(s.cost?.walBytes, 0)] : []),
  ]);
  return columns([head, ...rows]);
}

export function flashTable(sales: readonly Flash[]): string[] {
  const head = ["", "sold", "sold twice", "left", "errors", "last told ms", "refusal p99 ms"];
  const rows = sales.map((s) => [
    s.contender,
    ...[s.sold, s.soldTwice, s.left, s.errors].map(String),
    cell(s.lastToldMs, 0),
    cell(s.refusedP99Ms, 0),
  ]);
  return columns([head, ...rows]);
}

export function crashTable(crashes: readonly Crash[]): string[] {
  const head = [
    "",
    "kills",
    "heard sold",
    "lost",
    "sold, unheard",
    "sold twice",
    "cards stranded",
    "never sold",
    "next sale ms",
  ];
  const rows = crashes.map((c) => [
    c.contender,
    ...[c.kills, c.acknowledged, c.lost, c.unheard, c.soldTwice, c.stranded, c.neverSold].map(String),
    cell(c.firstSaleMs, 0),
  ]);
  return columns([head, ...rows]);
}

export function slopeTable({ points }: Slope): string[] {
  const head = [
    "card",
    "old snapshot",
    "buffers",
    "ms",
    "first of a process: buffers",
    "ms",
    "always from the first card: buffers",
    "ms",
  ];
  const rows = points.map((point) => [
    point.card.toLocaleString("en-US"),
    point.underOldSnapshot ? "held" : "",
    cell(point.buffers, 0),
    cell(point.ms, 2),
    cell(point.firstBuffers, 0),
    cell(point.firstMs, 2),
    cell(point.fromStartBuffers, 0),
    cell(point.fromStartMs, 2),
  ]);
  return columns([head, ...rows]);
}

export function batchTable({ batches }: Slope): string[] {
  const rows = batches.map(({ size, buffers, ms }) => [`${size}`, cell(buffers, 1), cell(ms, 3)]);
  return columns([["orders in the statement", "buffers each", "ms each"], ...rows]);
}

export function stepTable({ us: whole, steps }: StatementCost): string[] {
  const rows = steps.map(({ step, us }) => [step, cell(us, 1), `${((us / whole) * 100).toFixed(0)} %`]);
  return columns([["step", "µs", "share"], ...rows]);
}

export function billTable(bills: readonly BillFigure[]): string[] {
  const rows = bills.map(({ way, rows: count, seconds, peakMb }) => [
    way,
    count.toLocaleString("en-US"),
    cell(seconds),
    cell(count / seconds, 0),
    cell(peakMb, 0),
  ]);
  return columns([["", "rows", "seconds", "rows per second", "peak MB"], ...rows]);
}

/** What work costs under its own title, and apart from it what somebody waits for while so many rows are there. */
export function workTables(
  titles: { readonly work: string; readonly waits: string },
  figures: readonly BillFigure[],
): string[][] {
  if (figures.length === 0) return [];
  const isWait = ({ way }: BillFigure): boolean => WAITS.has(way);
  const waits = figures.filter(isWait);
  return [
    [titles.work, ...billTable(figures.filter((figure) => !isWait(figure)))],
    ...(waits.length === 0 ? [] : [[titles.waits, ...waitTable(waits)]]),
  ];
}

function waitTable(waits: readonly BillFigure[]): string[] {
  const rows = waits.map(({ way, rows: count, seconds }) => [
    way,
    count.toLocaleString("en-US"),
    cell(1_000 * seconds),
  ]);
  return columns([["", "rows", "ms"], ...rows]);
}
