import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "@/lib/platform/embedded-postgres";
import { makeTemporaryFolder, removeFolder } from "./temporary-folder";

/** A real redis-server, alone on its port, that remembers nothing. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Freezes or continues it, as a machine under memory pressure does. */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void;
  stop(): Promise<void>;
}

const READY_MS = 10_000;

/** Starts redis-server from the PATH, on any free port unless told; without one the test fails and says what to install. */
export async function startRedis(options: { readonly port?: number } = {}): Promise<TestRedis> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) {
    throw new Error("redis-server is not on the PATH: install it (Debian: apt-get install redis-server).");
  }
  const port = options.port ?? (await findFreePort());
  const folder = makeTemporaryFolder("redis");
  const arguments_ = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const child = spawn("redis-server", arguments_, { stdio: "ignore" });
  await waitForPong(port, child);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    signal: (signal) => void child.kill(signal),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      removeFolder(folder);
    },
  };
}

async function waitForPong(port: number, child: ChildProcess): Promise<void> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < READY_MS) {
    if (child.exitCode !== null) break;
    if (await answersPing(port)) return;
    await sleep(20);
  }
  child.kill("SIGKILL");
  throw new Error("redis-server did not answer");
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.setTimeout(500, () => socket.destroy());
    socket.on("data", (bytes) => socket.destroy().emit("pong", bytes.toString().startsWith("+PONG")));
    socket.once("pong", resolve);
    socket.on("error", () => {});
    socket.once("close", () => resolve(false));
  });
}
