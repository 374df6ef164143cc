import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { limits } from "@/lib/kernel/limits";
import { programPath } from "./binaries";
import { type Cluster, dataFolderOf, isAlive, logFileOf, postgresEnvironment, SUPERUSER } from "./cluster";

/** A Postgres that answers queries from this cluster's data folder. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

export interface LaunchOptions {
  /** Undefined: any free port. A relaunch under open pools must come back on the port they know. */
  readonly port?: number;
  readonly settings: Readonly<Record<string, string>>;
}

const POLL_MS = 40;
const RELAUNCH_MS = 500;

/** The settings that make the embedded Postgres private to this machine, and keep row contents out of its log. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "128MB",
  // What a writer pushes out goes to the disk at once: gathered until the next checkpoint, hundreds of megabytes make every commit wait behind them.
  backend_flush_after: "256kB",
  timezone: "UTC",
  log_timezone: "UTC",
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
  jit: "off",
} as const;

export const superuserUrl = (cluster: Cluster, port: number, database = "postgres"): string =>
  `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`;

/** A port nobody listens on at this moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/**
 * Returns once Postgres answers from this data folder: the one that a killed launcher or another process left running,
 * or a new one.
 */
export async function ensurePostmaster(cluster: Cluster, options: LaunchOptions): Promise<Postmaster> {
  const startedAt = performance.now();
  const launcher = createLauncher(cluster, options);
  while (performance.now() - startedAt < limits.postgresStartMs) {
    const running = await findPostmaster(cluster);
    if (running) return running;
    if (!(await launcher.keepTrying())) break;
    await sleep(POLL_MS);
  }
  launcher.giveUp();
  throw new Error(`Postgres did not start; the last lines of ${logFileOf(cluster)}:\n${lastLinesOfLog(cluster)}`);
}

/**
 * Launches Postgres while none lives, again and again for a bounded time: after a killed postmaster its children hold the
 * shared memory for a moment, and of two starters at once only one gets the data folder.
 */
function createLauncher(cluster: Cluster, options: LaunchOptions) {
  let child: ChildProcess | null = null;
  let firstDeath: number | null = null;
  let lastDeath = Number.NEGATIVE_INFINITY;
  return {
    /** False when there is no point in trying any longer. */
    async keepTrying(): Promise<boolean> {
      const now = performance.now();
      if (child && isChildAlive(child)) return true;
      if (child) {
        firstDeath ??= now;
        lastDeath = now;
        child = null;
      }
      if (firstDeath !== null && now - firstDeath > limits.postgresRelaunchMs) return false;
      if (now - lastDeath >= RELAUNCH_MS && !isPostmasterAlive(cluster)) child = await launch(cluster, options);
      return true;
    },
    giveUp: () => void child?.kill("SIGQUIT"),
  };
}

/** A program that could not be started at all has no pid. */
const isChildAlive = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid !== undefined && exitCode === null && signalCode === null;

/** In a process group of its own: a Ctrl-C reaches the shop first, which then stops Postgres when nobody else needs it. */
async function launch(cluster: Cluster, options: LaunchOptions): Promise<ChildProcess> {
  const port = options.port ?? (await findFreePort());
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([key, value]) => [
    "-c",
    `${key}=${value}`,
  ]);
  const log = openSync(logFileOf(cluster), "a", 0o600);
  const child = spawn(
    programPath(cluster.binaries, "postgres"),
    ["-D", dataFolderOf(cluster), "-p", `${port}`, ...settings],
    {
      ...cluster.account,
      cwd: cluster.folder,
      env: postgresEnvironment(),
      stdio: ["ignore", log, log],
      detached: true,
    },
  );
  closeSync(log);
  child.once("error", ({ message }) => appendFileSync(logFileOf(cluster), `${message}\n`));
  child.unref();
  return child;
}

/** Line 1 of postmaster.pid is the process, line 4 its port; null when there is no such file or it is half written. */
function readPidFile(cluster: Cluster): Postmaster | null {
  try {
    const lines = readFileSync(pidFileOf(cluster), "utf8").split("\n");
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return Number.isSafeInteger(pid) && pid > 0 && Number.isSafeInteger(port) ? { pid, port } : null;
  } catch {
    return null;
  }
}

const pidFileOf = (cluster: Cluster): string => path.join(dataFolderOf(cluster), "postmaster.pid");

/**
 * Whether the process that postmaster.pid names lives and is a Postgres. After a reboot the number may belong to a stranger;
 * Postgres would then refuse to start, so such a file is removed.
 */
function isPostmasterAlive(cluster: Cluster): boolean {
  const noted = readPidFile(cluster);
  if (!noted || !isAlive(noted.pid)) return false;
  if (POSTMASTER_COMMAND.test(commandOf(noted.pid))) return true;
  rmSync(pidFileOf(cluster), { force: true });
  return false;
}

/** How `launch` calls it; the kernel puts zero bytes between the words, `ps` spaces. */
const POSTMASTER_COMMAND = /\/postgres[\0 ]-D[\0 ]/;

function commandOf(pid: number): string {
  try {
    if (existsSync("/proc/self/cmdline")) return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return execFileSync("ps", ["-p", `${pid}`, "-o", "command="], { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** An open port proves nothing: recovery listens too, and another database may have taken the port. A query decides. */
async function findPostmaster(cluster: Cluster): Promise<Postmaster | null> {
  const noted = readPidFile(cluster);
  if (!noted || noted.port === 0 || !isAlive(noted.pid)) return null;
  const client = new pg.Client({
    connectionString: superuserUrl(cluster, noted.port),
    connectionTimeoutMillis: limits.postgresPingMs,
    query_timeout: limits.postgresPingMs,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
    return realpathSync(rows[0]?.data_directory ?? "") === realpathSync(dataFolderOf(cluster)) ? noted : null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}

function lastLinesOfLog(cluster: Cluster): string {
  return existsSync(logFileOf(cluster))
    ? readFileSync(logFileOf(cluster), "utf8").trimEnd().split("\n").slice(-5).join("\n")
    : "";
}

/**
 * Stops Postgres, whoever started it: SIGINT ends sessions and writes a checkpoint; past the bound SIGQUIT, after which
 * the next start recovers. Returns when the process is gone.
 */
export async function stopPostmaster(cluster: Cluster): Promise<void> {
  const noted = readPidFile(cluster);
  if (!noted || !isPostmasterAlive(cluster)) return;
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (isRunning(noted.pid)) process.kill(noted.pid, signal);
    const startedAt = performance.now();
    while (performance.now() - startedAt < limits.postgresStopMs) {
      if (!isRunning(noted.pid)) return;
      await sleep(POLL_MS / 2);
    }
  }
}

/** A dead process that its parent has not collected yet (state Z) still answers signals, but runs no more. */
function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^\s*[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 1));
  } catch {
    return isAlive(pid);
  }
}
