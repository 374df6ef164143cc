import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { ChaosDatabase } from "./database";
import type { Importer } from "./importer";
import type { Line, Moment, Trap } from "./line";
import type { FaultPlan } from "./plan";
import type { RedisUnderTest } from "./redis";
import type { ShopProcess } from "./shop-process";
import type { Label } from "./wire";

/** What faults strike at. */
export interface Victims {
  readonly shops: readonly [ShopProcess, ShopProcess];
  readonly lines: readonly [Line, Line];
  readonly database: ChaosDatabase;
  readonly redis: RedisUnderTest;
  readonly importer: Importer;
}

export interface Fault {
  readonly name: string;
  /** The line of "Faults we inject" that it belongs to. */
  readonly listed: string;
  /** Whether it stops or floods a server that may be somebody else's. */
  readonly needsOwnServer?: true;
  /** Strikes, mends what it broke, and says whether it really happened. */
  readonly inject: (victims: Victims, plan: FaultPlan) => Promise<boolean>;
}

const TRAP_MS = 4_000;
const TWO_HOURS_MS = 7_200_000;

/** By how much each fault of the clock is wrong. */
export const CLOCKS: Readonly<Record<string, number>> = {
  "clock:+2h": TWO_HOURS_MS,
  "clock:-2h": -TWO_HOURS_MS,
  "clock:right-again": 0,
};

/** The process that the plan names, or the other one when that is down already. */
function upOf({ shops }: Victims, { server }: FaultPlan): 0 | 1 | null {
  const other = server === 0 ? 1 : 0;
  return shops[server].isUp ? server : shops[other].isUp ? other : null;
}

const trap =
  (label: Label | readonly Label[], moment: Moment, strike: Trap["strike"] | "kill") =>
  async (victims: Victims, plan: FaultPlan): Promise<boolean> => {
    const server = upOf(victims, plan);
    if (server === null) return false;
    const struck = strike === "kill" ? () => victims.shops[server].kill() : strike;
    return victims.lines[server].trap({ label, moment, strike: struck }, TRAP_MS);
  };

const KILLED_OF_NOTICE = "kill -9 between notice received and answer sent";
const KILLED_OF_ORDER = "kill -9 between order received and answer sent";
const MOMENTS: readonly Moment[] = ["arrived", "running", "committed", "told"];

const kills = (label: Label, listed: string): Fault[] =>
  MOMENTS.map((moment) => ({ name: `kill:${label}.${moment}`, listed, inject: trap(label, moment, "kill") }));

const HOT = ["place", "settle"] as const;
const REPLIES = "commit reply eaten";
const LINES = "connections reset, black-holed, slow";
const POSTGRES = "Postgres stopped immediately and restarted under load";
const CONFLICTS = "deadlock and serialization failures";
const REDIS = "Redis killed, flushed, stopped, slow, lying";
const CLOCK = "application clock off by ±2 h";
const IMPORTS = "imports killed part-way, the same file in two tabs";

const clock = (name: string, clockMs: number): Fault => ({
  name,
  listed: CLOCK,
  async inject(victims, plan) {
    const server = upOf(victims, plan);
    if (server === null) return false;
    victims.shops[server].restart(plan.ms % 2 === 0 ? "rolled" : "killed", clockMs);
    return victims.shops[server].untilUp(20_000);
  },
});

const spoil = (name: string, weather: "slow" | "black hole" | "down", scale = 1): Fault => ({
  name,
  listed: LINES,
  async inject({ lines }, { server, ms }) {
    await lines[server].spoil(weather, ms * scale, 20 + (ms % 180));
    return true;
  },
});

export const FAULTS: readonly Fault[] = [
  ...kills("settle", KILLED_OF_NOTICE),
  ...kills("place", KILLED_OF_ORDER),
  ...kills("commit", "kill -9 at the commit of a transaction of several statements"),
  { name: "eat:commit", listed: REPLIES, inject: trap([...HOT, "commit"], "arrived", "cut") },
  { name: "eat:place-reply", listed: REPLIES, inject: trap("place", "committed", "cut") },
  { name: "eat:settle-reply", listed: REPLIES, inject: trap("settle", "committed", "cut") },
  { name: "eat:commit-reply", listed: REPLIES, inject: trap("commit", "committed", "cut") },
  { name: "line:reset", listed: LINES, inject: async ({ lines }, { server }) => lines[server].cut() > 0 },
  spoil("line:slow", "slow"),
  spoil("line:black-hole", "black hole", 2),
  spoil("line:down", "down"),
  { name: "postgres:immediate", listed: POSTGRES, needsOwnServer: true, inject: stopPostgres },
  { name: "postgres:terminate", listed: "backends terminated", inject: terminateBackends },
  { name: "postgres:busy", listed: "pool exhausted", inject: exhaustPools },
  { name: "postgres:deadlock", listed: CONFLICTS, needsOwnServer: true, inject: deadlock },
  {
    name: "postgres:serialization",
    listed: CONFLICTS,
    inject: trap(HOT, "arrived", { sqlState: "40001", message: "could not serialize access due to concurrent update" }),
  },
  {
    name: "postgres:disk-full",
    listed: "disk full",
    inject: trap(HOT, "arrived", { sqlState: "53100", message: "could not extend file: No space left on device" }),
  },
  { name: "redis:killed", listed: REDIS, inject: ({ redis }, { ms }) => redis.dieFor(ms) },
  { name: "redis:flushed", listed: REDIS, inject: ({ redis }) => redis.flush() },
  { name: "redis:stopped", listed: REDIS, inject: ({ redis }, { ms }) => redis.freezeFor(ms) },
  { name: "redis:slow", listed: REDIS, inject: ({ redis }, { ms }) => redis.slowFor(ms) },
  { name: "redis:lying", listed: REDIS, inject: ({ redis }) => redis.lie() },
  ...Object.entries(CLOCKS).map(([name, clockMs]) => clock(name, clockMs)),
  { name: "import:killed", listed: IMPORTS, inject: ({ importer }, { ms }) => importer.importKilled(ms) },
  { name: "import:twice", listed: IMPORTS, inject: ({ importer }) => importer.importTwiceAtOnce() },
];

/** Listed in the design and not injected by this harness, with the reason. */
export const NOT_INJECTED: readonly { readonly listed: string; readonly reason: string }[] = [
  { listed: "rolling deploy across a migration", reason: "there is one migration so far" },
  {
    listed: "hostile files",
    reason: "a file is no race: tests/unit/inventory and tests/integration/inventory feed them",
  },
  {
    listed: "imports of a million lines",
    reason: "the killed imports here are of thousands, so that a run stays short",
  },
  {
    listed: "mail server and webhook targets that hang, lie, redirect",
    reason: "this run sends no mail; there are no webhooks yet",
  },
];

async function withSuperuser<T>({ database }: Victims, work: (client: pg.Client) => Promise<T>): Promise<T | false> {
  const client = new pg.Client({
    connectionString: database.url,
    application_name: "kapu-chaos",
    query_timeout: 15_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } catch {
    return false; // A fault that could not be injected is not counted.
  } finally {
    await client.end().catch(() => {});
  }
}

async function stopPostgres(victims: Victims): Promise<boolean> {
  victims.database.server?.stopImmediately();
  for (let turn = 0; turn < 200; turn++) {
    await sleep(100);
    if (await withSuperuser(victims, async (client) => (await client.query("SELECT 1")).rowCount === 1)) return true;
  }
  throw new Error("Postgres did not come back");
}

async function terminateBackends(victims: Victims, { ms }: FaultPlan): Promise<boolean> {
  return withSuperuser(victims, async (client) => {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name IN ('kapu', 'kapu-hot') ORDER BY random() LIMIT $1`,
      [1 + (ms % 8)],
    );
    return (rowCount ?? 0) > 0;
  });
}

/** Every write waits for a lock, so every connection of both pools is soon taken. */
async function exhaustPools(victims: Victims, { ms }: FaultPlan): Promise<boolean> {
  return withSuperuser(victims, async (client) => {
    await client.query("BEGIN; SET LOCAL lock_timeout = '5s'; LOCK TABLE orders IN EXCLUSIVE MODE");
    await sleep(ms + 1_000);
    await client.query("ROLLBACK");
    return true;
  });
}

const deadlocksIn = (file: string): number => readFileSync(file, "utf8").split("deadlock detected").length;

/** Holds a card, waits until the shop holds its order and wants the card, and then wants the order. */
async function deadlock(victims: Victims): Promise<boolean> {
  const logFile = victims.database.server?.logFile ?? "";
  const before = deadlocksIn(logFile);
  await withSuperuser(victims, (watcher) =>
    withSuperuser(victims, async (client) => {
      await client.query("BEGIN; SET LOCAL deadlock_timeout = '10s'; SET LOCAL lock_timeout = '3s'");
      const { rows } = await client.query<{ id: string }>(
        `SELECT o.id FROM orders o JOIN card c ON c.id = o.card_ids[1]
          WHERE o.status = 'pending' AND o.payment_count = 0 ORDER BY o.created_at DESC LIMIT 3 FOR UPDATE OF c SKIP LOCKED`,
      );
      const ids = rows.map(({ id }) => id);
      for (let turn = 0; turn < 150 && ids.length > 0; turn++) {
        const free = await watcher.query("SELECT 1 FROM orders WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED", [ids]);
        if (free.rowCount !== ids.length) break;
        await sleep(20);
      }
      await client.query("SELECT 1 FROM orders WHERE id = ANY ($1) FOR UPDATE", [ids]);
      await client.query("ROLLBACK");
    }),
  );
  await sleep(300);
  return deadlocksIn(logFile) > before;
}
