import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What a process of its own took for one piece of work. */
export interface ChildFigures {
  readonly seconds: number;
  /** The most memory that it ever had. */
  readonly peakMb: number;
}

interface ChildOrder {
  /** Of the bench's own command line. */
  readonly command: string;
  /** What it is told, as JSON behind the command. */
  readonly order: object;
  readonly timeoutMs: number;
  /** What it was to do, for the words of the error. */
  readonly what: string;
  /** What Node itself is told. */
  readonly nodeArgs?: readonly string[];
}

// The bench is one bundle: its own file is the program.
const program = fileURLToPath(import.meta.url);

/** Does a piece of work in a process of its own, so that its memory is nobody else's. */
export async function runChild({ command, order, timeoutMs, what, nodeArgs = [] }: ChildOrder): Promise<ChildFigures> {
  const child = fork(program, [command, JSON.stringify(order)], {
    execArgv: [...process.execArgv, ...nodeArgs],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    timeout: timeoutMs,
  });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`the process that was to ${what} ended with ${code}`);
  return JSON.parse(text);
}

/** The last word of such a process. */
export function endChild(seconds: number): never {
  process.stdout.write(JSON.stringify({ seconds, peakMb: process.resourceUsage().maxRSS / 1_024 }));
  process.exit(0);
}
