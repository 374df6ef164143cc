import { FAULTS, NOT_INJECTED } from "./faults";
import type { Entry } from "./history";
import { FORGERIES } from "./plan";
import type { Outcome } from "./run";

type Row = readonly (string | number)[];

/** Columns as wide as their widest cell; numbers to the right. */
function table(head: Row, rows: readonly Row[]): string {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map((_, column) => rows.every((row) => typeof row[column] === "number"));
  const cell = (text: string, column: number) =>
    isNumber[column] ? text.padStart(widths[column] as number) : text.padEnd(widths[column] as number);
  return all.map((row) => `  ${row.map(cell).join("  ")}`.trimEnd()).join("\n");
}

const ends = (history: readonly Entry[]): Entry[] => history.filter(({ type }) => type !== "invoke");

function operations({ history }: Outcome): string {
  const names = [...new Set(history.map(({ op }) => op))].sort();
  const count = (op: string, type: string) =>
    ends(history).filter((entry) => entry.op === op && entry.type === type).length;
  return table(
    ["operation", "ok", "refused", "unknown"],
    names.map((op) => [op, count(op, "ok"), count(op, "fail"), count(op, "unknown")]),
  );
}

/** What buyers and forgers did, which is a fault of the gateway's or of the world, counted in the plan and in the history. */
function callbackFaults({ plan, history }: Outcome): Row[] {
  const listed = "callbacks";
  const paying = (...kinds: string[]) => plan.buyers.filter((buyer) => kinds.includes(buyer.paying)).length;
  const forged = (forgery: string) =>
    history.filter(({ op, type, detail }) => op === "forged notice" && type === "invoke" && detail?.forgery === forgery)
      .length;
  return [
    [listed, "×100 at once", paying("storm")],
    [
      listed,
      "repeated and reordered",
      plan.buyers.filter(({ copies, paying }) => copies > 1 && paying === "right").length,
    ],
    [listed, "no notice at all", paying("silent")],
    [listed, "after expiry", paying("after the deadline", "after the release")],
    [listed, "after cancel", paying("cancelled, then paid")],
    [listed, "after refund", paying("given back, then told")],
    [listed, "wrong amount", paying("too little", "too much", "too little, then right")],
    [listed, "two trades for one order", paying("two trades")],
    [listed, "a trade replayed on another order", paying("another order's trade")],
    ...FORGERIES.map((forgery): Row => [listed, forgery, forged(forgery)]),
    ["a flash sale with all of these", "buyers in one moment", plan.buyers.filter(({ isOfFlash }) => isOfFlash).length],
  ];
}

function faults(outcome: Outcome): string {
  const own = FAULTS.map(({ listed, name }): Row => [listed, name, outcome.faults[name]?.happened ?? 0]);
  const dying: Row = ["two processes, one of them dying", "every kill above", outcome.ends.killed];
  return table(["fault as listed", "injected as", "count"], [...own, dying, ...callbackFaults(outcome)]);
}

/** The last word of a run. */
export function formatReport(outcome: Outcome): string {
  const { plan, ends: deaths, violations, notes, seconds } = outcome;
  const not = NOT_INJECTED.map(({ listed, reason }) => `  ${listed}: ${reason}`);
  return [
    `Seed ${plan.seed}: ${plan.buyers.length} buyers, ${plan.faults.length} faults planned.`,
    `${seconds.underFault.toFixed(0)} s under fault; at rest ${seconds.toRest.toFixed(0)} s after the last buyer was served.`,
    `The servers were killed ${deaths.killed} times, stopped in order ${deaths.rolled}, given up while starting ${deaths.whileStarting}, and ended by themselves ${deaths.byItself}.`,
    "",
    operations(outcome),
    "",
    faults(outcome),
    "",
    "Not injected by this harness:",
    ...not,
    ...(notes.length > 0 ? ["", "Errors that the servers logged:", ...notes.map((note) => `  ${note}`)] : []),
    "",
    `Violations: ${violations.length}`,
    ...violations.slice(0, 50).map(({ promise, what }) => `  ${promise}: ${what}`),
    "",
  ].join("\n");
}
