import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { findFreePort } from "@/lib/platform/embedded-postgres";
import { makeTemporaryFolder, removeFolder } from "./temporary-folder";

export interface SpawnServerOptions {
  /** Beside PATH and NODE_ENV, the whole environment of the process: nothing of ours leaks into it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  /** An existing data folder, to start again on what a killed server left; otherwise a temporary one. */
  readonly dataDir?: string;
}

/** The shop as it is shipped, in a process of its own. */
export interface SpawnedServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** Everything it printed so far. */
  output(): string;
  /** Ends it with a signal and returns its exit code, or the signal that ended it. */
  end(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<number | string>;
  /** As Ctrl-C in a terminal does: to the whole process group. */
  interrupt(): Promise<number | string>;
}

const START_MS = 60_000;
const root = path.resolve(import.meta.dirname, "../..");
let built: Promise<unknown> | null = null;

/** The server that is tested is the one that is shipped, so it is built first; a moment when nothing changed. */
export function ensureBuilt(): Promise<unknown> {
  built ??= promisify(execFile)(process.execPath, ["scripts/build.mjs"], { cwd: root });
  return built;
}

/** Starts the built server and returns when it is ready. The caller ends it. */
export async function spawnServer(options: SpawnServerOptions = {}): Promise<SpawnedServer> {
  await ensureBuilt();
  const server = await launch(options);
  await waitUntil(server, () => isReady(server.url));
  return server;
}

/** Starts a server that is expected to refuse; returns what it printed and its exit code. */
export async function spawnRefusedServer(
  options: SpawnServerOptions,
): Promise<{ code: number | string; output: string }> {
  await ensureBuilt();
  const server = await launch(options);
  const code = await Promise.race([server.ended, sleep(START_MS, "still running")]);
  if (code === "still running") await server.end("SIGKILL");
  return { code, output: server.output() };
}

type Launched = SpawnedServer & { readonly ended: Promise<number | string> };

async function launch({ env = {}, port, dataDir }: SpawnServerOptions): Promise<Launched> {
  const chosenPort = port ?? (await findFreePort());
  const folder = dataDir ?? makeTemporaryFolder("shop");
  const child = spawn(process.execPath, [path.join(root, ".build", "server.js")], {
    cwd: root,
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      PORT: `${chosenPort}`,
      KAPU_DATA_DIR: folder,
      KAPU_DEMO: "0",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // A process group of its own, so that an interrupt of the group does not reach the test.
  });
  const output = collect(child);
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  const finish = async () => {
    const code = await ended;
    if (!dataDir && code === 0) removeFolder(folder);
    return code;
  };
  return {
    url: `http://127.0.0.1:${chosenPort}`,
    port: chosenPort,
    pid: child.pid ?? 0,
    dataDir: folder,
    output,
    ended,
    end: (signal) => {
      child.kill(signal);
      return finish();
    },
    interrupt: () => {
      process.kill(-(child.pid ?? 0), "SIGINT");
      return finish();
    },
  };
}

function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  return () => text;
}

async function waitUntil(server: Launched, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  let end: number | string | null = null;
  void server.ended.then((code) => {
    end = code;
  });
  while (performance.now() - startedAt < START_MS && end === null) {
    if (await isTrue()) return;
    await sleep(50);
  }
  if (end === null) await server.end("SIGKILL");
  throw new Error(`The server did not become ready (ended: ${end}):\n${server.output()}`);
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`, { redirect: "manual", signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
