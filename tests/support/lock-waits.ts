import { withClient } from "@/lib/platform/with-client";
import { expect } from "./test";

/** Resolves when exactly so many statements of the database wait for a lock, of those whose text is like `query`. */
export const untilWaiting = (url: string, count = 1, query = "%"): Promise<void> =>
  withClient(url, async (client) => {
    const countWaiting = async () => {
      const { rowCount } = await client.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1",
        [query],
      );
      return rowCount;
    };
    await expect.poll(countWaiting, { timeout: 10_000, interval: 20 }).toBe(count);
  });
