import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Log } from "@/lib/platform/log";
import { createLog } from "@/lib/platform/log";
import { migrate } from "@/lib/platform/migrate";
import { withClient } from "@/lib/platform/with-client";
import { createDatabase, type TestDatabase } from "../../support/database";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";
import { afterAll, beforeEach, expect, test } from "../../support/test";

const root = makeTemporaryFolder("migrations");
const grantsFile = path.join(root, "grants.sql");
let database: TestDatabase;
let folder: string;

function write(name: string, sql: string): void {
  mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, name, "migration.sql"), sql);
}

const run = (log: Log = createLog("silent")) => migrate({ url: database.owner, folder, grantsFile, log });
const rows = (sql: string) => withClient(database.owner, async (client) => (await client.query(sql)).rows);

beforeEach(async () => {
  database = await createDatabase();
  folder = path.join(root, database.name);
  mkdirSync(folder);
  writeFileSync(grantsFile, "SELECT 1");
  return () => database.drop();
});

afterAll(() => removeFolder(root));

test("three starters at once apply each migration exactly once", async () => {
  write("30000101000000_one", "CREATE TABLE one (n int); INSERT INTO one VALUES (1); SELECT pg_sleep(0.2)");
  write("30000102000000_two", "INSERT INTO one VALUES (2)");
  const applied = (await Promise.all([run(), run(), run()])).flat();
  expect(applied.sort()).toEqual(["30000101000000_one", "30000102000000_two"]);
  expect(await rows("SELECT n FROM one ORDER BY n")).toEqual([{ n: 1 }, { n: 2 }]);
  expect(await rows("SELECT count(*)::int AS notes FROM _prisma_migrations WHERE migration_name >= '3000'")).toEqual([
    { notes: 2 },
  ]);
});

test("a migration that fails changes nothing, is named, and is applied once it is mended", async () => {
  write("30000101000000_good", "CREATE TABLE good (n int)");
  write("30000102000000_bad", "CREATE TABLE half (n int); SELECT nonsense");
  await expect(run()).rejects.toThrow(/30000102000000_bad failed and changed nothing/);
  expect(await rows("SELECT to_regclass('good') AS good, to_regclass('half') AS half")).toEqual([
    { good: "good", half: null },
  ]);
  write("30000102000000_bad", "CREATE TABLE half (n int)");
  expect(await run()).toEqual(["30000102000000_bad"]);
});

test("a migration edited after it was applied is told, not applied again", async () => {
  write("30000101000000_one", "CREATE TABLE one (n int)");
  await run();
  write("30000101000000_one", "CREATE TABLE one (n bigint)");
  const events: string[] = [];
  const note = (event: string) => void events.push(event);
  expect(await run({ info: note, warn: note, error: note })).toEqual([]);
  expect(events).toEqual(["migration.edited_after_use"]);
});

test("a migration that Prisma noted as failed stops the start", async () => {
  write("30000101000000_one", "SELECT 1");
  await rows(`INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '30000101000000_one')`);
  await expect(run()).rejects.toThrow(/failed earlier/);
});
