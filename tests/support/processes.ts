import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** The living processes whose command line names a text, such as a data folder; dead ones not yet collected do not count. */
export function processesNaming(text: string): RunningProcess[] {
  const lines = execFileSync("ps", ["-eo", "pid=,stat=,args="], { encoding: "utf8" }).split("\n");
  return lines
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && !match[2]?.startsWith("Z") && match[3]?.includes(text))
    .map((match) => ({ pid: Number(match?.[1]), command: match?.[3] ?? "" }));
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
