import { parseArgs } from "node:util";

/** What a run plays; every figure has a bound. */
export interface Options {
  readonly seed: number;
  readonly minutes: number;
  /** Leads to one program of the seed, as a failure printed it. */
  readonly path: string | undefined;
  readonly allowRemoteHost: boolean;
}

const BOUNDS = { seed: [0, 2 ** 31 - 1], minutes: [0.1, 24 * 60] } as const;

export const USAGE = `npm run simulate -- [--seed 1] [--minutes 1] [--path 3:0:1] [--allow-remote-host]
  --seed     the first of the seeds that are played, one after the other, until the time is over
  --path     plays the one program that a failure named, and nothing else
DATABASE_URL may name an empty database or one that an earlier run made; otherwise an embedded Postgres is used.`;

function bounded(name: keyof typeof BOUNDS, text: string): number {
  const [min, max] = BOUNDS[name];
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= min && value <= max)) throw new Error(`--${name} must be from ${min} to ${max}`);
  return value;
}

/** Reads the command line; throws one sentence about what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "1" },
      minutes: { type: "string", default: "1" },
      path: { type: "string" },
      "allow-remote-host": { type: "boolean", default: false },
    },
  });
  const { path } = values;
  if (path !== undefined && !/^\d+(:\d+)*$/.test(path)) throw new Error("--path is numbers with colons between them");
  return {
    seed: Math.floor(bounded("seed", values.seed)),
    minutes: bounded("minutes", values.minutes),
    path,
    allowRemoteHost: values["allow-remote-host"],
  };
}
