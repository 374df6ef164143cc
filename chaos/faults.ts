import { deadlock, exhaustPools, stopPostgres, terminateBackends } from "./database-faults";
import { tellEarly } from "./early-notice";
import { type Fault, upOf, type Victims } from "./fault";
import { GATEWAY_MOODS } from "./gateway-moods";
import type { Moment, Trap } from "./line";
import { MOODS } from "./mail-server";
import type { FaultPlan } from "./plan";
import type { Label } from "./wire";

const TRAP_MS = 4_000;
const TWO_HOURS_MS = 7_200_000;

/** By how much each fault of the clock is wrong. */
export const CLOCKS: Readonly<Record<string, number>> = {
  "clock:+2h": TWO_HOURS_MS,
  "clock:-2h": -TWO_HOURS_MS,
  "clock:right-again": 0,
};

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
const IMPORTS = "imports killed part-way, the same file in two tabs, hostile files";
/** Of the payment specification: what a gateway says is not always an answer. */
const GATEWAY = "gateways that hang, break off, answer garbage";
const MAIL = "mail server that hangs, lies, redirects";

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
  { name: "import:hostile", listed: IMPORTS, inject: ({ importer }) => importer.importHostile() },
  { name: "notice:early", listed: "callbacks before the order is committed", inject: tellEarly },
  ...GATEWAY_MOODS.map(
    (mood): Fault => ({
      name: `gateway:${mood}`,
      listed: GATEWAY,
      // Questions are seconds apart: a short mood would meet none.
      inject: ({ market }, { ms }) => market.gateway.spoil(mood, ms * 5),
    }),
  ),
  ...MOODS.map(
    (mood): Fault => ({ name: `mail:${mood}`, listed: MAIL, inject: ({ mail }, { ms }) => mail.spoil(mood, ms) }),
  ),
];

/** Listed in the design and not injected by this harness, with the reason. */
export const NOT_INJECTED: readonly { readonly listed: string; readonly reason: string }[] = [
  { listed: "rolling deploy across a migration", reason: "there is no earlier release yet to roll from" },
  {
    listed: "imports of a million lines",
    reason: "the killed imports here are of thousands, so that a run stays short",
  },
  { listed: "webhook targets that hang, lie, redirect", reason: "the shop calls no webhooks yet" },
];
