import { formatProgram, sizeOf } from "./program";
import type { Failure } from "./search";
import type { Tally } from "./tally";

/** A program that broke a promise: what was wrong, how it goes, and how to play it again. */
export const formatFailure = ({ seed, path, program, complaints, found }: Failure): string =>
  [
    ...complaints,
    "",
    formatProgram(program),
    "",
    `Found with ${sizeOf(found)} events, made smaller to ${sizeOf(program)}. Again: npm run simulate -- --seed ${seed} --path ${path}`,
  ].join("\n");

function formatCounts(counts: ReadonlyMap<string, number>): string[] {
  const sorted = [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
  return sorted.map(([name, count]) => `  ${name.padEnd(44)} ${String(count).padStart(8)}`);
}

interface Run {
  readonly seed: number;
  readonly seeds: number;
  readonly seconds: number;
  readonly violations: number;
}

/** What a run did, for a person to read. */
export const formatTally = (tally: Tally, { seed, seeds, seconds, violations }: Run): string =>
  [
    `simulation: seeds ${seed} to ${seed + seeds - 1}, ${seconds} s, ${tally.sums.programs} programs, each on a shop of its own`,
    `commands ${tally.total("commands")}, in bursts of two processes; ${tally.sums.statements} statements between them and Postgres`,
    ...formatCounts(tally.counts.commands),
    "answers",
    ...formatCounts(tally.counts.answers),
    `faults ${tally.total("faults")}`,
    ...formatCounts(tally.counts.faults),
    `orders at the end ${tally.total("orders")}`,
    ...formatCounts(tally.counts.orders),
    `audits ${tally.sums.audits}, ${tally.sums.invariants} invariants judged`,
    `violations ${violations}`,
    "",
  ].join("\n");
