import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import type pg from "pg";

/** What a sale costs the database; a figure is null where it could not be read. */
export interface Cost {
  /** Microseconds of processor time of all of the server's processes. */
  readonly cpuUs: number | null;
  readonly walBytes: number | null;
}

/** One contender in one round at one number of requests in flight. */
export interface Sample {
  readonly bench: "claim" | "http" | "pages" | "notices" | "ledger" | "vault" | "quota";
  readonly contender: string;
  /** How many products the buyers divide between, where that is one of the questions. */
  readonly products?: number;
  readonly inFlight: number;
  readonly round: number;
  readonly done: number;
  readonly failed: number;
  readonly soldTwice: number;
  readonly perSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly cost?: Cost;
}

/** A generator of the same numbers for the same seed (mulberry32), so that a run's order can be repeated. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The same items in an order drawn from the generator: no contender always runs on the warmest or the fullest tables. */
export function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const rest = [...items];
  const drawn: T[] = [];
  while (rest.length > 0) drawn.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return drawn;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

export interface Summary {
  readonly bench: Sample["bench"];
  readonly contender: string;
  readonly products?: number;
  readonly inFlight: number;
  readonly rounds: number;
  readonly failed: number;
  readonly soldTwice: number;
  readonly perSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly cost?: Cost;
}

const medianOrNull = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
};

/** The medians over the rounds of each contender, number of products and number in flight. */
export function summarize(samples: readonly Sample[]): Summary[] {
  const groups = new Map<string, [Sample, ...Sample[]]>();
  for (const sample of samples) {
    const key = [sample.bench, sample.products, sample.inFlight, sample.contender].join("|");
    const group = groups.get(key);
    if (group) group.push(sample);
    else groups.set(key, [sample]);
  }
  return [...groups.values()].map((group) => {
    const [{ bench, contender, products, inFlight, cost }] = group;
    return {
      bench,
      contender,
      ...(products === undefined ? {} : { products }),
      inFlight,
      rounds: group.length,
      failed: group.reduce((sum, sample) => sum + sample.failed, 0),
      soldTwice: group.reduce((sum, sample) => sum + sample.soldTwice, 0),
      perSecond: median(group.map((sample) => sample.perSecond)),
      p50Ms: medianOrNull(group.map((sample) => sample.p50Ms)),
      p99Ms: medianOrNull(group.map((sample) => sample.p99Ms)),
      ...(cost ? { cost: medianCost(group) } : {}),
    };
  });
}

const medianCost = (samples: readonly Sample[]): Cost => ({
  cpuUs: medianOrNull(samples.map(({ cost }) => cost?.cpuUs ?? null)),
  walBytes: medianOrNull(samples.map(({ cost }) => cost?.walBytes ?? null)),
});

const VERSIONED = ["pg", "@prisma/client", "next", "hono", "autocannon"];

/** What the figures were measured on. */
export async function describeMachine(client: pg.Client): Promise<Record<string, string | number>> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings
      WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_connections') ORDER BY name`,
  );
  const packages = VERSIONED.map((name) => {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as { version: string };
    return `${name} ${version}`;
  });
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgres: rows.map(({ name, setting }) => `${name}=${setting}`).join(" "),
    packages: packages.join(", "),
  };
}
