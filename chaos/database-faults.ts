import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Victims } from "./fault";
import type { FaultPlan } from "./plan";

async function withSuperuser<T>({ database }: Victims, work: (client: pg.Client) => Promise<T>): Promise<T | false> {
  const client = new pg.Client({
    connectionString: database.url,
    application_name: "kapu-chaos",
    query_timeout: 15_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } catch {
    return false; // A fault that could not be injected is not counted.
  } finally {
    await client.end().catch(() => {});
  }
}

/** An immediate stop, as when the machine loses its power; over when it answers again. */
export async function stopPostgres(victims: Victims): Promise<boolean> {
  victims.database.server?.stopImmediately();
  for (let turn = 0; turn < 200; turn++) {
    await sleep(100);
    if (await withSuperuser(victims, async (client) => (await client.query("SELECT 1")).rowCount === 1)) return true;
  }
  throw new Error("Postgres did not come back");
}

/** Ends a few of the connections that the shop holds, whatever they are doing. */
export async function terminateBackends(victims: Victims, { ms }: FaultPlan): Promise<boolean> {
  return withSuperuser(victims, async (client) => {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name IN ('kapu', 'kapu-hot') ORDER BY random() LIMIT $1`,
      [1 + (ms % 8)],
    );
    return (rowCount ?? 0) > 0;
  });
}

/** Every write waits for a lock, so every connection of both pools is soon taken. */
export async function exhaustPools(victims: Victims, { ms }: FaultPlan): Promise<boolean> {
  return withSuperuser(victims, async (client) => {
    await client.query("BEGIN; SET LOCAL lock_timeout = '5s'; LOCK TABLE orders IN EXCLUSIVE MODE");
    await sleep(ms + 1_000);
    await client.query("ROLLBACK");
    return true;
  });
}

const deadlocksIn = (file: string): number => readFileSync(file, "utf8").split("deadlock detected").length;

/** Holds a card, waits until the shop holds its order and wants the card, and then wants the order. */
export async function deadlock(victims: Victims): Promise<boolean> {
  const logFile = victims.database.server?.logFile ?? "";
  const before = deadlocksIn(logFile);
  await withSuperuser(victims, (watcher) =>
    withSuperuser(victims, async (client) => {
      await client.query("BEGIN; SET LOCAL deadlock_timeout = '10s'; SET LOCAL lock_timeout = '3s'");
      const { rows } = await client.query<{ id: string }>(
        `SELECT o.id FROM orders o JOIN card c ON c.id = o.card_ids[1]
          WHERE o.status = 'pending' AND o.payment_count = 0 ORDER BY o.created_at DESC LIMIT 3 FOR UPDATE OF c SKIP LOCKED`,
      );
      const ids = rows.map(({ id }) => id);
      for (let turn = 0; turn < 150 && ids.length > 0; turn++) {
        const free = await watcher.query("SELECT 1 FROM orders WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED", [ids]);
        if (free.rowCount !== ids.length) break;
        await sleep(20);
      }
      await client.query("SELECT 1 FROM orders WHERE id = ANY ($1) FOR UPDATE", [ids]);
      await client.query("ROLLBACK");
    }),
  );
  await sleep(300);
  return deadlocksIn(logFile) > before;
}
