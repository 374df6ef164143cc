import { withClient } from "@/lib/platform/with-client";
import type { TestDatabase } from "./database";

const KILL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'kapu%'`;

/** What is heard of all that is asked, so many at a time, while the shop's connections are terminated again and again. */
export async function hearWhileBackendsDie<Asked, Heard>(
  database: TestDatabase,
  asked: readonly Asked[],
  hear: (one: Asked) => Promise<Heard>,
): Promise<Heard[]> {
  const together = 30;
  let isOver = false;
  const killing = (async () => {
    while (!isOver) {
      await withClient(database.superuser, (client) => client.query(KILL));
      await new Promise((wake) => setTimeout(wake, 15));
    }
  })();
  const heard: Heard[] = [];
  try {
    for (let n = 0; n < asked.length; n += together)
      heard.push(...(await Promise.all(asked.slice(n, n + together).map(hear))));
  } finally {
    isOver = true;
    await killing;
  }
  return heard;
}
