import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KEY, PID } from "./shop-end";

const folder = mkdtempSync(join(tmpdir(), "kapu-sandbox-process-"));
const program = join(folder, "sandbox.mjs");
const keyFile = join(folder, "key");

beforeAll(async () => {
  await build({
    entryPoints: ["sandbox/main.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  writeFileSync(keyFile, `${KEY}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const args = (state: string) => [
  "--pid",
  PID,
  "--key-file",
  keyFile,
  "--state",
  join(folder, state),
  "--shop-origin",
  "http://127.0.0.1:3000",
];

async function ready(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout!) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return (JSON.parse(text) as { url: string }).url;
}

test("started by a parent over IPC it says when it is ready, and ends with the channel", async () => {
  const child = spawn(process.execPath, [program, ...args("ipc.jsonl")], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [message] = (await once(child, "message")) as [{ event: string; url: string }];
  expect(message.event).toBe("sandbox.ready");
  expect((await fetch(message.url)).status).toBe(200);
  child.disconnect();
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("started with a piped input it ends with the pipe", async () => {
  const child = spawn(process.execPath, [program, ...args("pipe.jsonl")], { stdio: ["pipe", "pipe", "inherit"] });
  expect((await fetch(await ready(child))).status).toBe(200);
  child.stdin!.end();
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("started without an input it lives until it is told to stop", async () => {
  const child = spawn(process.execPath, [program, ...args("none.jsonl")], { stdio: ["ignore", "pipe", "inherit"] });
  expect((await fetch(await ready(child))).status).toBe(200);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("without its arguments it says which ones it wants", async () => {
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "ignore", "pipe"] });
  const [chunk] = (await once(child.stderr!, "data")) as [Buffer];
  expect(chunk.toString()).toContain("--key-file");
  expect(await once(child, "exit")).toEqual([2, null]);
});
