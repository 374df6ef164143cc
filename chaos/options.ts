import { parseArgs } from "node:util";
import { FAULTS } from "./faults";

/** What a run does; every figure has a bound. */
export interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly buyersPerSecond: number;
  readonly faults: readonly string[];
  readonly allowRemoteHost: boolean;
}

const BOUNDS = { seed: [0, 2 ** 31], minutes: [0.1, 24 * 60], "buyers-per-second": [1, 200] } as const;

export const USAGE = `npm run chaos -- [--seed 1] [--minutes 1] [--buyers-per-second 5] [--faults kill:settle.committed,redis:lying] [--allow-remote-host]
  --faults   some of: ${FAULTS.map(({ name }) => name).join(" ")}
DATABASE_URL may name an empty database or one that an earlier run made; otherwise an embedded Postgres is used, and only that is ever stopped.`;

function bounded(name: keyof typeof BOUNDS, text: string): number {
  const value = Number(text);
  const [min, max] = BOUNDS[name];
  if (!(value >= min && value <= max)) throw new Error(`--${name} must be from ${min} to ${max}`);
  return value;
}

function readFaults(text: string | undefined): string[] {
  const all = FAULTS.map(({ name }) => name);
  if (text === undefined) return all;
  const names = text.split(",").filter(Boolean);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`There is no fault named ${unknown}.`);
  return names;
}

/** Reads the command line; throws one sentence about what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "1" },
      minutes: { type: "string", default: "1" },
      "buyers-per-second": { type: "string", default: "5" },
      faults: { type: "string" },
      "allow-remote-host": { type: "boolean", default: false },
    },
  });
  return {
    seed: Math.floor(bounded("seed", values.seed)),
    minutes: bounded("minutes", values.minutes),
    buyersPerSecond: bounded("buyers-per-second", values["buyers-per-second"]),
    faults: readFaults(values.faults),
    allowRemoteHost: values["allow-remote-host"],
  };
}
