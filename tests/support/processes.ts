import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** The living processes whose command line names a text, such as a data folder; dead ones not yet collected do not count. */
export function processesNaming(text: string): RunningProcess[] {
  return (existsSync("/proc/self/stat") ? fromProc() : fromPs()).filter(({ command }) => command.includes(text));
}

/** A slim system has no `ps`. A process that ends while we look has an empty command line or none. */
function fromProc(): RunningProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function fromPs(): RunningProcess[] {
  const lines = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
}

/** Looks again until nothing names the text, at most for `ms`; returns what still does. */
export async function remainingAfter(text: string, ms: number): Promise<RunningProcess[]> {
  const startedAt = performance.now();
  for (;;) {
    const remaining = processesNaming(text);
    if (remaining.length === 0 || performance.now() - startedAt > ms) return remaining;
    await sleep(50);
  }
}
