import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Secret } from "@/lib/kernel/secret";
import { findFreePort } from "@/lib/platform/embedded-postgres";
import type { Env } from "@/lib/platform/env";
import type { Log } from "@/lib/platform/log";
import { type DemoHouse, houseFileOf, keepDemoHouse } from "./demo-house";
import type { Part } from "./lifecycle";

/** The demo's gateway: how to sign for it, and its process, or null when another process of the shop runs it. */
export interface RunningSandbox {
  readonly account: NonNullable<Env["epay"]>;
  /** The gateways beside it, and their phone. */
  readonly house: DemoHouse;
  readonly part: Part | null;
}

const MERCHANT_AT_SANDBOX = "1000";
const READY_MS = 10_000;
const Ready = z.object({ event: z.literal("sandbox.ready"), url: z.string() });

const folderOf = (dataDir: string): string => path.join(dataDir, "sandbox");
const portFileOf = (dataDir: string): string => path.join(folderOf(dataDir), "port");

/**
 * Starts the sandbox gateway as a process of its own that ends with this one, even by kill -9. It comes back on its former
 * port, because addresses of payments that buyers hold name it.
 */
export async function startSandbox({ env, log }: { env: Env; log: Log }): Promise<RunningSandbox> {
  const folder = folderOf(env.dataDir);
  mkdirSync(folder, { recursive: true });
  const key = readOrMake(path.join(folder, "key"), () => randomBytes(16).toString("hex"));
  const port = Number(readOrMake(portFileOf(env.dataDir), String(await findFreePort())));
  const account = { url: `http://127.0.0.1:${port}`, pid: MERCHANT_AT_SANDBOX, key: new Secret(key) };
  const house = await keepDemoHouse(folder);
  if (await answers(account.url)) return { account, house, part: null };
  const child = launch(folder, port, env);
  await waitUntilReady(child);
  child.once("exit", (code, signal) => log.warn("sandbox.ended", { code, signal }));
  return { account, house, part: { name: "sandbox", stop: () => stop(child) } };
}

function readOrMake(file: string, fresh: string | (() => string)): string {
  try {
    writeFileSync(file, typeof fresh === "string" ? fresh : fresh(), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8").trim();
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** It watches the pipe on its standard input, which only this process holds. It gets none of the shop's environment. */
function launch(folder: string, port: number, env: Env): ChildProcess {
  const program = path.join(path.dirname(fileURLToPath(import.meta.url)), "sandbox.js");
  const identity = ["--pid", MERCHANT_AT_SANDBOX, "--key-file", path.join(folder, "key")];
  const memory = ["--state", path.join(folder, "trades.jsonl"), "--house", houseFileOf(folder)];
  const place = ["--port", `${port}`, "--shop-origin", env.publicUrl];
  return spawn(process.execPath, [program, ...identity, ...memory, ...place], {
    stdio: ["pipe", "ignore", "inherit", "ipc"],
    detached: true, // A Ctrl-C is for the shop, which may still call the gateway while it drains.
    env: { NODE_ENV: "production", PATH: "" },
  });
}

async function waitUntilReady(child: ChildProcess): Promise<void> {
  const ready = once(child, "message", { signal: AbortSignal.timeout(READY_MS) }).then(([message]) => {
    Ready.parse(message);
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`The sandbox gateway ended with ${code}.`);
  });
  try {
    await Promise.race([ready, ended]);
  } finally {
    ready.catch(() => {});
    ended.catch(() => {});
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.removeAllListeners("exit");
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await ended;
  clearTimeout(timer);
}
