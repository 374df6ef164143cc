import { declareAccount } from "@/lib/flows/declare-account";
import { listenForStock } from "@/lib/jobs/stock-listener";
import { startWorker } from "@/lib/jobs/worker";
import { closeDeps, createDeps, type Deps, provideDeps } from "@/lib/platform/deps";
import type { Env } from "@/lib/platform/env";
import type { Log } from "@/lib/platform/log";
import { startDatabase } from "@/lib/platform/start-database";
import { seedDemo } from "@/prisma/seed";
import { startDemo } from "./demo";
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
export async function openShop({ env, log, lifecycle, say, giveUp }: OpenShopOptions): Promise<Deps> {
  const servesPages = env.role !== "worker";
  if (servesPages) await requireFreePort(env.port);

  say(env.databaseUrl ? "Connecting to the database" : "Starting the database");
  const database = await startDatabase({ env, log, onGivenUp: giveUp });
  lifecycle.add({ name: "database", stop: database.stop });

  const demo = await startDemo({ env, log, database, say });
  if (demo.part) lifecycle.add(demo.part);

  const deps = createDeps({ env: demo.env, urls: database.urls, log });
  provideDeps(deps);
  lifecycle.add({ name: "connections", stop: () => closeDeps(deps) });

  await declareAccount(deps);
  if (demo.isDemo) {
    say("Stocking the demo shop");
    await seedDemo(deps);
  }

  const listener = listenForStock(deps, database.urls.app);
  lifecycle.add({ name: "stock listener", stop: listener.stop });
  if (env.role !== "web") {
    const worker = await startWorker(deps, database.urls);
    lifecycle.add({ name: "worker", stop: worker.stop });
  }

  if (servesPages) {
    say("Opening the doors");
    lifecycle.add(await startHttp(env.port, createLane(deps, await startPages(env.port))));
  }
  return deps;
}
