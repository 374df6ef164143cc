import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { peerStamp } from "@/lib/entry/peer";
import { limits } from "@/lib/kernel/limits";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import type { Log } from "@/lib/platform/log";
import { tellOfBatch } from "@/lib/platform/measures";
import type { PageHandler } from "./page-cache";
import { createPagesProxy } from "./pages-proxy";

/** What the process of the pages is told when it starts. */
export interface PagesOrder {
  readonly socket: string;
  /** Where the socket lies, and nothing else; whoever ends last takes it away. */
  readonly folder: string;
  readonly urls: DatabaseUrls;
  readonly stamp: string;
  readonly demoPhoneUrl: string | null;
}

export interface PagesOptions {
  readonly urls: DatabaseUrls;
  readonly log: Log;
  readonly demoPhoneUrl?: string | null;
}

/** What it says: that it serves, or what it measured. */
export type PagesWord =
  | { readonly kind: "ready" }
  | { readonly kind: "batch"; readonly name: string; readonly size: number; readonly milliseconds: number };

export interface Pages {
  readonly render: PageHandler;
  stop(): Promise<void>;
}

const READY_MS = 60_000;
const program = path.join(path.dirname(fileURLToPath(import.meta.url)), "pages.js");

/**
 * The lane of Next.js in a process of its own, reached by a socket that only this user can open: a page takes tens of
 * milliseconds of processor time in one piece, and an order or a notice must never wait behind that. It ends with this
 * process, even by kill -9, and is started again when it ends by itself; meanwhile pages are answered 503.
 */
export async function startPages({ urls, log, demoPhoneUrl = null }: PagesOptions): Promise<Pages> {
  const folder = mkdtempSync(path.join(tmpdir(), `kapu-pages-${process.pid}-`));
  const socket = process.platform === "win32" ? `\\\\.\\pipe\\${path.basename(folder)}` : path.join(folder, "socket");
  const order: PagesOrder = { socket, folder, urls, stamp: peerStamp(), demoPhoneUrl };
  let isStopping = false;
  let child = await launch(order);
  const supervision = supervise();

  async function supervise(): Promise<void> {
    while (!isStopping) {
      const [code, signal] = child.exitCode === null && child.signalCode === null ? await once(child, "exit") : [];
      if (isStopping) return;
      log.error("pages.ended", { code: code ?? child.exitCode, signal: signal ?? child.signalCode });
      await sleep(limits.pagesRestartMs);
      if (isStopping) return;
      child = await launch(order).catch((error: unknown) => {
        log.error("pages.failed_to_start", {}, error);
        return child;
      });
    }
  }

  return {
    render: createPagesProxy(socket),
    async stop() {
      isStopping = true;
      await end(child);
      await Promise.race([supervision, sleep(limits.pagesRestartMs)]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the process and returns when it serves. Its standard input is a pipe that only this process holds. */
async function launch(order: PagesOrder): Promise<ChildProcess> {
  rmSync(order.socket, { force: true }); // One that was killed left it behind, and nobody else could listen there.
  const child = fork(program, [`--of=${process.pid}`], { stdio: ["pipe", "inherit", "inherit", "ipc"] });
  const ready = new Promise<void>((resolve) => {
    child.on("message", (word: PagesWord) => {
      if (word.kind === "ready") resolve();
      else tellOfBatch(word.name, word);
    });
  });
  child.send(order);
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`The process of the pages ended with ${code}.`);
  });
  const late = sleep(READY_MS, undefined, { ref: false }).then(() => {
    throw new Error("The process of the pages did not get ready.");
  });
  try {
    await Promise.race([ready, ended, late]);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    for (const waiting of [ended, late]) waiting.catch(() => {});
  }
  return child;
}

/** Lets it finish what it answers, as long as the grace allows. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.disconnect();
  const timer = setTimeout(() => child.kill("SIGKILL"), limits.stopGraceMs);
  await ended;
  clearTimeout(timer);
}
