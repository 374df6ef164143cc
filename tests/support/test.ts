import { test as base } from "vitest";
import { createDatabase, type TestDatabase } from "./database";
import { startRedis, type TestRedis } from "./redis";

interface FileFixtures {
  /** A database of this file's own, cloned from the migrated template and dropped at its end. */
  database: TestDatabase;
  /** A redis-server of this file's own. */
  redis: TestRedis;
}

/** Vitest's `test` with real Postgres and real Redis; a fixture is started only in a file that names it. */
export const test = base.extend<{ $file: FileFixtures }>({
  database: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of a fixture's needs from this pattern.
    async ({}, use) => {
      const database = await createDatabase();
      await use(database);
      await database.drop();
    },
    { scope: "file" },
  ],
  redis: [
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    async ({}, use) => {
      const redis = await startRedis();
      await use(redis);
      await redis.stop();
    },
    { scope: "file" },
  ],
});

export { afterAll, beforeEach, describe, expect } from "vitest";
