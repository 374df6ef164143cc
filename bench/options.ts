import { parseArgs } from "node:util";

export const PARTS = [
  "claims",
  "flash",
  "http",
  "pages",
  "notices",
  "ledger",
  "crash",
  "steps",
  "slope",
  "bills",
  "vault",
  "import",
  "reconcile",
  "quota",
] as const;
export type Part = (typeof PARTS)[number];

/** What a run measures; every figure has a bound. */
export interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly inFlight: readonly number[];
  /** How often the process of each technique is killed. */
  readonly kills: number;
  readonly seed: number;
  /** The most orders that are compared with the gateways' books; a tenth and a hundredth of them, too. */
  readonly orders: number;
  readonly parts: readonly Part[];
  /** Files that hold the output of earlier runs, to be put together; nothing is measured then. */
  readonly from: readonly string[];
  /** A run that only shows that it runs. */
  readonly isSmoke: boolean;
  /** Also write the page and its charts. */
  readonly writesPage: boolean;
  readonly allowRemoteHost: boolean;
}

const SMOKE_ORDERS = 2_000;
const BOUNDS = {
  rounds: [1, 25],
  seconds: [0.2, 30],
  kills: [1, 50],
  seed: [0, 2 ** 31],
  orders: [1_000, 1_000_000],
} as const;

export const USAGE = `npm run bench -- [--rounds 3] [--seconds 1] [--in-flight 1,16,64,256] [--kills 3] [--only ${PARTS.join(",")}] [--seed 1] [--orders 1000000] [--smoke] [--page]
  --only    the parts to measure, with commas between them
  --orders  the most orders that are compared with the gateways' books
  --smoke   one short round of everything: shows that it runs; its figures mean nothing
  --page    also writes docs/benchmarks.md, its charts and its figures
  --from    measures nothing: reads what an earlier run printed, may be given several times, and makes one report of all
  --allow-remote-host   DATABASE_URL may be on another machine
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

function readParts(text: string | undefined): readonly Part[] {
  if (text === undefined) return PARTS;
  const names = text.split(",");
  const unknown = names.find((name) => !PARTS.includes(name as Part));
  if (unknown !== undefined) throw new Error(`--only must be some of ${PARTS.join(", ")}, not ${unknown || "nothing"}`);
  return PARTS.filter((part) => names.includes(part));
}

/** Reads the command line; throws one sentence about what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "1" },
      "in-flight": { type: "string", default: "1,16,64,256" },
      kills: { type: "string", default: "3" },
      only: { type: "string" },
      seed: { type: "string", default: "1" },
      orders: { type: "string", default: "1000000" },
      from: { type: "string", multiple: true, default: [] },
      smoke: { type: "boolean", default: false },
      page: { type: "boolean", default: false },
      "allow-remote-host": { type: "boolean", default: false },
    },
  });
  return {
    rounds: values.smoke ? 1 : Math.floor(bounded("rounds", values.rounds)),
    seconds: values.smoke ? 0.2 : bounded("seconds", values.seconds),
    inFlight: values.smoke ? [1, 4] : readInFlight(values["in-flight"]),
    kills: values.smoke ? 1 : Math.floor(bounded("kills", values.kills)),
    seed: bounded("seed", values.seed),
    orders: values.smoke ? SMOKE_ORDERS : Math.floor(bounded("orders", values.orders)),
    parts: readParts(values.only),
    from: values.from,
    isSmoke: values.smoke,
    writesPage: values.page,
    allowRemoteHost: values["allow-remote-host"],
  };
}
