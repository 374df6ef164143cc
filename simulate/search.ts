import fc from "fast-check";
import { play } from "./play";
import { type Program, programs } from "./program";
import type { Scenery, StageDatabase } from "./stage";
import { Tally } from "./tally";

export interface Search {
  /** A fresh, migrated database for each program. */
  readonly createDatabase: () => Promise<StageDatabase>;
  readonly scenery: Scenery;
  readonly tally: Tally;
  /** How long a failing program is made smaller. */
  readonly shrinkMs: number;
}

/** A program that breaks a promise, as small as it became. */
export interface Failure {
  readonly seed: number;
  /** fast-check's way to the small program: with the seed it leads there again. */
  readonly path: string;
  readonly program: Program;
  readonly complaints: readonly string[];
  /** As it was found, before it was made smaller. */
  readonly found: Program;
}

/** A race that the machine decides is played so often before it is taken to be harmless. */
const TRIES_OF_SMALLER = 2;

/** Plays `count` programs of a seed, or the one that a path leads to; null when every promise was kept. */
export async function searchSeed(
  seed: number,
  { count, path }: { readonly count: number; readonly path?: string | undefined },
  { createDatabase, scenery, tally, shrinkMs }: Search,
): Promise<Failure | null> {
  let found: Program | null = null;
  let last: readonly string[] = [];
  let shrinksUntil = Number.POSITIVE_INFINITY;
  const playOnce = async (program: Program): Promise<boolean> => {
    const complaints = await play(program, {
      database: await createDatabase(),
      scenery,
      tally: found ? new Tally() : tally,
    });
    if (!found) tally.add("programs", 1);
    if (complaints.length === 0) return true;
    if (!found) shrinksUntil = performance.now() + shrinkMs;
    found ??= program;
    last = complaints;
    return false;
  };
  const isKept = async (program: Program): Promise<boolean> => {
    // Out of time to look for a smaller one: the smallest so far is it.
    if (performance.now() > shrinksUntil) return true;
    const isRace = program.bursts.some(({ turns }) => turns === null);
    const triesMax = isRace && (found || path) ? TRIES_OF_SMALLER : 1;
    for (let tries = 0; tries < triesMax; tries++) if (!(await playOnce(program))) return false;
    return true;
  };
  const property = fc.asyncProperty(programs, isKept);
  const details = await fc.check(property, {
    seed,
    numRuns: path ? 1 : count,
    ...(path && { path, endOnFailure: true }),
  });
  if (!details.failed) return null;
  const [program] = details.counterexample ?? [];
  if (!program) throw details.errorInstance ?? new Error("the search ended without a program");
  return { seed, path: details.counterexamplePath ?? "0", program, complaints: last, found: found ?? program };
}
