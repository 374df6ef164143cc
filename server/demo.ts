import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type DemoPerson, ensureDemoPeople } from "@/lib/features/identity/demo-people";
import type { AccountDraft } from "@/lib/features/payments/accounts";
import type { Deps } from "@/lib/platform/deps";
import { type Env, provideEnv } from "@/lib/platform/env";
import type { Log } from "@/lib/platform/log";
import type { StartedDatabase } from "@/lib/platform/start-database";
import { withClient } from "@/lib/platform/with-client";
import { seedDemo } from "@/prisma/seed";
import type { Part } from "./lifecycle";
import { startSandbox } from "./sandbox";

/** How a demo shop is paid. */
export interface DemoGateway {
  /** The environment as the shop sees it: with the sandbox as the declared gateway. */
  readonly env: Env;
  /** The other gateways beside it. */
  readonly accounts: readonly AccountDraft[];
  /** Null when the operator declared a gateway of his own, or another process of this demo runs the sandbox. */
  readonly part: Part | null;
}

const markerOf = (dataDir: string): string => path.join(dataDir, "demo");

/** A demo begins only on an empty database and goes on at each start where it once began; it never enters a real shop. */
export async function isDemoShop(env: Env, database: StartedDatabase): Promise<boolean> {
  const isWanted = env.demo === "on" || (env.demo === "auto" && database.isEmbedded);
  if (!isWanted) return false;
  return existsSync(markerOf(env.dataDir)) || (await isEmpty(database));
}

async function isEmpty({ urls }: StartedDatabase): Promise<boolean> {
  const { rowCount } = await withClient(urls.app, (client) => client.query("SELECT 1 FROM merchant LIMIT 1"));
  return rowCount === 0;
}

/** Runs the sandbox gateway beside the shop and declares it exactly as an operator declares a real one. */
export async function startDemoGateway({ env, log }: { env: Env; log: Log }): Promise<DemoGateway> {
  if (env.epay) return { env, accounts: [], part: null };
  const sandbox = await startSandbox({ env, log });
  const declared = { ...env, epay: sandbox.account, demoPhoneUrl: sandbox.house.phoneUrl };
  provideEnv(declared);
  return { env: declared, accounts: sandbox.house.accounts, part: sandbox.part };
}

/** Two processes that open the same demo take turns ("demo" in ASCII). */
const SEED_LOCK = 0x64656d6f;

/** Each of the demo's batches would tell of itself between the lines that a person reads now. */
const withoutNews = (log: Log): Log => ({ ...log, info: () => {} });

/** Fills the shelves and makes the people who can sign in; what is there already stays as it is. */
export async function stockDemoShop(deps: Deps, { urls }: StartedDatabase): Promise<readonly DemoPerson[]> {
  // Before the first row: a kill in the middle leaves a demo that the next start completes.
  writeFileSync(markerOf(deps.env.dataDir), "The shop in this folder is a demo.\n");
  return withClient(urls.app, async (turn) => {
    await turn.query("BEGIN");
    await turn.query("SELECT pg_advisory_xact_lock($1)", [SEED_LOCK]);
    const { merchantId } = await seedDemo({ ...deps, log: withoutNews(deps.log) });
    const people = await ensureDemoPeople(deps, merchantId);
    await turn.query("COMMIT");
    return people;
  });
}
