import pg from "pg";
import { limits } from "@/lib/kernel/limits";

/** One connection for a piece of set-up work, closed whatever happens; the application's own work goes through its pools. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: limits.connectTimeoutMs });
  client.on("error", () => {}); // A cut connection also fails the query that waits on it, and that is where it is told.
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
