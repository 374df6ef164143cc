import { parseArgs } from "node:util";

export const PARTS = ["claims", "flash", "http", "pages", "ledger"] as const;
export type Part = (typeof PARTS)[number];

/** What a run measures; every figure has a bound. */
export interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly inFlight: readonly number[];
  readonly seed: number;
  readonly parts: readonly Part[];
  /** A run that only shows that it runs. */
  readonly isSmoke: boolean;
  /** Also write the page and its charts. */
  readonly writesPage: boolean;
}

const BOUNDS = { rounds: [1, 25], seconds: [0.2, 30], seed: [0, 2 ** 31] } as const;

export const USAGE = `npm run bench -- [--rounds 5] [--seconds 2] [--in-flight 1,16,64] [--only claims|flash|http|pages|ledger] [--seed 1] [--smoke] [--page]
  --smoke   one short round of everything: shows that it runs; its figures mean nothing
  --page    also writes docs/benchmarks.md, its charts and its figures
DATABASE_URL may name a database on this machine that is empty or was made by an earlier run; otherwise an embedded Postgres is used.`;

function bounded(name: keyof typeof BOUNDS, text: string): number {
  const value = Number(text);
  const [min, max] = BOUNDS[name];
  if (!(value >= min && value <= max)) throw new Error(`--${name} must be from ${min} to ${max}`);
  return value;
}

function readInFlight(text: string): number[] {
  const values = text.split(",").map(Number);
  if (values.length > 6 || !values.every((value) => Number.isInteger(value) && value >= 1 && value <= 256)) {
    throw new Error("--in-flight must be up to six numbers from 1 to 256 with commas between them");
  }
  return values;
}

/** Reads the command line; throws one sentence about what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      "in-flight": { type: "string", default: "1,16,64" },
      only: { type: "string" },
      seed: { type: "string", default: "1" },
      smoke: { type: "boolean", default: false },
      page: { type: "boolean", default: false },
    },
  });
  const only = PARTS.find((part) => part === values.only);
  if (values.only !== undefined && !only) throw new Error(`--only must be one of ${PARTS.join(", ")}`);
  return {
    rounds: values.smoke ? 1 : bounded("rounds", values.rounds),
    seconds: values.smoke ? 0.3 : bounded("seconds", values.seconds),
    inFlight: values.smoke ? [1, 4] : readInFlight(values["in-flight"]),
    seed: bounded("seed", values.seed),
    parts: only ? [only] : PARTS,
    isSmoke: values.smoke,
    writesPage: values.page,
  };
}
