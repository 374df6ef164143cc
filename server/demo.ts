import { type Env, provideEnv } from "@/lib/platform/env";
import type { Log } from "@/lib/platform/log";
import type { StartedDatabase } from "@/lib/platform/start-database";
import { withClient } from "@/lib/platform/with-client";
import type { Part } from "./lifecycle";
import { hasSandbox, startSandbox } from "./sandbox";

export interface Demo {
  /** The environment as the shop sees it: in a demo, with the sandbox as the declared gateway. */
  readonly env: Env;
  readonly isDemo: boolean;
  readonly part: Part | null;
}

interface DemoOptions {
  readonly env: Env;
  readonly log: Log;
  readonly database: StartedDatabase;
  readonly say: (line: string) => void;
}

/** Runs the sandbox gateway beside a demo shop and declares it exactly as an operator declares a real one. */
export async function startDemo({ env, log, database, say }: DemoOptions): Promise<Demo> {
  if (!(await isWanted(env, database))) return { env, isDemo: false, part: null };
  // An operator who declares a gateway of his own gets the demo's shelves with his gateway.
  if (env.epay) return { env, isDemo: true, part: null };
  say("Starting the sandbox gateway");
  const sandbox = await startSandbox({ env, log });
  const declared = { ...env, epay: sandbox.account };
  provideEnv(declared);
  return { env: declared, isDemo: true, part: sandbox.part };
}

/** A demo begins on an empty embedded database, unless told otherwise, and goes on where it once began. */
async function isWanted(env: Env, database: StartedDatabase): Promise<boolean> {
  if (env.demo !== "auto") return env.demo === "on";
  return database.isEmbedded && (hasSandbox(env.dataDir) || (await isEmpty(database)));
}

async function isEmpty({ urls }: StartedDatabase): Promise<boolean> {
  const { rowCount } = await withClient(urls.app, (client) => client.query("SELECT 1 FROM merchant LIMIT 1"));
  return rowCount === 0;
}
