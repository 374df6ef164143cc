import type { Db } from "@/lib/platform/db";

/** Counts what the one connection of a client touches in shared memory; `read` is null where the server cannot say (before 18). */
export interface BufferCounter {
  /** Runs the work on that connection and says how many buffers it touched, and how long it took. */
  of(work: () => Promise<unknown>): Promise<{ buffers: number | null; ms: number }>;
}

const READ = `SELECT coalesce(sum(hits), 0)::bigint + (coalesce(sum(read_bytes), 0) / 8192)::bigint AS buffers
                FROM pg_stat_get_backend_io(pg_backend_pid())`;
/** Asking costs buffers too: as many each time, once the catalogue is in the session's cache. */
const WARM_READS = 5;

/** A client of one connection, or the figures of several would be mixed up. */
export async function openBufferCounter(db: Db): Promise<BufferCounter> {
  const [version] = await db.$queryRawUnsafe<{ isKnown: boolean }[]>(
    `SELECT current_setting('server_version_num')::int >= 180000 AS "isKnown"`,
  );
  const read = async (): Promise<number | null> => {
    if (!version?.isKnown) return null;
    await db.$queryRawUnsafe("SELECT pg_stat_force_next_flush() IS NULL AS flushed");
    const [row] = await db.$queryRawUnsafe<{ buffers: bigint }[]>(READ);
    return Number(row?.buffers);
  };
  let asking = 0;
  for (let last: number | null = null, reads = 0; reads < WARM_READS; reads += 1) {
    const now = await read();
    if (now !== null && last !== null) asking = now - last;
    last = now;
  }
  return {
    async of(work) {
      const before = await read();
      const startedAt = performance.now();
      await work();
      const ms = performance.now() - startedAt;
      const after = await read();
      return { buffers: before === null || after === null ? null : after - before - asking, ms };
    },
  };
}
