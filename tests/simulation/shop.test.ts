import { formatFailure } from "@/simulate/report";
import { searchSeed } from "@/simulate/search";
import { buildScenery, type Scenery } from "@/simulate/stage";
import { Tally } from "@/simulate/tally";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { describe, expect, test } from "@/tests/support/test";

/**
 * Programs of these seeds, each on a shop of its own: what may happen to a shop happens at once in two processes, and after
 * every burst the books are audited and every client has what it was told. `npm run simulate` plays others for as long as
 * you like; simulate/README.md says how it is built.
 */
const SEEDS = [1, 20260115, 314159];
const PROGRAMS = 3;
const SHRINK_MS = 60_000;

/** Built once; each program is played on a copy. */
let scenery: Scenery | undefined;

const stageOf = ({ superuser, drop, ...urls }: TestDatabase) => ({ urls, superuser, drop });

describe("a shop in which everything happens at once", () => {
  test.for(SEEDS)(
    "seed %i: the books add up and every client gets what it was told",
    { timeout: 180_000 },
    async (seed, { database }) => {
      const tally = new Tally();
      scenery ??= await buildScenery(database);
      const createStage = async () => stageOf(await createDatabase(database.name));
      const search = { createDatabase: createStage, scenery, tally, shrinkMs: SHRINK_MS };
      const failure = await searchSeed(seed, { count: PROGRAMS }, search);
      expect(failure && formatFailure(failure)).toBeNull();
      expect(tally.sums.programs).toBe(PROGRAMS);
    },
  );
});
