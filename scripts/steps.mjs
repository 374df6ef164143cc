import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./project.mjs";

const dieWithParent = pathToFileURL(path.join(root, "scripts", "die-with-parent.mjs")).href;
const OUTPUT_KEPT = 200_000;

/** A command that did not end with 0; `output` is what it printed. */
export class CommandError extends Error {
  constructor(title, output) {
    super(title);
    this.output = output;
  }
}

export const secondsSince = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;

/** Announces a step before it runs and its seconds after, on `out`; on a terminal the seconds run along. */
export async function step(title, out, work) {
  const startedAt = performance.now();
  out.write(`  ${title} …`);
  const ticking = out.isTTY ? setInterval(() => out.write(`\r  ${title} … ${secondsSince(startedAt)}`), 1_000) : null;
  const finish = (outcome) => {
    clearInterval(ticking);
    out.write(`${out.isTTY ? `\r  ${title} …` : ""} ${outcome}${secondsSince(startedAt)}\n`);
  };
  try {
    const result = await work();
    finish("");
    return result;
  } catch (error) {
    finish("failed after ");
    throw error;
  }
}

/** Runs a Node program that ends when we end. Returns what it printed; throws `CommandError` when it fails. */
export function runNode(args, { env = {}, minutes } = {}) {
  const name = `node ${args.join(" ").replaceAll(`${root}${path.sep}`, "")}`;
  return run(process.execPath, ["--import", dieWithParent, ...args], { env, minutes, stdin: "pipe", name });
}

/** Runs any command without a standard input. Returns what it printed; throws `CommandError` when it fails. */
export function run(
  command,
  args,
  { env = {}, minutes = 60, stdin = "ignore", name = [command, ...args].join(" ") } = {},
) {
  return new Promise((resolve, reject) => {
    let output = "";
    const options = {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: [stdin, "pipe", "pipe"],
      timeout: minutes * 60_000,
    };
    const child = spawn(command, args, options);
    const keep = (text) => {
      output = (output + text).slice(-OUTPUT_KEPT);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.once("error", (error) => reject(new CommandError(`${name}: ${error.message}`, output)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new CommandError(`${name} ended with ${code ?? signal}`, output));
    });
  });
}
