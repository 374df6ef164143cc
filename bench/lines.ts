import type { BillFigure } from "./bills";
import type { ComparisonFigure } from "./comparison-bars";
import type { Crash } from "./crash";
import type { Sample } from "./figures";
import type { Flash } from "./flash";
import type { ImportFigure } from "./import-bars";
import type { Delay } from "./pages";
import type { Report } from "./report";
import type { BatchCost, SlopePoint } from "./slope";
import type { StatementCost } from "./steps";

type Line = { readonly type: string };

/**
 * The report of what earlier runs printed, each by itself or all in one: figures are put together, medians and bars are drawn anew.
 * Throws one sentence when they are not of one machine, or when there are none.
 */
export function readReport(outputs: readonly string[]): Report {
  const lines = outputs
    .flatMap((output) => output.split("\n"))
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
  const of = <T>(type: string): T[] =>
    lines.filter((line) => line.type === type).map(({ type: _type, ...fields }) => fields as T);
  const machines = new Map(of<Report["machine"]>("machine").map((machine) => [JSON.stringify(machine), machine]));
  const [machine] = machines.values();
  if (!machine) throw new Error("There are no figures in what --from names.");
  if (machines.size > 1) throw new Error("These figures are of different machines, or of different settings of one.");
  const [points, batches] = [of<SlopePoint>("slope"), of<BatchCost>("batch")];
  const samples = of<Sample>("sample");
  const pages = {
    samples: samples.filter(({ bench }) => bench === "pages"),
    delays: of<Delay>("delay"),
    seenAfterMs: of<{ ms: number }>("price seen").map(({ ms }) => ms),
  };
  return {
    machine,
    legend: [...new Map(of<{ name: string; what: string }>("legend").map((entry) => [entry.name, entry])).values()],
    samples,
    sales: of<Flash>("flash"),
    pages: pages.delays.length === 0 ? null : pages,
    crashes: of<Crash>("crash"),
    steps: of<StatementCost>("steps"),
    slope: points.length === 0 ? null : { points, batches },
    bills: of<BillFigure>("bill"),
    imports: of<ImportFigure>("import"),
    comparisons: of<ComparisonFigure>("comparison"),
    notes: [...new Set(of<{ text: string }>("note").map(({ text }) => text))],
  };
}

/** What a run printed, its notes marked with the name by which they are told from those of others that it is put together with. */
export const markNotes = (name: string, output: string): string =>
  output.replaceAll(/^\{"type":"note","text":"/gm, (begin) => `${begin}${JSON.stringify(name).slice(1, -1)}: `);
