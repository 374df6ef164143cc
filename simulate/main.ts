import path from "node:path";
import { openServer } from "./database";
import { readOptions, USAGE } from "./options";
import { formatFailure, formatTally } from "./report";
import { type Failure, searchSeed } from "./search";
import { Tally } from "./tally";

const PROGRAMS_PER_SEED = 10;
const SHRINK_MS = 180_000;
const SEEDS = 2 ** 31;

const tell = (line: string): void => void process.stderr.write(`  ${line}\n`);

/** Plays seed after seed until the time is over or a promise is broken. */
async function main(args: readonly string[]): Promise<number> {
  const { seed, minutes, path: way, allowRemoteHost } = readOptions(args);
  const home = path.resolve(".build", "simulate-data");
  const startedAt = performance.now();
  const server = await openServer({ databaseUrl: process.env.DATABASE_URL || undefined, allowRemoteHost, home });
  const tally = new Tally();
  const search = { ...server, tally, shrinkMs: SHRINK_MS };
  const secondsNow = () => Math.round((performance.now() - startedAt) / 1_000);
  let failure: Failure | null = null;
  let seeds = 0;
  try {
    do {
      failure = await searchSeed((seed + seeds) % SEEDS, { count: PROGRAMS_PER_SEED, path: way }, search);
      seeds++;
      tell(
        `${secondsNow()} s: ${seeds} seeds, ${tally.sums.programs} programs, ${tally.total("commands")} commands, ${failure ? 1 : 0} violations`,
      );
    } while (!failure && !way && secondsNow() < minutes * 60);
  } finally {
    await server.stop();
  }
  process.stdout.write(formatTally(tally, { seed, seeds, seconds: secondsNow(), violations: failure ? 1 : 0 }));
  if (failure) process.stdout.write(`\n${formatFailure(failure)}\n`);
  return failure ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}\n`);
    process.exit(2);
  },
);
