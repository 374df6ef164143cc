import type { AccountDraft } from "@/lib/features/payments/accounts";
import { declareAccount, ensureAccount } from "@/lib/flows/declare-account";
import { requireMasterKeys } from "@/lib/flows/require-master-keys";
import { checkCachesJob } from "@/lib/jobs/check-caches";
import { listenForStock } from "@/lib/jobs/stock-listener";
import { startTicker } from "@/lib/jobs/ticker";
import { startWorker } from "@/lib/jobs/worker";
import { closeDeps, createDeps, type Deps, provideDeps } from "@/lib/platform/deps";
import type { Env } from "@/lib/platform/env";
import type { Log } from "@/lib/platform/log";
import { type StartedDatabase, startDatabase } from "@/lib/platform/start-database";
import { isDemoShop, startDemoGateway, stockDemoShop } from "./demo";
import { findWayIn, type WayIn } from "./first-admin";
import { requireFreePort, startHttp } from "./http";
import { createLane } from "./lane";
import type { Lifecycle } from "./lifecycle";
import { startPages } from "./pages";

export interface OpenShopOptions {
  readonly env: Env;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  /** Tells a person what is happening now. */
  readonly say: (line: string) => void;
  /** Ends the process when it cannot go on. */
  readonly giveUp: (error: Error) => void;
}

/** Starts what `ROLE` asks for, in the order in which each stands on the one before; every part is noted for the stop. */
export async function openShop(options: OpenShopOptions): Promise<WayIn> {
  const { env, log, lifecycle, say, giveUp } = options;
  await requireFreePort(env.port);

  say(env.databaseUrl ? "Connecting to the database" : "Starting the database");
  const database = await startDatabase({ env, log, onGivenUp: giveUp });
  lifecycle.add({ name: "database", stop: database.stop });

  const isDemo = await isDemoShop(env, database);
  const { deps, accounts } = await connect(options, database, isDemo);
  await requireMasterKeys(deps);
  await declareAccount(deps);
  for (const draft of accounts) await ensureAccount(deps, draft);
  if (isDemo) say("Stocking the demo shop");
  const wayIn = await findWayIn(deps, isDemo ? await stockDemoShop(deps, database) : []);

  const listener = listenForStock(deps, database.urls.app);
  lifecycle.add({ name: "stock listener", stop: listener.stop });
  if (env.role !== "web") {
    const worker = await startWorker(deps, database.urls);
    lifecycle.add({ name: "worker", stop: worker.stop });
  }

  say("Opening the doors");
  // A worker answers probes and metrics too, but no pages.
  const pages =
    env.role === "worker" ? null : await startPages({ urls: database.urls, log, demoPhoneUrl: deps.env.demoPhoneUrl });
  if (pages) lifecycle.add({ name: "pages", stop: pages.stop });
  // Each process that keeps pages looks after its own; one with a worker does it among the jobs.
  if (env.role === "web") {
    const checks = startTicker(checkCachesJob, { deps, urls: database.urls });
    lifecycle.add({ name: "check of the caches", stop: checks.stop });
  }
  lifecycle.add(await startHttp(env.port, createLane(deps, pages?.render ?? null)));
  return wayIn;
}

interface Connected {
  readonly deps: Deps;
  /** Ways to pay that a demo brings, beside the declared one. */
  readonly accounts: readonly AccountDraft[];
}

async function connect(options: OpenShopOptions, database: StartedDatabase, isDemo: boolean): Promise<Connected> {
  const { log, lifecycle, say } = options;
  let { env } = options;
  let accounts: readonly AccountDraft[] = [];
  if (isDemo) {
    say("Starting the sandbox gateway");
    const gateway = await startDemoGateway({ env, log });
    if (gateway.part) lifecycle.add(gateway.part);
    ({ env, accounts } = gateway);
  }
  const deps = createDeps({ env, urls: database.urls, log });
  provideDeps(deps);
  lifecycle.add({ name: "connections", stop: () => closeDeps(deps) });
  return { deps, accounts };
}
