import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LoadOrder, LoadReport } from "./load";

/** The generator is a program of its own: with the shop's modules in it, it would be slower than what it measures. */
const generator = path.join(path.dirname(fileURLToPath(import.meta.url)), "bench-load.js");

/** Runs the load generator once and returns what it saw. */
export async function generate(order: LoadOrder): Promise<LoadReport> {
  const timeout = (order.seconds + 60) * 1_000;
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(order)], { timeout });
  return JSON.parse(stdout) as LoadReport;
}
