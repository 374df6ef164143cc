import { createReadStream, existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { runAudit } from "@/lib/features/audit";
import { Buyer, readOrder, revealOrder } from "./buyer";
import { check, type Violation } from "./checker";
import { countAvailable, readFacts } from "./facts";
import { CLOCKS, FAULTS } from "./faults";
import type { Entry } from "./history";
import type { Plan } from "./plan";
import { openWorld, type World, type WorldOptions } from "./world";

export interface Outcome {
  readonly plan: Plan;
  readonly history: readonly Entry[];
  /** Per fault: how often it was planned, and how often it really happened. */
  readonly faults: Readonly<Record<string, { planned: number; happened: number }>>;
  readonly ends: World["shops"][0]["ends"];
  readonly violations: readonly Violation[];
  readonly notes: readonly string[];
  /** Seconds under fault, and from the moment when nobody bought any more to the one when every promise was kept. */
  readonly seconds: { readonly underFault: number; readonly toRest: number };
}

const LEAVING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const REST_MS = 120_000;
const REVEALS_AT_ONCE = 16;

type Tell = (line: string) => void;
const at = (startedAt: number, ms: number): Promise<void> => sleep(Math.max(0, startedAt + ms - performance.now()));

/** Plays a plan against a real shop, mends everything, waits for rest and compares. */
export async function runChaos(options: WorldOptions, tell: Tell, { restMs = REST_MS } = {}): Promise<Outcome> {
  const world = await openWorld(options);
  const leave = () => void world.close().finally(() => process.exit(130));
  for (const signal of LEAVING) process.once(signal, leave);
  try {
    world.shops[0].start();
    world.shops[1].start(CLOCKS[options.plan.bornWith ?? ""]);
    for (const shop of world.shops) if (!(await shop.untilUp())) throw new Error(`No server: see ${world.folder}`);
    return await play(world, options.plan, { tell, restMs });
  } finally {
    for (const signal of LEAVING) process.off(signal, leave);
    await world.close();
  }
}

interface Pace {
  readonly tell: Tell;
  readonly restMs: number;
}

async function play(world: World, plan: Plan, pace: Pace): Promise<Outcome> {
  const { tell } = pace;
  const startedAt = performance.now();
  const buying = plan.buyers.map(async (buyer) => {
    await at(startedAt, buyer.atMs);
    await new Buyer(world.market, buyer).run();
  });
  const restocking = plan.restocks.map(async ({ atMs, variant, cards }) => {
    await at(startedAt, atMs);
    await world.importer.restock(variant, cards);
  });
  const faults = await strike(world, plan, startedAt, tell);
  const endedAt = performance.now();
  tell("No more faults. Waiting for rest.");
  // The clocks are right again, as an operator would set them.
  for (const shop of world.shops) if (shop.clockMs !== 0) shop.restart("rolled", 0);
  for (const shop of world.shops) if (!(await shop.untilUp())) throw new Error(`A server stayed down: ${world.folder}`);
  await Promise.all([...buying, ...restocking]);
  const restsAt = performance.now(); // Whoever was kept waiting by the faults has bought, too.
  const violations = await untilRest(world, restsAt, pace);
  const toRest = (performance.now() - restsAt) / 1_000;
  violations.push(...(await lastLooks(world, "first")));
  await world.redis.sayNothingIsLeft(); // I20: the truth is asked of somebody else.
  violations.push(...(await lastLooks(world, "second")));
  const [first, second] = world.shops.map(({ ends }) => ends) as [World["shops"][0]["ends"], World["shops"][0]["ends"]];
  const ends = {
    killed: first.killed + second.killed,
    rolled: first.rolled + second.rolled,
    byItself: first.byItself + second.byItself,
    whileStarting: first.whileStarting + second.whileStarting,
  };
  if (ends.byItself > 0)
    violations.push({ promise: "stays up", what: `a server ended by itself ${ends.byItself} times` });
  const { notes, violations: found } = await readLogs(world);
  violations.push(...found);
  const underFault = (endedAt - startedAt) / 1_000;
  return {
    plan,
    history: world.market.history.entries,
    faults,
    ends,
    violations,
    notes,
    seconds: { underFault, toRest },
  };
}

/** One fault after another, while everybody goes on buying. */
async function strike(world: World, plan: Plan, startedAt: number, tell: Tell): Promise<Outcome["faults"]> {
  const counts: Record<string, { planned: number; happened: number }> = {};
  if (plan.bornWith) counts[plan.bornWith] = { planned: 1, happened: 1 };
  for (const planned of plan.faults) {
    await at(startedAt, planned.atMs);
    if (performance.now() - startedAt > plan.ms) break; // A slow machine is struck less often, not for longer.
    const fault = FAULTS.find(({ name }) => name === planned.fault);
    if (!fault || (fault.needsOwnServer && !world.database.server)) continue;
    counts[fault.name] ??= { planned: 0, happened: 0 };
    const count = counts[fault.name] as { planned: number; happened: number };
    count.planned++;
    await untilOneIsUp(world);
    const happened = await fault.inject(world, planned);
    if (happened) count.happened++;
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    tell(
      `${seconds.padStart(7)} s  ${fault.name} on ${planned.server}${happened ? "" : " (nothing passed to strike at)"}`,
    );
  }
  const last = Math.max(0, ...plan.buyers.map(({ atMs }) => atMs));
  await at(startedAt, last);
  return counts;
}

/** There is nothing to strike at while both processes are down; they have a while to come back. */
async function untilOneIsUp({ shops }: World): Promise<void> {
  for (let turn = 0; turn < 100 && !shops.some(({ isUp }) => isUp); turn++) await sleep(100);
}

/** What should have come to an end by itself in all that time. */
const unfinished = ({ unclosed, unsentOutbox }: { unclosed: number; unsentOutbox: number }): Violation[] => [
  ...(unclosed > 0 ? [{ promise: "I13 released", what: `${unclosed} lapsed orders still open` }] : []),
  ...(unsentOutbox > 0 ? [{ promise: "I12 outbox", what: `${unsentOutbox} rows wait` }] : []),
];

/** Looks again until every order is closed and nothing is wrong, or the time for it is over. */
async function untilRest(world: World, restsAt: number, { tell, restMs }: Pace): Promise<Violation[]> {
  let haveLooked = false;
  for (;;) {
    const { unclosed, unsentOutbox, mails } = await readFacts(world.database.url);
    const isQuiet = unclosed === 0 && unsentOutbox === 0 && mails.every(({ status }) => status !== "queued");
    const isOver = performance.now() - restsAt > restMs;
    if (isQuiet || isOver) {
      // Once: each look reveals thousands of cards, and gives the shop's audit as much to judge.
      if (!haveLooked) await lookAtOrders(world);
      haveLooked = true;
      const violations = await judge(world);
      if (isOver) return [...violations, ...unfinished({ unclosed, unsentOutbox })];
      if (violations.length === 0) return violations;
      tell(
        `Not at rest yet: ${violations.length} open, first: ${violations[0]?.promise}: ${violations[0]?.what.slice(0, 160)}`,
      );
    }
    await sleep(2_000);
  }
}

/** What a buyer sees who comes back when everything is over. */
async function lookAtOrders({ market }: World): Promise<void> {
  const queue = [...market.bought];
  const look = async (): Promise<void> => {
    for (let bought = queue.pop(); bought; bought = queue.pop()) {
      const status = await readOrder(market, bought, 0);
      if (status === "delivered") await revealOrder(market, bought, 1);
    }
  };
  await Promise.all(Array.from({ length: REVEALS_AT_ONCE }, look));
}

async function judge(world: World): Promise<Violation[]> {
  const { market, importer, database, mail, variantIds } = world;
  const facts = await readFacts(database.url);
  const imported = new Set(importer.texts.flatMap((texts) => [...texts]));
  const { results } = await runAudit(database.urls.audit);
  const broken = results.filter(({ ok }) => !ok);
  const shelves = variantIds.filter((id, n) => facts.cardsByVariant[id] !== importer.texts[n]?.size);
  return [
    ...check({
      history: market.history.entries,
      taken: market.gateway.taken,
      given: market.gateway.given,
      facts,
      imported,
      letters: mail.countById(),
      reservationMs: market.reservationMs,
    }),
    ...importer.wrongs.map((what) => ({ promise: "I14 import", what })),
    ...shelves.map((id) => ({
      promise: "I4 conservation",
      what: `${facts.cardsByVariant[id]} cards of ${id} are not what was imported`,
    })),
    ...broken.map(({ id, name, rows, failure }) => ({
      promise: `audit ${id} ${name}`,
      what: failure ?? JSON.stringify(rows[0]),
    })),
  ];
}

/** I13: whoever comes now gets what is there, and hears "sold out" only of an empty shelf. */
async function lastLooks({ market, database, variantIds }: World, look: string): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const [n, id] of variantIds.entries()) {
    const available = await countAvailable(database.url, id);
    const heard = await market.shop.send((n % 2) as 0 | 1, {
      path: "/api/v1/orders",
      method: "POST",
      headers: { "idempotency-key": `${look}-last-look-${id}` },
      body: {
        variantId: market.variantIds[n],
        quantity: 1,
        email: `${look}-last-look-${n}@example.com`,
        gateway: "epay",
      },
    });
    const due = available > 0 ? 201 : 409;
    if (heard?.status !== due)
      violations.push({
        promise: "I13 no false sold-out",
        what: `${available} available at the ${look} look, and a fresh buyer heard ${heard?.status}`,
      });
  }
  return violations;
}

/** I16: no secret in a log or in Redis. Errors of the servers are told by name, because each is a question. */
async function readLogs(world: World): Promise<{ notes: string[]; violations: Violation[] }> {
  const violations: Violation[] = [];
  const errors = new Map<string, number>();
  for (const n of [0, 1]) {
    const file = path.join(world.folder, `server-${n}.log`);
    if (!existsSync(file)) continue;
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (/CANARY-[0-9a-f]{18}/.test(line) || world.canaries.some((text) => line.includes(text)))
        violations.push({ promise: "I16 secrecy", what: `a secret is in server-${n}.log` });
      if (line.includes('"level":50')) {
        const { event, error } = JSON.parse(line) as { event: string; error?: { message?: string; code?: string } };
        const name = `${event} ${error?.code ?? ""} ${error?.message?.split("\n").at(-1)?.slice(0, 120) ?? ""}`.trim();
        errors.set(name, (errors.get(name) ?? 0) + 1);
      }
    }
  }
  const dump = await world.redis.dump();
  if (/CANARY-/.test(dump) || world.canaries.some((text) => dump.includes(text)))
    violations.push({ promise: "I16 secrecy", what: "a secret is in Redis" });
  return { violations, notes: [...errors].map(([name, count]) => `${count} × ${name}`) };
}
