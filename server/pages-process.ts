import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { setPriority } from "node:os";
import next from "next";
import { withPageResponse } from "@/lib/entry/page-response";
import { providePeerStamp } from "@/lib/entry/peer";
import { listenForStock } from "@/lib/jobs/stock-listener";
import { limits } from "@/lib/kernel/limits";
import { provideDatabaseUrls } from "@/lib/platform/database-urls";
import { closeDeps, createDeps, provideDeps } from "@/lib/platform/deps";
import { loadEnv, provideEnv } from "@/lib/platform/env";
import { createLog } from "@/lib/platform/log";
import { onBatch } from "@/lib/platform/measures";
import { keepSecret } from "@/lib/platform/secret-file";
import type { PagesOrder, PagesWord } from "./pages";

/** A page waits for an order rather than an order for a page. */
const BEHIND_THE_LANE = 5;

const log = createLog("stdout");

function giveUp(error: unknown): void {
  log.error("pages.failed", {}, error);
  process.exit(1);
}

process.on("uncaughtException", giveUp);
process.on("unhandledRejection", giveUp);
// A terminal tells the whole group; this process leaves when the one that started it says so or is gone.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

const tell = (word: PagesWord): void => void process.send?.(word, () => {});

/** Every page and server action, from the build in `.next`. */
async function serve({ socket, folder, urls, stamp, demoPhoneUrl }: PagesOrder): Promise<void> {
  setPriority(BEHIND_THE_LANE);
  const env = { ...loadEnv(keepSecret), demoPhoneUrl };
  provideEnv(env);
  provideDatabaseUrls(urls);
  providePeerStamp(stamp);
  const deps = createDeps({ env, urls, log });
  provideDeps(deps);
  onBatch((name, { size, milliseconds }) => tell({ kind: "batch", name, size, milliseconds }));
  const listener = listenForStock(deps, urls.app);

  const app = next({ dev: false, dir: process.cwd(), port: env.port, customServer: true });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createServer((request, response) => {
    void withPageResponse(response, () => handle(request, response)).catch((error: unknown) => {
      log.error("page.failed", { path: (request.url ?? "").split("?")[0]?.slice(0, 200) }, error);
      response.destroy();
    });
  });
  server.requestTimeout = limits.requestTimeoutMs;
  server.keepAliveTimeout = limits.keepAliveMs;
  process.once("disconnect", () => {
    setTimeout(() => process.exit(1), limits.stopGraceMs).unref();
    server.close(async () => {
      await listener.stop();
      await closeDeps(deps);
      // Whoever made it may have been killed.
      rmSync(folder, { recursive: true, force: true });
      process.exit(0);
    });
    server.closeIdleConnections();
  });
  server.listen(socket, () => tell({ kind: "ready" }));
}

process.once("message", (order: PagesOrder) => void serve(order).catch(giveUp));
