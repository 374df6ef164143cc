import pg from "pg";
import { limits } from "@/lib/kernel/limits";

/** Key of the advisory lock that every process using an embedded Postgres holds in shared mode ("kapu" in ASCII). */
const LEASE_KEY = 0x6b617075;

/** One process's share in a running Postgres. */
export interface Lease {
  /** Resolves when the connection ends without `release`: Postgres died, or somebody cut the session. */
  readonly lost: Promise<void>;
  /**
   * Gives the share back. When no other process holds one, `stopPostgres` runs while newcomers are kept waiting; they
   * find the connection cut and start again. Otherwise Postgres stays as it is.
   */
  release(stopPostgres: () => Promise<void>): Promise<void>;
}

/**
 * Takes a share in Postgres: while it is held, no other process of the shop stops the database. It is a session's lock, so
 * a killed process loses its share with its connection.
 */
export async function takeLease(url: string): Promise<Lease> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: limits.postgresPingMs,
    keepAlive: true,
  });
  const lost = new Promise<void>((resolve) => {
    client.once("error", () => resolve());
    client.once("end", () => resolve());
  });
  client.on("error", () => {});
  await client.connect();
  await client.query("SELECT pg_advisory_lock_shared($1)", [LEASE_KEY]);
  return {
    lost,
    async release(stopPostgres) {
      try {
        if (await isLastOwner(client)) await stopPostgres();
      } finally {
        await client.end().catch(() => {});
      }
    },
  };
}

/** Of several owners that leave at once exactly one hears yes: each gives its share up before it asks for the whole. */
async function isLastOwner(client: pg.Client): Promise<boolean> {
  await client.query("SELECT pg_advisory_unlock_shared($1)", [LEASE_KEY]);
  const { rows } = await client.query<{ last: boolean }>("SELECT pg_try_advisory_lock($1) AS last", [LEASE_KEY]);
  return rows[0]?.last ?? false;
}
