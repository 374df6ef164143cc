import { limits } from "@/lib/kernel/limits";
import { EnvError, loadEnv } from "@/lib/platform/env";
import { createLog } from "@/lib/platform/log";
import { keepSecret } from "@/lib/platform/secret-file";
import { greeting } from "./greeting";
import { createLifecycle } from "./lifecycle";
import { openShop } from "./open-shop";

/** Draining, stopping Postgres twice over, and a little more: past it something hangs, and the process ends regardless. */
const STOP_MS = limits.stopGraceMs + 2 * limits.postgresStopMs + 5_000;

const log = createLog("stdout");
const lifecycle = createLifecycle(log);
const say = (line: string): void => void process.stdout.write(`  ${line} …\n`);

let opening: Promise<unknown> = Promise.resolve();
let isLeaving = false;

/** Ends the process once, after everything that runs was stopped; what is still starting is stopped when it has started. */
async function leave(exitCode: number): Promise<void> {
  if (isLeaving) return;
  isLeaving = true;
  setTimeout(() => process.exit(1), STOP_MS).unref();
  await opening.catch(() => {});
  await lifecycle.stop();
  process.exit(exitCode);
}

function giveUp(error: unknown): void {
  if (error instanceof EnvError) process.stderr.write(`${error.message}\n`);
  else log.error("process.failed", {}, error);
  void leave(1);
}

// A terminal sends Ctrl-C to the whole group and npm passes it on once more, so repeats mean nothing new. SIGHUP: it was closed.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (!isLeaving) process.stdout.write("Closing …\n");
    void leave(0);
  });
}
process.on("uncaughtException", giveUp);
process.on("unhandledRejection", giveUp);

async function open(): Promise<void> {
  const env = loadEnv(keepSecret);
  const wayIn = await openShop({ env, log, lifecycle, say, giveUp });
  process.stdout.write(greeting(env, wayIn));
}

opening = open();
opening.catch(giveUp);
