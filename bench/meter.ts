import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import type { Cost } from "./figures";

/** Ticks of /proc on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessTime {
  readonly parent: number;
  readonly ownTicks: number;
  /** Of children that have ended. */
  readonly childTicks: number;
}

/** A line of /proc/<pid>/stat; the name in parentheses may hold anything, also parentheses. */
export function readStat(line: string): ProcessTime {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  return { parent: field(4), ownTicks: field(14) + field(15), childTicks: field(16) + field(17) };
}

function statOf(pid: number | string): ProcessTime | null {
  try {
    return readStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null; // It ended, or there is no /proc.
  }
}

/** The postmaster of a session's backend, or null: on another machine, in another container, or without /proc. */
async function findPostmaster(client: pg.Client): Promise<number | null> {
  const { rows } = await client.query<{ pid: number; database: string }>(
    "SELECT pg_backend_pid() AS pid, current_database() AS database",
  );
  const [row] = rows;
  try {
    // The same number may be another process here: a backend says in its title which database it serves.
    const title = readFileSync(`/proc/${row?.pid}/cmdline`, "utf8");
    return title.startsWith("postgres:") && title.includes(row?.database ?? "")
      ? (statOf(row?.pid ?? 0)?.parent ?? null)
      : null;
  } catch {
    return null;
  }
}

/** Processor time of the postmaster and everything it started, also of what has ended since. */
function cpuTicks(postmaster: number): number | null {
  const own = statOf(postmaster);
  if (!own) return null;
  const running = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat?.parent === postmaster);
  return own.ownTicks + own.childTicks + running.reduce((sum, stat) => sum + (stat?.ownTicks ?? 0), 0);
}

/** Ticks of all processors since the machine began: all of them, and those that its host gave to somebody else. */
export function readHostTicks(): { readonly all: number; readonly stolen: number } | null {
  try {
    const [total = ""] = readFileSync("/proc/stat", "utf8").split("\n", 1);
    const ticks = total.split(/\s+/).slice(1, 9).map(Number);
    return { all: ticks.reduce((sum, count) => sum + count, 0), stolen: ticks[7] ?? 0 };
  } catch {
    return null; // There is no /proc.
  }
}

export interface Meter {
  /** Runs the work and says what each of the sales it made cost the database server. */
  costOf<T extends { readonly done: number }>(work: () => Promise<T>): Promise<T & { cost: Cost }>;
  close(): Promise<void>;
}

/** Reads the server's processor time and its write-ahead log from outside the measured sessions. */
export async function openMeter(url: string): Promise<Meter> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const postmaster = await findPostmaster(client);
  const read = async (): Promise<{ ticks: number | null; wal: number }> => {
    const { rows } = await client.query<{ wal: string }>("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS wal");
    return { ticks: postmaster === null ? null : cpuTicks(postmaster), wal: Number(rows[0]?.wal) };
  };
  return {
    async costOf(work) {
      const before = await read();
      const outcome = await work();
      const after = await read();
      const each = (total: number | null): number | null =>
        total === null || outcome.done === 0 ? null : total / outcome.done;
      const ticks = before.ticks === null || after.ticks === null ? null : after.ticks - before.ticks;
      const cost = {
        cpuUs: each(ticks === null ? null : (ticks / TICKS_PER_SECOND) * 1e6),
        walBytes: each(after.wal - before.wal),
      };
      return { ...outcome, cost };
    },
    close: () => client.end(),
  };
}
